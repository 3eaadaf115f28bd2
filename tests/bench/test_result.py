"""From series to a result: what counts, what it is compared with, and how many samples carry what."""

from __future__ import annotations

from typing import Any

import pytest

from smsl.bench.compare import Comparison
from smsl.bench.cost import NOT_BILLED, Traffic
from smsl.bench.names import Phase, Strategy
from smsl.bench.percentiles import Percentile
from smsl.bench.plan import Target
from smsl.bench.quality import Kind
from smsl.bench.result import PhaseResult
from smsl.bench.sample import Own
from smsl.model.unknown import Unknown

SDK, CACHE, EXTENSION, ENV = Strategy
COLD = [400.0 + each for each in range(30)]
WARM = [15.0 + each / 100 for each in range(300)]


def test_what_counts_and_what_does_not(built: Any) -> None:
    more = [
        built.sample(Phase.COLD, 9_000.0, excluded="its environment had served before", memory_used=500),
        built.sample(Phase.WARM, 9_000.0, excluded="failed (ClientError)"),
        built.sample(Phase.WARM, 9_000.0, excluded="failed (ClientError)"),
        built.sample(Phase.WARM, 9_000.0, excluded="started a new environment"),
    ]
    (row,) = built.result(built.series(SDK, COLD, WARM, more=more)).rows

    assert (row.cold.n, row.warm.n) == (30, 300)
    assert row.cold.excluded == {"its environment had served before": 1}
    assert row.warm.excluded == {"failed (ClientError)": 2, "started a new environment": 1}
    p99 = row.warm.percentiles["p99"]
    assert isinstance(p99, Percentile)
    assert p99.high < 20, "what is left out is in no percentile"
    assert row.memory_mb == 80, "nor in the memory"
    assert row.warm.billed == pytest.approx(17, abs=1)


@pytest.mark.parametrize(
    ("n", "known"),
    [(0, []), (4, []), (5, ["p50"]), (9, ["p50"]), (10, ["p50", "p90"]), (19, ["p50", "p90"]),
     (20, ["p50", "p90", "p95"]), (99, ["p50", "p90", "p95"]), (100, ["p50", "p90", "p95", "p99"])],
)  # fmt: skip
def test_a_percentile_takes_its_samples(built: Any, n: int, known: list[str]) -> None:
    (row,) = built.result(built.series(SDK, COLD, WARM[:n])).rows

    assert [name for name, found in row.warm.percentiles.items() if isinstance(found, Percentile)] == known
    if n == 99:
        assert row.warm.percentiles["p99"] == Unknown("p99 takes 100 samples, and there are 99")


def test_a_cold_start_is_taken_apart(built: Any) -> None:
    own = Own(imports=201.0, client=99.0, fetch=40.0, init=300.0)
    cold = [built.sample(Phase.COLD, 400.0 + each, own=own) for each in range(5)]
    (row,) = built.result(built.series(SDK, [400.0], more=cold)).rows

    # Medians of six, five of which are the others.
    assert row.cold.parts == {
        "init": 371.5, "import": 201.0, "client": 99.0, "fetch": 40.0, "duration": 30.0, "seen": 406.5,
    }  # fmt: skip
    assert row.warm == PhaseResult(0, row.warm.percentiles, {}, {}, (), None)
    assert row.warm.parts == {}


def test_remarks_are_those_of_what_counts(built: Any) -> None:
    more = [built.sample(Phase.WARM, 9_000.0, excluded="failed (an error)")]
    steady, few = built.result(built.series(SDK, COLD, WARM, more=more), built.series(CACHE, COLD[:3], [])).rows

    assert Kind.OUTLIERS not in {each.kind for each in steady.warm.remarks}
    assert [each.kind for each in few.cold.remarks] == [Kind.TOO_FEW]
    assert few.warm.remarks == (), "nothing is said of what was not asked for"


def test_values_beyond_their_time_are_spoken_of(built: Any) -> None:
    late = [built.sample(Phase.WARM, 15.0, stale=True), built.sample(Phase.WARM, 15.0, stale=True, excluded="failed")]
    row, steady = built.result(built.series(CACHE, COLD, WARM, more=late), built.series(SDK, COLD, WARM)).rows

    (said,) = [each for each in row.warm.remarks if each.kind is Kind.STALE]
    assert said.numbers == {"stale": 1, "n": 301}
    assert Kind.STALE not in {each.kind for each in (*row.cold.remarks, *steady.warm.remarks)}


def test_only_what_both_have_is_compared_and_the_floor_with_nothing(built: Any) -> None:
    result = built.result(
        built.series(SDK, COLD, WARM),
        built.series(CACHE, [], WARM),
        built.series(EXTENSION, COLD, WARM[:3]),
        built.series(ENV, COLD, WARM),
        built.series(SDK, COLD, WARM, runtime="nodejs22.x"),
        built.series(CACHE, COLD, [], runtime="nodejs22.x"),
    )

    assert [(each.runtime, each.phase.value, each.a, each.b) for each in result.pairs] == [
        ("python3.13", "cold", "sdk", "extension"),
        ("python3.13", "warm", "sdk", "cache"),
        ("python3.13", "warm", "sdk", "extension"),
        ("python3.13", "warm", "cache", "extension"),
        ("nodejs22.x", "cold", "sdk", "cache"),
    ]
    found = [each.found for each in result.pairs]
    assert isinstance(found[1], Comparison)
    assert found[2] == Unknown("a comparison takes 5 samples of each, and of extension it has 3")


def test_a_month_for_each_runtime(built: Any) -> None:
    result = built.result(
        built.series(SDK, COLD, WARM),
        built.series(CACHE, COLD, WARM),
        built.series(SDK, COLD, WARM, runtime="nodejs22.x"),
        built.series(ENV, COLD, WARM, runtime="nodejs22.x"),
    )

    assert [each.runtime for each in result.months] == ["python3.13", "nodejs22.x"]
    python, nodejs = result.months
    assert [each.strategy for each in python.costs] == [SDK, CACHE]
    assert [(each.a, each.b, each.invocations) for each in python.break_evens] == [(SDK, CACHE, 432_000)]
    assert nodejs.break_evens == ()
    assert (python.recommendation.strategy, nodejs.recommendation.strategy) == (CACHE, SDK)
    assert all(each.compute == NOT_BILLED for each in python.costs), "the lab bills nothing"


def test_on_aws_compute_is_what_was_billed(built: Any) -> None:
    traffic = Traffic(1_000_000, 10, memory_mb=1024)
    aws: dict[str, Any] = {"target": Target.AWS, "latency": None}
    sdk, cold_only = (
        built.result(each, traffic=traffic, **aws).months[0].costs[0]
        for each in (built.series(SDK, COLD, [15.0] * 5), built.series(SDK, COLD))
    )

    # 1 M invocations of 16 ms and 1 GB, and 1 M requests.
    assert sdk.compute == pytest.approx(16_000 * 0.0000166667 + 0.20)
    assert cold_only.compute == Unknown("no warm invocation was measured", ("--warm",))


def test_nothing_is_a_result_too(built: Any) -> None:
    result = built.result(conditions=built.lab)

    assert (result.rows, result.pairs, result.months) == ((), (), ())


def test_a_series_of_excluded_samples_alone(built: Any) -> None:
    failed = [built.sample(Phase.COLD, 10.0, excluded="failed (ClientError)") for _ in range(3)]
    result = built.result(built.series(SDK, more=failed), built.series(CACHE, COLD, WARM))
    row = result.rows[0]

    assert (row.cold.n, row.memory_mb, row.cold.parts, row.cold.remarks) == (0, None, {}, ())
    assert row.cold.excluded == {"failed (ClientError)": 3}
    assert result.pairs == ()
