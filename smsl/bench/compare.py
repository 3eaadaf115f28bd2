"""One series against another: the ratio of their medians, how far off it may be, and whether it means anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import TypeAlias

from smsl.bench.bootstrap import rank_weights
from smsl.bench.mann_whitney import p_value
from smsl.bench.percentiles import LEAST, nearest_rank
from smsl.model.unknown import Maybe, Unknown

SIGNIFICANT = 0.01
"""How often two series of the same thing may be called different; both tests must say so, which makes it rarer."""
_SHOWN = 0.05
"""What the interval that is shown leaves out, half of it at either end."""

Named: TypeAlias = tuple[str, Sequence[float]]
"""What a series is called, and its samples in any order. Milliseconds, above zero."""

_Weighed: TypeAlias = tuple[tuple[float, float, float], ...]
"""Rising values, each with its probability and with that of itself and all above."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two series compare."""

    a: str
    b: str
    ratio: float
    """Median of `a` over median of `b`: 2 says that `a` takes twice as long."""
    low: float
    high: float
    """The ratio's 95 % interval."""
    p_value: float
    """Of the Mann-Whitney test."""
    significant: bool
    """False is an answer too: these samples do not tell the two apart."""
    n_a: int
    n_b: int

    def __str__(self) -> str:
        interval = f"ratio {self.ratio:.2f} [{self.low:.2f}, {self.high:.2f}]"
        if not self.significant:
            return f"{self.a} vs {self.b}: not significant ({interval})"
        return f"{self.a} vs {self.b}: {self.a} is {'slower' if self.ratio > 1 else 'faster'} ({interval})"


def compare(one: Named, other: Named) -> Maybe[Comparison]:
    """Compare two series of times.

    Significant is a difference that the Mann-Whitney test finds at 1 %, and whose ratio of medians has a 99 % interval
    without 1. Either alone can be had from series that nobody would call different: the test from a shift that the
    medians do not have, the interval from medians that sit between two peaks.

    Returns:
        The comparison, or Unknown when a series is too short, or holds a time of zero, which has no ratio.
    """
    (a, values_a), (b, values_b) = one, other
    for name, values in (one, other):
        if len(values) < LEAST:
            return Unknown(f"a comparison takes {LEAST} samples of each, and of {name} it has {len(values)}")
        if min(values) <= 0:
            return Unknown(f"{name} has a time of zero or less, of which there is no ratio")
    ordered_a, ordered_b = sorted(values_a), sorted(values_b)
    of_a, of_b = _medians(ordered_a), _medians(ordered_b)
    ratio = _median(ordered_a) / _median(ordered_b)
    p = p_value(ordered_a, ordered_b)
    tail = SIGNIFICANT / 2
    apart = _at_most(of_a, of_b, 1) < tail or _at_most(of_b, of_a, 1) < tail
    return Comparison(
        a=a,
        b=b,
        ratio=ratio,
        # Division rounds: the two ways to one ratio may differ in the last digit.
        low=min(_quantile(of_a, of_b, _SHOWN / 2), ratio),
        high=max(1 / _quantile(of_b, of_a, _SHOWN / 2), ratio),
        p_value=p,
        significant=p < SIGNIFICANT and apart,
        n_a=len(ordered_a),
        n_b=len(ordered_b),
    )


def _median(ordered: Sequence[float]) -> float:
    return ordered[nearest_rank(len(ordered), 50) - 1]


def _medians(ordered: Sequence[float]) -> _Weighed:
    """Return the bootstrap distribution of a series' median."""
    weights = rank_weights(len(ordered), nearest_rank(len(ordered), 50))
    values, chances = [], []
    for value, same in groupby(weights, key=lambda each: ordered[each[0] - 1]):
        values.append(value)
        chances.append(sum(weight for _, weight in same))
    return tuple(zip(values, chances, [*accumulate(reversed(chances))][::-1], strict=True))


def _at_most(of_a: _Weighed, of_b: _Weighed, ratio: float) -> float:
    """Return the probability that a over b is at most `ratio`, a and b drawn independently."""
    total = 0.0
    others = iter(of_b)
    divisor, _, from_here = next(others)
    for value, chance, _ in of_a:
        while value / divisor > ratio:
            following = next(others, None)
            if following is None:
                return total
            divisor, _, from_here = following
        total += chance * from_here
    return total


def _quantile(of_a: _Weighed, of_b: _Weighed, share: float) -> float:
    """Return the smallest ratio of a to b that is reached with probability `share`.

    The ratio has a step for each pair of values, a million of them in long series, so none is listed: the interval of
    ratios is halved until two neighbouring numbers are left, of which the upper is the ratio of a pair.
    """
    low, high = of_a[0][0] / of_b[-1][0], of_a[-1][0] / of_b[0][0]
    if _at_most(of_a, of_b, low) >= share:
        return low
    while low < (middle := (low + high) / 2) < high:
        if _at_most(of_a, of_b, middle) >= share:
            high = middle
        else:
            low = middle
    return high
