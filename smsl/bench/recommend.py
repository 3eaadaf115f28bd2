"""Which strategy to choose, in one sentence with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from smsl.bench.compare import Comparison, compare
from smsl.bench.cost import Cost
from smsl.bench.names import Strategy
from smsl.model.unknown import Unknown

_SAME = 1.0
"""Currency units a month below which a difference in cost decides nothing."""
_SAME_SHARE = 0.05
"""Of the cheapest: as much is within what traffic differs by from one month to the next."""
_SIMPLEST = (Strategy.SDK, Strategy.CACHE, Strategy.EXTENSION)
"""From what needs least to what needs most beside the function's own code."""
_IN_WORDS = {
    Strategy.SDK: "it needs nothing beside the SDK and sees a rotated secret at once",
    Strategy.CACHE: "it needs nothing beside the function's own code",
    Strategy.EXTENSION: "it needs a layer",
}

Times = Mapping[Strategy, Sequence[float]]
"""Milliseconds."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What to choose."""

    strategy: Strategy | None
    """None when nothing was measured that could be recommended."""
    reason: str
    undecided: tuple[str, ...]
    """What this run cannot tell."""


def recommend(costs: Sequence[Cost], cold: Times, warm: Times, *, lab: bool) -> Recommendation:
    """Return the strategy to choose: what costs clearly less, then what is clearly faster, then what is simplest.

    Args:
        costs: Of a month, by strategy.
        cold: Cold starts by strategy.
        warm: Warm invocations by strategy.
        lab: Whether it ran in the lab, where only calls are sure and the extension is an emulation.
    """
    undecided = _undecided(lab=lab)
    known = {each.strategy: each for each in costs if each.strategy in _SIMPLEST}
    if not known:
        return Recommendation(None, "no strategy that should be used was measured", undecided)
    cheap, by_cost = _cheapest(known)
    if len(cheap) == 1:
        return Recommendation(cheap[0], by_cost, undecided)
    fast, by_time = _fastest(cheap, warm, lab=lab)
    if not by_time:
        fast, by_time = _fastest(cheap, cold, lab=lab, phase="cold start")
    chosen = min(fast, key=_SIMPLEST.index)
    reasons = [by_cost, by_time]
    if len(fast) > 1:
        reasons.append(f"of {_listed(fast)} {_IN_WORDS[chosen]}")
    elif not by_time:
        reasons.append(_IN_WORDS[chosen])
    return Recommendation(chosen, "; ".join(filter(None, reasons)), undecided)


def _cheapest(known: Mapping[Strategy, Cost]) -> tuple[list[Strategy], str]:
    """Return the strategies than which none is clearly cheaper, and what that means for the others."""
    amounts = {strategy: _amount(cost) for strategy, cost in known.items()}
    least = min(amounts.values())
    limit = least + max(_SAME, _SAME_SHARE * least)
    cheap = [each for each in _SIMPLEST if each in amounts and amounts[each] <= limit]
    dear = [each for each in amounts if each not in cheap]
    if not dear:
        return cheap, "they cost the same" if len(cheap) > 1 else "nothing else was measured"
    worst = max(dear, key=lambda each: amounts[each])
    fewer = " as few calls" if len(cheap) > 1 else " the fewest calls"
    verb = "make" if len(cheap) > 1 else "makes"
    return cheap, f"{_listed(cheap)} {verb}{fewer}, {amounts[worst] - least:,.2f} a month below {worst.value}"


def _amount(cost: Cost) -> float:
    total = cost.total
    return cost.api + cost.kms + cost.storage if isinstance(total, Unknown) else total


def _fastest(
    candidates: Sequence[Strategy], times: Times, *, lab: bool, phase: str = "warm invocation"
) -> tuple[list[Strategy], str]:
    """Return the candidates than which none is significantly faster.

    In the lab the extension's times decide nothing: they are an emulation's.
    """
    counted = [each for each in candidates if times.get(each) and not (lab and each is Strategy.EXTENSION)]
    if len(counted) < 2:
        return list(candidates), ""
    first = min(counted, key=lambda each: median(times[each]))
    same, slower = [first], []
    for each in counted:
        if each is first:
            continue
        found = compare((each.value, times[each]), (first.value, times[first]))
        if isinstance(found, Comparison) and found.significant and found.ratio > 1:
            slower.append(each)
        else:
            same.append(each)
    left = [each for each in candidates if each in same or each not in counted]
    if not slower:
        return left, ""
    worst = max(slower, key=lambda each: median(times[each]))
    saved = median(times[worst]) - median(times[first])
    return left, f"{first.value} saves {saved:.1f} ms of a {phase} against {worst.value}"


def _undecided(*, lab: bool) -> tuple[str, ...]:
    if not lab:
        return ()
    return ("compute cost", "memory", "the cold start of the real extension")


def _listed(strategies: Sequence[Strategy]) -> str:
    names = [each.value for each in strategies]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
