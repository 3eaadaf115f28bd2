"""The bootstrap distribution of a sample's quantile, exactly, so that nothing is drawn and nothing varies.

Draw n values with replacement from a sample of n. The k-th smallest of them is at most the sample's i-th smallest value
when at least k of the n draws fall on the first i values, and each draw does so with probability i/n:

    P(X*(k) <= x(i)) = P(Binomial(n, i/n) >= k)

No data is on the right: the distribution over *ranks* depends on the counts alone, and is kept for the next series.

Source: B. Efron (1979), Bootstrap methods: another look at the jackknife, Annals of Statistics 7, 1-26, equation 3.4;
J. S. Maritz and R. G. Jarrett (1978), A note on estimating the variance of the sample median, JASA 73, 194-196;
A. D. Hutson and M. D. Ernst (2000), The exact bootstrap mean and variance of an L-estimator, JRSS B 62, 89-94.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from math import exp, lgamma, log, log1p

_NEGLIGIBLE = 1e-17
"""A term this small beside the sum so far changes no digit of it."""
_PRUNED = 1e-9
"""Probability left out at either end of a distribution: far below the half percent that an interval asks for."""


def at_least(count: int, wanted: int, chance: float) -> float:
    """Return P(Binomial(count, chance) >= wanted).

    Sums the tail that starts at `wanted`, the smaller of the two, outwards from its largest term: about the square root
    of `count` terms, none of which overflows or vanishes before it stops mattering.
    """
    if wanted <= 0 or chance >= 1:
        return float(wanted <= count)
    if wanted > count or chance <= 0:
        return 0.0
    odds = chance / (1 - chance)
    if wanted > count * chance:
        term = total = _exactly(count, wanted, chance)
        for hits in range(wanted, count):
            term *= (count - hits) / (hits + 1) * odds
            total += term
            if term <= total * _NEGLIGIBLE:
                break
        return min(total, 1.0)
    term = total = _exactly(count, wanted - 1, chance)
    for hits in range(wanted - 1, 0, -1):
        term *= hits / ((count - hits + 1) * odds)
        total += term
        if term <= total * _NEGLIGIBLE:
            break
    return max(1 - total, 0.0)


def _exactly(count: int, hits: int, chance: float) -> float:
    ways = lgamma(count + 1) - lgamma(hits + 1) - lgamma(count - hits + 1)
    return exp(ways + hits * log(chance) + (count - hits) * log1p(-chance))


@lru_cache(maxsize=1024)
def rank_reaching(n: int, k: int, share: float) -> int:
    """Return the smallest rank i, 1 to n, with P(X*(k) <= x(i)) >= `share`."""
    return 1 + bisect_left(range(1, n + 1), share, key=lambda i: at_least(n, k, i / n))


@lru_cache(maxsize=64)
def rank_weights(n: int, k: int) -> tuple[tuple[int, float], ...]:
    """Return each rank i that the k-th smallest of a resample may take, with its probability: rising, summing to 1.

    The ends of negligible probability are added to the first and the last rank that is listed.
    """
    first, last = rank_reaching(n, k, _PRUNED), rank_reaching(n, k, 1 - _PRUNED)
    reached = [0.0, *(at_least(n, k, i / n) for i in range(first, last)), 1.0]
    # Two sums may cross by a rounding error, where nothing is left between them.
    return tuple((first + at, max(reached[at + 1] - reached[at], 0.0)) for at in range(last - first + 1))
