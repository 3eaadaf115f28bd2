"""Percentiles: as a table that another library was asked for, and what always holds."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from math import isclose
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsl.bench.bootstrap import at_least, rank_weights
from smsl.bench.names import PERCENTILES
from smsl.bench.percentiles import Percentile, named, nearest_rank, needed, percentile, percentiles
from smsl.model.unknown import Unknown

CASES = json.loads((Path(__file__).parent / "cases" / "percentiles.json").read_text(encoding="utf-8"))["cases"]
TIMES = st.lists(st.floats(0.01, 1e6), min_size=5, max_size=60)


def told(found: object) -> Percentile:
    assert isinstance(found, Percentile)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['n']}-p{case['p']}")
def test_ranks(case: dict[str, Any]) -> None:
    # Each sample is its own rank.
    found = told(percentile(range(1, case["n"] + 1), case["p"]))

    assert (found.value, found.low, found.high) == (case["rank"], case["low"], case["high"]), case["because"]
    assert found.coverage == pytest.approx(case["coverage"], abs=1e-8)
    assert found.open_above is case["open_above"], case["because"]
    assert (found.n, found.p) == (case["n"], case["p"])


@pytest.mark.parametrize("n", [5, 6, 7])
@pytest.mark.parametrize("p", [50, 75])
def test_the_bootstrap_is_exact(n: int, p: float) -> None:
    rank = nearest_rank(n, p)
    # Every resample there is: 7^7 are 823,543.
    resamples = itertools.combinations_with_replacement(range(1, n + 1), n)
    times: Counter[int] = Counter()
    for resample in resamples:
        times[resample[rank - 1]] += orders(Counter(resample).values(), n)

    assert times.total() == n**n
    assert dict(rank_weights(n, rank)) == pytest.approx({each: count / n**n for each, count in times.items()})


def orders(sizes: Any, n: int) -> int:
    ways, left = 1, n
    for size in sizes:
        for taken in range(size):
            ways = ways * (left - taken) // (taken + 1)
        left -= size
    return ways


@pytest.mark.parametrize(("p", "least"), [(50, 5), (75, 5), (90, 10), (95, 20), (99, 100), (99.9, 1000)])
def test_a_count_that_is_too_small_carries_no_percentile(p: float, least: int) -> None:
    assert needed(p) == least
    assert isinstance(percentile(range(least), p), Percentile)
    found = percentile(range(least - 1), p)
    assert isinstance(found, Unknown)
    assert found.reason == f"{named(p)} takes {least} samples, and there are {least - 1}"


@pytest.mark.parametrize("n", [0, 1, 2])
def test_next_to_nothing_says_nothing(n: int) -> None:
    assert all(isinstance(each, Unknown) for each in percentiles([12.5] * n).values())


@pytest.mark.parametrize("p", [0, 100, -1, 101])
def test_the_ends_are_no_percentiles(p: float) -> None:
    with pytest.raises(ValueError, match="between"):
        percentile([1.0] * 10, p)


def test_equal_samples_leave_no_doubt() -> None:
    found = told(percentile([3.5] * 40, 95))

    assert (found.value, found.low, found.high) == (3.5, 3.5, 3.5)


def test_names() -> None:
    assert list(percentiles([1.0] * 5)) == ["p50", "p90", "p95", "p99"]
    assert told(percentile(range(1000), 99.9)).name == "p99.9"


def test_an_upper_end_at_the_maximum_is_always_open() -> None:
    for n in range(5, 400):
        for p in PERCENTILES:
            found = percentile(range(n), p)
            assert isinstance(found, Unknown) or found.open_above or found.high < n - 1


@given(TIMES, st.sampled_from(PERCENTILES))
def test_the_interval_holds_the_value(times: list[float], p: float) -> None:
    found = percentiles(times)[named(p)]

    assert isinstance(found, Unknown) or found.low <= found.value <= found.high
    assert isinstance(found, Unknown) or found.value in times


@given(TIMES)
def test_a_higher_percentile_is_no_lower(times: list[float]) -> None:
    found = [each for each in percentiles(times, (5, 50, 90, 95)).values() if isinstance(each, Percentile)]

    for lower, higher in itertools.pairwise(found):
        assert lower.value <= higher.value
        assert lower.low <= higher.low
        assert lower.high <= higher.high


@given(TIMES, st.floats(0.001, 1000))
def test_the_unit_changes_nothing_else(times: list[float], factor: float) -> None:
    plain, scaled = percentiles(times), percentiles(factor * each for each in times)

    for name, found in plain.items():
        other = scaled[name]
        assert isinstance(other, Unknown) is isinstance(found, Unknown)
        if isinstance(found, Percentile) and isinstance(other, Percentile):
            assert (other.value, other.low, other.high) == (
                factor * found.value,
                factor * found.low,
                factor * found.high,
            )


@given(TIMES, st.randoms(use_true_random=False))
def test_order_changes_nothing(times: list[float], random: Any) -> None:
    shuffled = [*times]
    random.shuffle(shuffled)

    assert percentiles(shuffled) == percentiles(times)


@given(st.integers(1, 3000), st.data())
def test_a_tail_and_its_mirror_make_one(n: int, data: st.DataObject) -> None:
    wanted = data.draw(st.integers(0, n + 1))
    chance = data.draw(st.floats(0, 1))

    assert isclose(at_least(n, wanted, chance) + at_least(n, n - wanted + 1, 1 - chance), 1, abs_tol=1e-9)


@given(st.integers(5, 2000), st.sampled_from(PERCENTILES))
def test_the_weights_of_the_ranks_are_a_distribution(n: int, p: float) -> None:
    weights = rank_weights(n, nearest_rank(n, p))

    assert sum(weight for _, weight in weights) == pytest.approx(1)
    assert all(weight >= 0 for _, weight in weights)
    assert [rank for rank, _ in weights] == list(range(weights[0][0], weights[-1][0] + 1))


def test_a_hundred_thousand_samples_are_no_trouble() -> None:
    weights = rank_weights(100_000, 50_000)

    assert sum(weight for _, weight in weights) == pytest.approx(1)
    # Half of sqrt(n) ranks either way: P(|Z| <= 1) of a normal distribution.
    near = sum(weight for rank, weight in weights if abs(rank - 50_000) <= 158)
    assert near == pytest.approx(0.6836, abs=5e-3)
