"""The run itself: functions in random turns, cold starts first, then warm invocations, each a sample.

It is a generator of what has happened, so that whoever drives it can show and save each step, and stop at any.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

from smsl.bench.account import Account, Pace
from smsl.bench.answer import error_type, sample_of
from smsl.bench.deploy import Function
from smsl.bench.names import Phase
from smsl.bench.plan import Plan, Target
from smsl.bench.sample import Sample
from smsl.model.errors import SmslError

_WARM_BLOCK = 10
"""Warm invocations of one function before it is another's turn: short, so that all see the same weather."""
_SETTLING = 3
"""Warm invocations of each environment that do not count: the first few of an environment are slower."""
_RATE = 10.0
"""Invocations a second that one environment serves.

Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html#concurrency-vs-requests-per-second
"""
_APART = 2.0
"""Seconds without a call before and after a phase whose calls are told from others by their time alone: CloudTrail
gives it to the second.
"""
_PROBES = 30
"""How often a function is tried until it works."""
_BETWEEN_PROBES = 3.0
"""Seconds, on AWS, where a new role's permissions take up to a minute or two to be in force."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A sample has been taken."""

    function: Function
    sample: Sample


@dataclass(frozen=True, slots=True)
class Counted:
    """Calls to Secrets Manager were counted where they arrived."""

    function: Function
    phase: Phase
    calls: int
    invocations: int


@dataclass(frozen=True, slots=True)
class Round:
    """All functions have had their turn."""

    phase: Phase
    done: int
    """Samples of each function, of this phase."""
    of: int


Event = Taken | Counted | Round


class Counter(Protocol):
    """Counts calls to Secrets Manager as they arrive."""

    def take(self, function: str) -> int:
        """Return the calls that a function has made since it was last asked about."""


@dataclass(slots=True)
class Run:
    """One run over deployed functions."""

    plan: Plan
    account: Account
    functions: Sequence[Function]
    counter: Counter | None
    """None where calls cannot be counted as they arrive."""
    _random: random.Random = field(init=False)
    spans: dict[Phase, tuple[float, float]] = field(default_factory=dict)
    """When each phase began and ended, in seconds of Unix time."""
    _starts: int = 0
    _paces: Mapping[str, Pace] = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.plan.seed)  # noqa: S311 -- an order that can be repeated, no secret
        rate = _RATE * self.plan.at_once if self.account.paced else None
        self._paces = {each.name: Pace(rate) for each in self.functions}

    def probe(self) -> None:
        """Invoke each function until it works: a new role's permissions take their time to be in force.

        Raises:
            SmslError: One does not work.
        """
        for function in self.functions:
            for tried in range(1, _PROBES + 1):
                invoked = self.account.invoke(function.name)
                if not invoked.error:
                    break
                if tried == _PROBES:
                    raise SmslError(
                        f"The function for {function.strategy.value} on {function.runtime} does not work"
                        f" ({error_type(invoked)}).",
                        self._advice(error_type(invoked)),
                    )
                time.sleep(_BETWEEN_PROBES if self.account.paced else 0.1)
                self.start_anew(function)

    def _advice(self, error: str) -> str:
        """Return what to do about a function that does not work."""
        if self.plan.failing or self.plan.throttled:
            return "With so many calls failing it never came through: give a lower --failing or --throttled."
        if error.startswith("Extension."):
            return "The extension itself ended: see what it prints by hand, or leave the strategy out."
        if self.plan.target is Target.LAB:
            return "See why with smsl lab and the same function, or leave the strategy out."
        return "Check with smsl audit that the secret can be read, or leave the strategy out."

    def measure(self) -> Iterator[Event]:
        """Yield each sample as it is taken, cold starts first."""
        plan = self.plan
        for _ in range(_warmups(plan)):
            for function in self._shuffled():
                self._cold(function, plan.at_once)
        if plan.cold:
            yield from self._measure_cold()
        if plan.warm:
            yield from self._measure_warm()

    def _measure_cold(self) -> Iterator[Event]:
        plan, done = self.plan, 0
        self._begin(Phase.COLD)
        while done < plan.cold:
            size = min(plan.at_once, plan.cold - done)
            for function in self._shuffled():
                yield from self._counted(function, Phase.COLD, self._cold(function, size))
            done += size
            self._end(Phase.COLD)
            yield Round(Phase.COLD, done, plan.cold)
        self._rest()

    def _measure_warm(self) -> Iterator[Event]:
        plan, done = self.plan, 0
        for function in self._shuffled():
            for _ in range(_SETTLING):
                self._invoke(function, Phase.WARM, plan.at_once)
        self._begin(Phase.WARM)
        block = -(-_WARM_BLOCK // plan.at_once) * plan.at_once
        while done < plan.warm:
            size = min(block, plan.warm - done)
            for function in self._shuffled():
                samples: list[Sample] = []
                while len(samples) < size:
                    samples += self._invoke(function, Phase.WARM, min(plan.at_once, size - len(samples)))
                yield from self._counted(function, Phase.WARM, samples)
            done += size
            self._end(Phase.WARM)
            yield Round(Phase.WARM, done, plan.warm)
        self._rest()

    def _counted(self, function: Function, phase: Phase, samples: Sequence[Sample]) -> Iterator[Event]:
        yield from (Taken(function, each) for each in samples)
        if self.counter is None:
            return
        calls = self.counter.take(function.name)
        # Where an invocation was not of the phase, whose calls these were cannot be told: the whole block is left out.
        if all(each.of_phase for each in samples):
            yield Counted(function, phase, calls, len(samples))

    def _begin(self, phase: Phase) -> None:
        """Leave behind what was called before the phase: out of the count, and out of its time."""
        if self.counter is not None:
            for function in self.functions:
                self.counter.take(function.name)
        self._rest()
        self.spans[phase] = time.time(), time.time()

    def _end(self, phase: Phase) -> None:
        self.spans[phase] = self.spans[phase][0], time.time()

    def _rest(self) -> None:
        if self.counter is None:
            time.sleep(_APART)

    def _shuffled(self) -> list[Function]:
        order = list(self.functions)
        self._random.shuffle(order)
        return order

    def _cold(self, function: Function, count: int) -> list[Sample]:
        self.start_anew(function)
        return self._invoke(function, Phase.COLD, count)

    def start_anew(self, function: Function) -> None:
        """Have a function start with its next invocation."""
        self._starts += 1
        self.account.set_variables(function.name, function.started_anew(self._starts))

    def _invoke(self, function: Function, phase: Phase, count: int) -> list[Sample]:
        """Invoke a function so many times at once."""

        def one(_number: int) -> Sample:
            self._paces[function.name].take()
            return sample_of(self.account.invoke(function.name), phase)

        if count == 1:
            return [one(0)]
        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(one, range(count)))


def most_invocations(plan: Plan) -> int:
    """Return how often a run invokes each function at most, a rotation left out."""
    warming = _warmups(plan) + (_SETTLING if plan.warm else 0)
    return _PROBES + plan.cold + plan.warm + warming * plan.at_once


def _warmups(plan: Plan) -> int:
    """Return how many cold starts come before those that count; warm invocations alone need one, too."""
    return max(plan.warmup, 0 if plan.cold else 1)
