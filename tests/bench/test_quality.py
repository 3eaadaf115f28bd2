"""What is said of a series, one fault at a time."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsl.bench.quality import Kind, Remark, remarks

DRAW = random.Random(7319)  # noqa: S311  -- the same times every time
STEADY = [round(DRAW.gauss(15, 0.3), 2) for _ in range(60)]


def only(samples: list[float], kind: Kind) -> Remark:
    found = remarks(samples)
    assert [each.kind for each in found] == [kind]
    return found[0]


def test_nothing_is_said_of_a_steady_series() -> None:
    assert remarks(STEADY) == ()


@pytest.mark.parametrize("n", [0, 1, 2, 4])
def test_too_few_to_say_anything(n: int) -> None:
    remark = only([15.0] * n, Kind.TOO_FEW)

    assert remark.sentence == f"too few samples: {n}, and nothing is said of fewer than 5"
    assert remark.numbers == {"n": n, "wanted": 5}


def test_too_few_for_their_spread() -> None:
    remark = only([14.0, 15.5, 15.0, 16.4, 15.1, 16.0, 13.0, 14.6], Kind.TOO_FEW)

    # Rank 4 of 8 is 15.0, its interval ranks 2 to 7: 14.0 to 16.0. 8 * (13.3 / 10)^2 = 14.2.
    assert remark.numbers == pytest.approx({"n": 8, "width": 2 / 15, "wanted": 15})
    assert remark.sentence.endswith("of 8, the median's interval is 13% of it wide; some 15 would bring it to 10%")


def test_a_first_sample_that_was_not_warm() -> None:
    found = {each.kind: each for each in remarks([22.0, *STEADY])}

    assert list(found) == [Kind.FIRST_RUN]
    assert found[Kind.FIRST_RUN].numbers["first"] == 22.0
    assert found[Kind.FIRST_RUN].sentence.startswith("the first sample took 22 ms, far from the median of 15 ms")


def test_a_first_sample_that_was_faster_is_an_outlier_like_any_other() -> None:
    assert [each.kind for each in remarks([8.0, *STEADY])] == [Kind.OUTLIERS]


def test_outliers() -> None:
    remark = only([*STEADY[:30], 20.0, *STEADY[30:], 10.5], Kind.OUTLIERS)

    assert {**remark.numbers, "median": 0} == {"outliers": 2, "slower": 1, "n": 62, "median": 0, "farthest": 20.0}
    assert "2 of 62 samples lie far" in remark.sentence
    assert "(1 slower)" in remark.sentence


def test_outliers_where_more_than_half_is_one_value() -> None:
    # The median deviation is 0. The mean one is 0.04: ten standard deviations are 0.5.
    samples = [0.1, 0.1, 0.2, 0.1] * 15

    assert not any(each.kind is Kind.OUTLIERS for each in remarks(samples))
    assert [each.numbers["outliers"] for each in remarks([*samples, 0.9]) if each.kind is Kind.OUTLIERS] == [1]


def test_one_value_throughout() -> None:
    assert remarks([3.0] * 50) == ()


def test_drift() -> None:
    remark = only([*STEADY[:30], *(each * 1.06 for each in STEADY[30:])], Kind.DRIFT)

    assert remark.numbers["ratio"] == pytest.approx(1.06, abs=0.03)
    assert remark.numbers["p_value"] < 0.01
    assert remark.sentence.startswith("times drift: the second half took 1.0")


def test_spread() -> None:
    wide = [round(DRAW.uniform(12, 18), 2) for _ in range(400)]
    remark = only(wide, Kind.SPREAD)

    # A uniform distribution's standard deviation is its width by the root of 12: 1.73 of 15.
    assert remark.numbers["deviation"] == pytest.approx(0.115, abs=0.01)
    assert (remark.numbers["least"], remark.numbers["most"]) == (min(wide), max(wide))


def test_a_wide_end_without_a_wide_deviation() -> None:
    kinds = [each.kind for each in remarks([*STEADY, 23.5])]

    assert kinds == [Kind.OUTLIERS, Kind.SPREAD]


@given(st.lists(st.just(0.0) | st.floats(0.001, 1e6), max_size=40))
def test_every_series_can_be_remarked_on(samples: list[float]) -> None:
    found = remarks(samples)

    assert len({each.kind for each in found}) == len(found)
    assert all(each.sentence and each.numbers for each in found)
