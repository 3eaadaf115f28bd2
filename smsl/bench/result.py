"""What a run found: series with their percentiles, comparisons, cost, and a recommendation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean, median

from smsl.bench.compare import Comparison, compare
from smsl.bench.cost import NOT_BILLED, Billed, BreakEven, Cost, Traffic, break_even, monthly_cost
from smsl.bench.names import Phase, Strategy
from smsl.bench.percentiles import Percentile, percentiles
from smsl.bench.plan import Plan, Target
from smsl.bench.prices import Prices
from smsl.bench.quality import Remark, remarks, served_stale
from smsl.bench.recommend import Recommendation, recommend
from smsl.bench.sample import Sample, Series
from smsl.model.unknown import Maybe, Unknown


@dataclass(frozen=True, slots=True)
class Conditions:
    """Under what circumstances a run was made."""

    run: str
    started: str
    """`2026-11-27T10:00:00Z`."""
    region: str
    runtimes: Mapping[str, str]
    """Lambda's name of each to what ran it, in words."""
    extension: str
    """What answered for the extension: `emulated`, `binary`, or a layer's ARN; empty where it was not measured."""
    machine: str
    """What the lab ran on; empty on AWS."""
    assumptions: tuple[str, ...]
    """What the lab assumes where AWS's documentation is silent."""
    latency: str
    """Of the service in the lab, with its basis; empty on AWS."""
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class PhaseResult:
    """One phase of one series."""

    n: int
    percentiles: Mapping[str, Maybe[Percentile]]
    parts: Mapping[str, float]
    """Medians of what its time was spent on, by name. Milliseconds."""
    excluded: Mapping[str, int]
    """Samples that do not count, by reason."""
    remarks: tuple[Remark, ...]
    billed: float | None
    """Mean of what Lambda billed. Milliseconds; None without samples."""


@dataclass(frozen=True, slots=True)
class Row:
    """One strategy on one runtime."""

    series: Series
    cold: PhaseResult
    warm: PhaseResult
    memory_mb: int | None
    """The most that Lambda reported; None without samples."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two strategies in one phase on one runtime."""

    runtime: str
    phase: Phase
    a: str
    b: str
    found: Maybe[Comparison]


@dataclass(frozen=True, slots=True)
class Monthly:
    """A month of the strategies on one runtime."""

    runtime: str
    costs: tuple[Cost, ...]
    break_evens: tuple[BreakEven, ...]
    recommendation: Recommendation


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that a run found."""

    plan: Plan
    conditions: Conditions
    rows: tuple[Row, ...]
    pairs: tuple[Pair, ...]
    traffic: Traffic
    prices: Prices
    months: tuple[Monthly, ...]


def conclude(plan: Plan, conditions: Conditions, series: Sequence[Series], traffic: Traffic, prices: Prices) -> Result:
    """Return what samples say."""
    rows = tuple(_row(each) for each in series)
    runtimes = tuple(dict.fromkeys(each.runtime for each in series))
    return Result(
        plan=plan,
        conditions=conditions,
        rows=rows,
        pairs=tuple(pair for runtime in runtimes for pair in _pairs(runtime, series)),
        traffic=traffic,
        prices=prices,
        months=tuple(
            _month(plan, runtime, [row for row in rows if row.series.runtime == runtime], traffic, prices)
            for runtime in runtimes
        ),
    )


def _row(series: Series) -> Row:
    used = [each.memory_used for each in series.samples if each.excluded is None]
    return Row(series, _phase(series, Phase.COLD), _phase(series, Phase.WARM), max(used, default=None))


def _phase(series: Series, phase: Phase) -> PhaseResult:
    samples, times = tuple(series.of(phase)), series.times(phase)
    excluded = Counter(each.excluded for each in series.samples if each.phase is phase and each.excluded is not None)
    return PhaseResult(
        n=len(times),
        percentiles=percentiles(times),
        parts=_parts(samples),
        excluded={str(reason): count for reason, count in excluded.items()},
        remarks=(*served_stale(sum(each.stale for each in samples), len(samples)), *(remarks(times) if times else ())),
        billed=fmean(each.billed for each in samples) if samples else None,
    )


def _parts(samples: Sequence[Sample]) -> Mapping[str, float]:
    if not samples:
        return {}
    return {
        "init": median(each.init or 0.0 for each in samples),
        "import": median(each.own.imports for each in samples),
        "client": median(each.own.client for each in samples),
        "fetch": median(each.own.fetch for each in samples),
        "duration": median(each.duration for each in samples),
        "seen": median(each.seen for each in samples),
    }


def _pairs(runtime: str, series: Sequence[Series]) -> Iterator[Pair]:
    """Yield every two strategies of a runtime; the floor is compared with nothing, since nobody should choose it."""
    chosen = [each for each in series if each.runtime == runtime and each.strategy is not Strategy.ENV]
    for phase in Phase:
        for a, b in combinations(chosen, 2):
            names = a.strategy.value, b.strategy.value
            times = a.times(phase), b.times(phase)
            if all(times):
                yield Pair(runtime, phase, *names, compare((names[0], times[0]), (names[1], times[1])))


def _month(plan: Plan, runtime: str, rows: Sequence[Row], traffic: Traffic, prices: Prices) -> Monthly:
    costs = tuple(monthly_cost(traffic, row.series.strategy, prices, _billed(plan, row)) for row in rows)
    compared = [row.series.strategy for row in rows if row.series.strategy is not Strategy.ENV]
    evens = tuple(break_even(traffic, a, b) for a, b in combinations(compared, 2))
    warm = {row.series.strategy: row.series.times(Phase.WARM) for row in rows}
    cold = {row.series.strategy: row.series.times(Phase.COLD) for row in rows}
    choice = recommend(costs, cold, warm, lab=plan.target is Target.LAB, ttl=plan.ttl, currency=prices.currency)
    return Monthly(runtime, costs, evens, choice)


def _billed(plan: Plan, row: Row) -> Maybe[Billed]:
    if plan.target is Target.LAB:
        return NOT_BILLED
    if row.warm.billed is None:
        return Unknown("no warm invocation was measured", ("--warm",))
    cold: Maybe[float] = Unknown("no cold start was measured", ("--cold",))
    return Billed(row.warm.billed, cold if row.cold.billed is None else row.cold.billed)
