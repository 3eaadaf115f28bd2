"""Thresholds for pipelines: ``cache.warm.p95<5ms``, ``sdk.api_calls.per_100_warm<=100``, ``nodejs:env.cold.p50<0.2s``.

Judged against the JSON of a result, so that a recorded run can be held to them as well as one just made.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from math import inf

from smsl.bench.names import API_CALLS, PERCENTILES, RUNTIMES, Phase, Strategy
from smsl.bench.percentiles import named
from smsl.model.errors import InputError
from smsl.model.unknown import Answer, Maybe, Unknown

_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
}
_COUNTS = "api_calls"
_STRATEGIES = tuple(each.value for each in Strategy)
_PARTS = (*(each.value for each in Phase), _COUNTS)
_MILLISECONDS = {"ms": 1, "s": 1000}
_LONGEST = 900_000
"""Milliseconds.

Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""
_SHAPE = "STRATEGY.PHASE.PERCENTILE or STRATEGY.api_calls.COUNT, an operator and a limit, as cache.warm.p95<5ms"


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a result must hold."""

    runtime: str | None
    """None for every runtime that was measured."""
    strategy: Strategy
    part: str
    """A phase, or ``api_calls``."""
    member: str
    """A percentile, or a count of calls."""
    operator: str
    limit: float
    """Milliseconds of a percentile, calls of a count."""

    def __str__(self) -> str:
        runtime = f"{self.runtime}:" if self.runtime else ""
        limit = f"{self.limit:.6f}".rstrip("0").rstrip(".") + ("" if self.part == _COUNTS else "ms")
        return f"{runtime}{self.strategy.value}.{self.part}.{self.member}{self.operator}{limit}"

    def holds(self, value: float) -> bool:
        """Tell whether a value is on the right side of the limit."""
        return _OPERATORS[self.operator](value, self.limit)


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a requirement. A gate passes on YES alone: what is not known is not held."""

    requirement: Requirement
    met: Answer
    actual: Maybe[float]
    """What was measured, in the unit of the limit; of several runtimes, where it came off worst."""
    sentence: str


def parse_requirement(text: str, place: str = "--require") -> Requirement:
    """Read a requirement.

    Args:
        text: As written on the command line.
        place: What errors call it.

    Raises:
        InputError: It is none; says which part of it, and never what it holds.
    """
    found = re.search(r"[<>]=?|==", text)
    if found is None:
        raise InputError(f"{place}: has no operator, which is one of <, <=, >, >= and ==.", f"Write {_SHAPE}.")
    runtime, colon, names = text[: found.start()].strip().rpartition(":")
    parts = names.split(".")
    if len(parts) != 3:
        raise InputError(f"{place}: has {len(parts)} names where three belong.", f"Write {_SHAPE}.")
    strategy = _one_of(parts[0], _STRATEGIES, f"{place}: its strategy")
    part = _one_of(parts[1], _PARTS, f"{place}: its second name")
    counts = part == _COUNTS
    percentiles = tuple(named(each) for each in PERCENTILES)
    return Requirement(
        runtime=_one_of(runtime, RUNTIMES, f"{place}: its runtime") if colon else None,
        strategy=Strategy(strategy),
        part=part,
        member=_one_of(
            parts[2], API_CALLS if counts else percentiles, f"{place}: its {'count' if counts else 'percentile'}"
        ),
        operator=found.group(),
        limit=_limit(text[found.end() :].strip(), place, counts=counts),
    )


def _one_of(name: str, names: Collection[str], what: str) -> str:
    name = name.strip()
    if name in names:
        return name
    near = get_close_matches(name.lower(), names, n=1)
    raise InputError(f"{what} is none of {', '.join(names)}.", f"Did you mean {near[0]}?" if near else "")


def _limit(text: str, place: str, *, counts: bool) -> float:
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,6})?)\s*([A-Za-z]*)", text, re.ASCII)
    if found is None:
        raise InputError(f"{place}: its limit is no number such as 5 or 0.25.", f"Write {_SHAPE}.")
    number, unit = float(found[1]), found[2]
    if counts:
        if unit:
            raise InputError(f"{place}: a count of calls has no unit.")
        return number
    if unit not in _MILLISECONDS:
        raise InputError(f"{place}: a time has the unit ms or s.")
    # 0.0173 s is 17.3 ms, and not a hair more.
    limit = round(number * _MILLISECONDS[unit], 6)
    if limit > _LONGEST:
        raise InputError(f"{place}: no invocation of Lambda takes longer than 900 s.")
    return limit


def judge(requirement: Requirement, document: Mapping[str, object]) -> Judged:
    """Hold a result to a requirement.

    Args:
        requirement: Which, of each runtime that it speaks of.
        document: As ``smsl bench --format json`` writes it.
    """
    found = [_judge_one(requirement, result) for result in _results(requirement, document)]
    if not found:
        runtime = f" on {requirement.runtime}" if requirement.runtime else ""
        reason = f"the run has no result of {requirement.strategy.value}{runtime}"
        return _undecided(requirement, Unknown(reason), "")
    return min(found, key=lambda each: (Answer.NO, Answer.UNKNOWN, Answer.YES).index(each.met))


def _results(requirement: Requirement, document: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    results = document.get("results")
    for result in results if isinstance(results, list) else ():
        if isinstance(result, Mapping) and result.get("strategy") == requirement.strategy.value:
            # The version belongs to the runtime's name: python3.12, nodejs22.x.
            family = re.match(r"[a-z]*", str(result.get("runtime")))
            if requirement.runtime is None or (family is not None and family.group() == requirement.runtime):
                yield result


def _judge_one(requirement: Requirement, result: Mapping[str, object]) -> Judged:
    where = f" ({result['runtime']})" if isinstance(result.get("runtime"), str) else ""
    part = result.get(requirement.part)
    held = part.get(requirement.member) if isinstance(part, Mapping) else None
    members: Mapping[str, object] = held if isinstance(held, Mapping) else {"value": held}
    value = _number(members.get("value"))
    if value is None:
        reason = members.get("unknown")
        name = f"{requirement.part}.{requirement.member}"
        return _undecided(
            requirement, Unknown(reason if isinstance(reason, str) else f"the result has no {name}"), where
        )
    met = requirement.holds(value)
    low, high = _number(members.get("low")), _number(members.get("high"))
    is_open = members.get("open_above") is True
    if is_open:
        high = inf  # so few samples say nothing of how far up it may reach
    unit = "" if requirement.part == _COUNTS else " ms"
    said, doubt = f"{value:.4g}{unit}", ""
    if low is not None and high is not None:
        said += f" [{low:.4g}, {'?' if is_open else f'{high:.4g}'}]"
        if requirement.holds(low) is not met or requirement.holds(high) is not met:
            doubt = ", though not beyond doubt"
    return Judged(
        requirement,
        Answer.YES if met else Answer.NO,
        value,
        f"{requirement}: {'met' if met else 'not met'}{doubt}: {said}{where}",
    )


def _undecided(requirement: Requirement, unknown: Unknown, where: str) -> Judged:
    sentence = f"{requirement}: cannot be decided, and so is not held: {unknown.reason}{where}"
    return Judged(requirement, Answer.UNKNOWN, unknown, sentence)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
