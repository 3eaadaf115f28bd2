"""Latencies: as they are typed and written, and what is drawn from them."""

from __future__ import annotations

import statistics
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsl.lab.latency import SECRETS_MANAGER, Latency, parse
from smsl.model.errors import InputError

READ = {
    "20ms": Latency(20),
    "20": Latency(20),
    " 20 ms ": Latency(20),
    "0ms": Latency(0),
    "0.5s": Latency(500),
    "1.25ms": Latency(1.25),
    "20ms..100ms": Latency(20, 100),
    "20 ms .. 100 ms": Latency(20, 100),
    "20..100ms": Latency(20, 100),
    "20ms..100": Latency(20, 100),
    "20..100": Latency(20, 100),
    "1..2s": Latency(1000, 2000),
    "20ms..1s": Latency(20, 1000),
    "20ms..20ms": Latency(20, 20),
    "1234567.5ms..123456789ms": Latency(1234567.5, 123456789),
}
REFUSED = (
    "", "ms", "-1ms", "1e3ms", "20min", "20ms,100ms", "20ms..", "..20ms", "20ms...100ms", "100ms..20ms", "2s..1",
    "0ms..5ms", "20ms..1s..2s", "nan", "inf",
)  # fmt: skip
times = st.one_of(st.integers(1, 10**9).map(float), st.floats(1e-3, 1e9))
latencies = st.one_of(
    st.builds(Latency, times), st.tuples(times, times).map(lambda pair: Latency(min(pair), max(pair)))
)


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311 -- the lab's own source of delays


@pytest.mark.parametrize(("text", "latency"), READ.items())
def test_a_latency_is_read_as_it_is_typed(text: str, latency: Latency) -> None:
    assert parse(text) == latency


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_latency_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse(text)


@given(latencies)
def test_a_latency_that_was_written_is_read_back(latency: Latency) -> None:
    assert parse(str(latency)) == latency


@given(st.text("0123456789.ms -e", max_size=20))
def test_any_text_is_a_latency_or_refused(text: str) -> None:
    try:
        latency = parse(text)
    except InputError:
        return
    assert latency.median >= 0
    assert parse(str(latency)) == latency


@given(latencies, st.integers())
def test_what_is_drawn_is_a_time_and_the_same_for_the_same_seed(latency: Latency, seed: int) -> None:
    drawn = [latency.draw(seeded(seed)) for _ in range(2)]
    assert drawn[0] == drawn[1] > 0


@given(st.floats(0, 1e6), st.integers())
def test_without_a_percentile_every_call_takes_the_median(median: float, seed: int) -> None:
    source = seeded(seed)
    for latency in (Latency(median), Latency(median, median)):
        assert {latency.draw(source) for _ in range(5)} == {median / 1000}


def test_half_of_what_is_drawn_lies_below_the_median_and_one_in_a_hundred_above_the_percentile() -> None:
    source = seeded(5)
    drawn = sorted(SECRETS_MANAGER.draw(source) * 1000 for _ in range(40_000))
    assert drawn[20_000] == pytest.approx(20, rel=0.02)
    assert drawn[39_600] == pytest.approx(100, rel=0.05)
    assert statistics.fmean(drawn) == pytest.approx(25.4, rel=0.02), "the one published average is about 25 ms"
