"""Comparisons: as tables that another library was asked for, what always holds, and how often they cry wolf."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsl.bench.compare import Comparison, compare
from smsl.bench.mann_whitney import p_value
from smsl.bench.saved import load
from smsl.model.unknown import Unknown

CASES = Path(__file__).parent / "cases"
RANKS, RATIOS = (
    json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))["cases"]
    for name in ("mann_whitney", "comparisons")
)
# Hundredths of a millisecond, as REPORT lines give times; powers of two keep them exact when they are scaled.
TIMES = st.lists(st.integers(1, 100_000).map(float), min_size=5, max_size=40)


RECORDED = {
    f"{each.strategy} {each.runtime} {each.phase.value}": each.milliseconds
    for path in sorted((Path(__file__).parent / "recorded").glob("*.json"))
    for each in load(path).times
}
"""Milliseconds of a run of each runtime with its default options, in the order in which they were measured."""


def told(found: object) -> Comparison:
    assert isinstance(found, Comparison)
    return found


@pytest.mark.parametrize("case", RANKS, ids=lambda case: case["because"][:40])
def test_mann_whitney(case: dict[str, Any]) -> None:
    assert p_value(case["a"], case["b"]) == pytest.approx(case["p"], rel=1e-9), case["because"]
    assert p_value(case["b"], case["a"]) == pytest.approx(case["p"], rel=1e-9), case["because"]


def test_series_of_one_value_are_the_same() -> None:
    assert p_value([2.0] * 9, [2.0] * 7) == 1


@pytest.mark.parametrize("case", RATIOS, ids=lambda case: case["because"][:40])
def test_ratio(case: dict[str, Any]) -> None:
    found = told(compare(("a", case["a"]), ("b", case["b"])))

    assert (found.ratio, found.low, found.high, found.p_value) == pytest.approx(
        (case["ratio"], case["low"], case["high"], case["p"]), rel=1e-9
    )
    assert found.significant is case["significant"], case["because"]
    assert (found.n_a, found.n_b) == (len(case["a"]), len(case["b"]))


def test_what_is_said() -> None:
    slow, fast = [20.0 + each / 10 for each in range(10)], [10.0 + each / 10 for each in range(10)]

    assert str(compare(("sdk", slow), ("cache", fast))) == "sdk vs cache: sdk is slower (ratio 1.96 [1.91, 2.02])"
    assert str(compare(("cache", fast), ("sdk", slow))) == "cache vs sdk: cache is faster (ratio 0.51 [0.50, 0.52])"
    assert str(compare(("sdk", slow), ("cache", slow))) == "sdk vs cache: not significant (ratio 1.00 [0.98, 1.02])"


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        ([1.0] * 4, [1.0] * 9, "a comparison takes 5 samples of each, and of sdk it has 4"),
        ([1.0] * 9, [], "a comparison takes 5 samples of each, and of cache it has 0"),
        ([1.0] * 9, [1.0] * 8 + [0.0], "cache has a time of zero or less, of which there is no ratio"),
    ],
)
def test_what_cannot_be_compared(a: list[float], b: list[float], reason: str) -> None:
    assert compare(("sdk", a), ("cache", b)) == Unknown(reason)


@given(TIMES, TIMES)
def test_the_interval_holds_the_ratio(a: list[float], b: list[float]) -> None:
    found = told(compare(("a", a), ("b", b)))

    assert 0 < found.low <= found.ratio <= found.high
    assert 0 <= found.p_value <= 1
    assert not found.significant or not found.low <= 1 <= found.high


@given(TIMES)
def test_a_series_is_no_faster_than_itself(times: list[float]) -> None:
    found = told(compare(("a", times), ("b", times)))

    assert (found.ratio, found.significant) == (1, False)
    assert found.low <= 1 <= found.high
    assert found.low == pytest.approx(1 / found.high)


@given(TIMES, TIMES)
def test_swapping_inverts(a: list[float], b: list[float]) -> None:
    found, back = told(compare(("a", a), ("b", b))), told(compare(("b", b), ("a", a)))

    assert (back.ratio, back.low, back.high) == pytest.approx((1 / found.ratio, 1 / found.high, 1 / found.low))
    assert (back.p_value, back.significant) == (pytest.approx(found.p_value), found.significant)
    assert (back.a, back.b, back.n_a, back.n_b) == ("b", "a", found.n_b, found.n_a)


@given(TIMES, TIMES, st.integers(-10, 10), st.randoms(use_true_random=False))
def test_unit_and_order_change_nothing(a: list[float], b: list[float], power: int, random: Any) -> None:
    scaled = [each * 2.0**power for each in a]
    random.shuffle(scaled)

    assert compare(("a", scaled), ("b", [each * 2.0**power for each in b])) == compare(("a", a), ("b", b))


def skewed(draw: random.Random, n: int) -> list[float]:
    return [round(12 + draw.lognormvariate(0.5, 0.8), 2) for _ in range(n)]


def bimodal(draw: random.Random, n: int) -> list[float]:
    return [round(draw.gauss(15, 0.5) if draw.random() < 0.5 else draw.gauss(30, 1), 2) for _ in range(n)]


def tied(draw: random.Random, n: int) -> list[float]:
    return [draw.choice((0.1, 0.1, 0.1, 0.2, 0.2, 0.3, 0.9)) for _ in range(n)]


def correlated(draw: random.Random, n: int) -> list[float]:
    """Times of a machine whose load comes and goes: a series each of whose samples resembles the one before."""
    load, times = 0.0, []
    for _ in range(n):
        load = 0.8 * load + draw.gauss(0, 0.1)
        times.append(round(12 * 2.718**load, 2))
    return times


@pytest.mark.parametrize("shape", [skewed, bimodal, tied, correlated], ids=lambda shape: shape.__name__)
def test_a_thing_seldom_differs_from_itself(shape: Callable[[random.Random, int], list[float]]) -> None:
    draw = random.Random(7319)  # noqa: S311  -- the same times every time
    cried = 0
    for n, runs in ((20, 80), (30, 80), (100, 60), (300, 30)):
        for _ in range(runs):
            both = shape(draw, 2 * n)
            draw.shuffle(both)  # strategies take turns, so that what comes and goes meets all of them
            cried += told(compare(("a", both[:n]), ("b", both[n:]))).significant

    assert cried <= 5  # of 250: 2 %


def resampled(draw: random.Random, name: str, comparisons: int) -> int:
    """Return how many of so many comparisons of a recorded series with itself are called significant.

    Each compares two series as long as the recorded one, drawn from it with replacement.
    """
    times = RECORDED[name]
    return sum(
        told(compare((name, draw.choices(times, k=len(times))), (name, draw.choices(times, k=len(times))))).significant
        for _ in range(comparisons)
    )


def test_a_recorded_strategy_seldom_differs_from_itself() -> None:
    draw = random.Random(7319)  # noqa: S311  -- the same times every time
    every, more = divmod(1000, len(RECORDED))
    cried = {name: resampled(draw, name, every + (number < more)) for number, name in enumerate(RECORDED)}

    assert sum(cried.values()) <= 20, cried  # of 1,000: 2 %


@pytest.mark.verify
@pytest.mark.parametrize("name", RECORDED)
def test_each_recorded_strategy_seldom_differs_from_itself(name: str) -> None:
    assert resampled(random.Random(name), name, 1000) <= 20  # noqa: S311  -- as above


@pytest.mark.parametrize("name", RECORDED)
def test_one_half_of_a_recorded_run_does_not_differ_from_the_other(name: str) -> None:
    times = RECORDED[name]

    assert not told(compare((name, times[::2]), (name, times[1::2]))).significant


def test_a_real_shift_is_found() -> None:
    draw = random.Random(7319)  # noqa: S311  -- the same times every time
    found = 0
    for _ in range(40):
        a, b = ([draw.lognormvariate(0, 0.15) * median for _ in range(300)] for median in (16.5, 15.0))
        found += told(compare(("a", a), ("b", b))).significant

    assert found == 40
