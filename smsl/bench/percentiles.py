"""Percentiles with intervals, and which of them a count of samples can carry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import ceil

from smsl.bench.bootstrap import at_least, rank_reaching
from smsl.bench.names import PERCENTILES
from smsl.model.unknown import Maybe, Unknown

LEAST = 5
"""Samples below which nothing is said: of four and four, not even a complete separation is significant at 1 %."""
_EITHER_END = 0.025
"""What an interval of 95 % leaves out at either end."""


@dataclass(frozen=True, slots=True)
class Percentile:
    """A percentile of a series, and how far off it may be."""

    p: float
    """Percent: 50 is the median."""
    value: float
    """Nearest rank, so a time that was measured. Milliseconds, as the series."""
    low: float
    """From 2.5 % of its bootstrap distribution."""
    high: float
    """To 97.5 %."""
    n: int
    """Samples."""
    coverage: float
    """How often `low` to `high` holds the true percentile, over all series of n such samples: 0.95 is what is aimed at.

    Exact for times without ties, and a lower bound with them, whatever their distribution. Far out in a tail the
    bootstrap comes near its 0.95 only with many samples: of 300, the interval of p99 holds it four times in five.
    """
    open_above: bool
    """True when n samples cannot bound it from above: then `high` is no limit, and may be no more than their largest.

    The true percentile lies above all of them with probability (p/100)^n, here more than 2.5 %.
    """

    @property
    def name(self) -> str:
        """``p50``, ``p99.9``."""
        return named(self.p)


def named(p: float) -> str:
    """Return what a percentile is called in results and thresholds."""
    return f"p{p:g}"


def needed(p: float) -> int:
    """Return how many samples carry a percentile: enough that one is expected beyond it, n * (1 - p/100) >= 1.

    With fewer, its nearest rank is the largest sample, which says what happened once and nothing of the tail.

    Raises:
        ValueError: Not between 0 and 100.
    """
    return max(LEAST, ceil(1 / (1 - _share(p))))


def percentile(ordered: Sequence[float], p: float) -> Maybe[Percentile]:
    """Return a percentile with its 95 % interval, or why there are too few samples for it.

    Args:
        ordered: The samples, rising.
        p: Percent, between 0 and 100.

    Raises:
        ValueError: `p` is not between 0 and 100.
    """
    n, least = len(ordered), needed(p)
    if n < least:
        return Unknown(f"{named(p)} takes {least} samples, and there {_are(n)}")
    rank, low, high, coverage = _ranks(n, p)
    return Percentile(
        p=p,
        value=ordered[rank - 1],
        low=ordered[low - 1],
        high=ordered[high - 1],
        n=n,
        coverage=coverage,
        open_above=float(_share(p)) ** n > _EITHER_END,
    )


def percentiles(values: Iterable[float], wanted: Iterable[float] = PERCENTILES) -> dict[str, Maybe[Percentile]]:
    """Return percentiles of a series in any order, by name."""
    ordered = sorted(values)
    return {named(p): percentile(ordered, p) for p in wanted}


def nearest_rank(n: int, p: float) -> int:
    """Return the rank, 1 to n, of the smallest sample that p percent of the n samples do not exceed."""
    return ceil(n * _share(p))


@lru_cache(maxsize=256)
def _ranks(n: int, p: float) -> tuple[int, int, int, float]:
    """Return the ranks of value, low and high, and the coverage.

    The true percentile lies between the sample's i-th and j-th value when i to j - 1 samples lie below it, and how many
    do is binomial whatever the distribution.

    Source: W. J. Conover (1999), Practical Nonparametric Statistics, 3rd edition, section 3.2.
    """
    rank = nearest_rank(n, p)
    low, high = rank_reaching(n, rank, _EITHER_END), rank_reaching(n, rank, 1 - _EITHER_END)
    share = float(_share(p))
    return rank, low, high, at_least(n, low, share) - at_least(n, high, share)


def _share(p: float) -> Fraction:
    # As written, not as stored: 0.95 * 20 must be 19, and no rounding error may make it the 20th sample.
    share = Fraction(str(p)) / 100
    if not 0 < share < 1:
        raise ValueError("A percentile lies between 0 and 100.")
    return share


def _are(n: int) -> str:
    return "is 1" if n == 1 else f"are {n}"
