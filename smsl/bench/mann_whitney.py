"""Whether one series runs higher than another, by ranks: no mean, no variance, no shape is assumed of the times.

Source: H. B. Mann and D. R. Whitney (1947), On a test of whether one of two random variables is stochastically larger
than the other, Annals of Mathematical Statistics 18, 50-60.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate, groupby
from math import erfc, sqrt

_WORK = 30_000
"""Steps that the exact distribution may take: 30 samples against 30, 5 against 1,200. Beyond, the normal one serves."""


def p_value(a: Sequence[float], b: Sequence[float]) -> float:
    """Return how likely series as far apart as these are when both come from one distribution; two-sided.

    Exact for few samples without ties. Otherwise by the normal approximation, its variance corrected for ties and its
    distance for continuity.
    """
    n, m = len(a), len(b)
    wins, ties = _wins(a, b)
    if not ties and min(n, m) * n * m <= _WORK:
        at_most = _at_most(*sorted((n, m)))
        # Without ties the wins are whole.
        return min(1.0, 2 * at_most[int(min(wins, n * m - wins))] / at_most[-1])
    total = n + m
    tied = sum(size**3 - size for size in ties) / (total * (total - 1))
    variance = n * m / 12 * (total + 1 - tied)
    if variance <= 0:
        return 1.0
    distance = max(abs(wins - n * m / 2) - 0.5, 0.0)
    return erfc(distance / sqrt(2 * variance))


def _wins(a: Iterable[float], b: Iterable[float]) -> tuple[float, list[int]]:
    """Return U, the pairs in which `a` has the larger value (ties count half), and the sizes of the tied groups."""
    marked = sorted([*((value, True) for value in a), *((value, False) for value in b)])
    wins, below, ties = 0.0, 0, []
    for _, group in groupby(marked, key=lambda each: each[0]):
        of_a = [is_a for _, is_a in group]
        mine = sum(of_a)
        others = len(of_a) - mine
        wins += mine * (below + others / 2)
        below += others
        if len(of_a) > 1:
            ties.append(len(of_a))
    return wins, ties


@lru_cache(maxsize=64)
def _at_most(n: int, m: int) -> tuple[int, ...]:
    """Return for each u, 0 to n * m, how many of the orders of n and m values have U <= u.

    U's generating function is the Gaussian binomial coefficient, the product of (1 - x^(m+i)) / (1 - x^i), i = 1 to n.
    """
    orders = [1] + [0] * (n * m)
    for i in range(1, n + 1):
        for power in range(n * m, m + i - 1, -1):
            orders[power] -= orders[power - m - i]
        for power in range(i, n * m + 1):
            orders[power] += orders[power - i]
    return tuple(accumulate(orders))
