"""Results of every kind: what a run in the lab and one on AWS bring, in full, in part, and hardly at all."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import strategies as st

from smsl.bench.cost import Traffic
from smsl.bench.names import Phase, Strategy
from smsl.bench.plan import Placement, Target
from smsl.bench.result import Result
from smsl.bench.sample import NOT_MEASURED, Calls, Stale
from smsl.model.unknown import Maybe, Unknown

SDK, CACHE, EXTENSION, ENV = Strategy
MEDIANS = {
    SDK: (412.0, 14.9), CACHE: (410.0, 0.4), EXTENSION: (301.0, 1.6), ENV: (190.0, 0.12),
}  # fmt: skip
"""Of cold starts and warm invocations. Milliseconds."""
UNSEEN = Unknown("the extension makes its calls where the handler does not see them", ("--cloudtrail",))


def times(strategy: Strategy, runtime: str, cold: int, warm: int) -> tuple[list[float], list[float]]:
    """Return times that are spread as a machine's are, the same every time."""
    draw = random.Random(f"{strategy.value} {runtime}")  # noqa: S311
    of_cold, of_warm = MEDIANS[strategy]
    return (
        [round(of_cold * draw.lognormvariate(0, 0.02), 2) for _ in range(cold)],
        [round(of_warm * draw.lognormvariate(0, 0.05), 2) for _ in range(warm)],
    )


@pytest.fixture(scope="session")
def results(built: Any) -> Mapping[str, Result]:
    """Return results by name."""

    def all_of(runtime: str = "python3.13", cold: int = 30, warm: int = 300, **more: Any) -> list[Any]:
        return [built.series(each, *times(each, runtime, cold, warm), runtime=runtime, **more) for each in Strategy]

    handlers = [
        replace(each, calls=UNSEEN if each.strategy is EXTENSION else replace(each.calls, basis="handler"))
        for each in all_of(stale=NOT_MEASURED)
    ]
    left_out = [
        built.sample(Phase.COLD, 1.0, excluded="Lambda had initialised the environment before the request"),
        built.sample(Phase.WARM, 1.0, excluded="failed (ClientError)"),
        built.sample(Phase.WARM, 1.0, excluded="failed (ClientError)"),
    ]
    # A first sample that was not warm, an outlier, and times that drift.
    rough = [90.0, *(15.0 + each / 20 + (each % 7) / 10 for each in range(99)), 400.0]
    return {
        "lab": built.result(*all_of()),
        "two_runtimes": built.result(*all_of(), *all_of("nodejs22.x")),
        "aws": built.result(*handlers, target=Target.AWS, latency=None, rotation=False),
        "trail": built.result(
            *(replace(each, calls=replace(each.calls, basis="cloudtrail")) for each in all_of()),
            target=Target.AWS,
            latency=None,
        ),
        "interrupted": built.result(
            built.series(SDK, *times(SDK, "", 30, 120)),
            built.series(CACHE, *times(CACHE, "", 29, 110), stale=NOT_MEASURED),
            conditions=replace(built.lab, interrupted=True, extension=""),
        ),
        "few": built.result(*all_of(cold=3, warm=4), cold=3, warm=4),
        "rough": built.result(
            built.series(SDK, times(SDK, "", 30, 0)[0], rough, more=left_out),
            built.series(CACHE, *times(CACHE, "", 30, 300), calls=Calls(61, 30, 7, 300, "service"), more=left_out[1:]),
            placement=Placement.INIT,
            at_once=4,
            secrets=2,
        ),
        "floor": built.result(built.series(ENV, *times(ENV, "", 30, 0)), conditions=replace(built.lab, extension="")),
    }


# Any that there may be.

TIMES = st.floats(0.01, 15_000).map(lambda each: round(each, 2))
CALLS: st.SearchStrategy[Maybe[Calls] | None] = st.sampled_from(
    [
        None,
        Unknown("the extension makes its calls where the handler does not see them", ("--cloudtrail",)),
        Calls(1234, 30, 1_799_999, 30_000, "service"),
        Calls(60 * 1000, 1000, 0, 0, "cloudtrail"),
        Calls(0, 0, 7, 300, "handler"),
    ]
)
STALES: st.SearchStrategy[Maybe[Stale] | None] = st.sampled_from(
    [None, NOT_MEASURED, Stale("within", 86_397.4, 86_401.2), Stale("never", None, 0.3), Stale("deployment", None)]
)


@st.composite
def any_results(draw: st.DrawFn, built: Any) -> Result:
    runtimes = draw(st.lists(st.sampled_from(["python3.13", "nodejs22.x"]), min_size=1, unique=True))
    series = []
    for runtime in runtimes:
        for strategy in draw(st.lists(st.sampled_from(Strategy), min_size=1, unique=True)):
            some = draw(st.lists(TIMES, min_size=1, max_size=6))
            cold, warm = draw(st.integers(0, 1000)), draw(st.sampled_from([0, 3, 7, 150, 400]))
            cold_times = [31.0 + some[each % len(some)] for each in range(min(cold, 40))]
            warm_times = [some[each % len(some)] for each in range(warm)]
            calls, stale = draw(CALLS), draw(STALES)
            series.append(built.series(strategy, cold_times, warm_times, runtime, calls, stale))
    target = draw(st.sampled_from(Target))
    traffic = Traffic(draw(st.floats(0, 1e12)), draw(st.integers(0, 10_000)), ttl=draw(st.integers(0, 86_400)))
    plan = {
        "target": target,
        "placement": draw(st.sampled_from(Placement)),
        "at_once": draw(st.integers(1, 50)),
        "secrets": draw(st.integers(1, 20)),
        "memory": draw(st.integers(128, 10_240)),
    }
    result: Result = built.result(*series, traffic=traffic, **plan)
    if draw(st.booleans()):
        result = replace(result, conditions=replace(result.conditions, interrupted=True))
    return result


@pytest.fixture(scope="session")
def any_result(built: Any) -> Callable[[st.DataObject], Result]:
    """Return what draws a result."""
    return lambda data: data.draw(any_results(built))
