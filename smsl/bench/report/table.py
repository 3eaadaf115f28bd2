"""The result as flat rows, for spreadsheets and Markdown: one for each strategy, runtime and phase."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from tabulate import tabulate

from smsl.bench.money import money
from smsl.bench.names import PERCENTILES, Phase
from smsl.bench.percentiles import Percentile, named
from smsl.bench.plan import Target
from smsl.bench.report.words import interval, per_cold, per_warm, stale
from smsl.bench.result import Result, Row
from smsl.bench.sample import Calls
from smsl.model.unknown import Unknown
from smsl.render.neutral import markdown

_NAMES = tuple(named(each) for each in PERCENTILES)


def render_csv(result: Result) -> str:
    """Return the rows as CSV (RFC 4180), times in milliseconds; what is not known is an empty field."""
    file = io.StringIO()
    writer = csv.writer(file)
    ends = [f"{name}_{end}_ms" for name in _NAMES for end in ("value", "low", "high")]
    writer.writerow(["runtime", "strategy", "phase", "n", *ends, "api_calls", "memory_mb"])
    for row in result.rows:
        for phase in Phase:
            found = row.cold if phase is Phase.COLD else row.warm
            times = [value for name in _NAMES for value in _ends(found.percentiles[name])]
            head = [row.series.runtime, row.series.strategy.value, phase.value, found.n]
            writer.writerow([*head, *times, _calls(row, phase), "" if row.memory_mb is None else row.memory_mb])
    return file.getvalue()


def render_markdown(result: Result) -> str:
    """Return the rows as a Markdown document, for a job summary or a page."""
    lines = ["# smsl bench", ""]
    for month in result.months:
        choice = month.recommendation
        name = choice.strategy.value if choice.strategy else "nothing"
        lines += [f"**Recommended on {markdown(month.runtime)}: {name}**: {markdown(choice.reason)}", ""]
    lines += [*_caveats(result)]
    for phase in Phase:
        cells = [_markdown_row(row, phase) for row in result.rows]
        calls = "calls per cold start" if phase is Phase.COLD else "calls per 100 warm"
        headings = [
            "runtime",
            "strategy",
            "n",
            *(f"{name}, ms" for name in _NAMES),
            calls,
            "old value after a rotation",
        ]
        lines += [f"## {phase.value.capitalize()}", "", tabulate(cells, headings, "github", disable_numparse=True), ""]
    costs = [
        [
            markdown(month.runtime),
            each.strategy.value,
            f"{each.calls:,.0f}",
            money(each.api + each.kms, result.prices.currency),
        ]
        for month in result.months
        for each in month.costs
    ]
    traffic, prices, conditions = result.traffic, result.prices, result.conditions
    run = f"Target {result.plan.target.value}, run {conditions.run}, seed {result.plan.seed}."
    lines += [
        f"## A month of {traffic.invocations:,.0f} invocations, {traffic.environments:,.0f} warm environments",
        "",
        tabulate(costs, ["runtime", "strategy", "calls", "cost of calls"], "github", disable_numparse=True),
        "",
        f"Prices of {prices.date}, {prices.region}. {run}",
    ]
    return "\n".join(lines) + "\n"


def _caveats(result: Result) -> Iterator[str]:
    """Yield what a reader must know before any number."""
    if result.conditions.interrupted:
        yield from ("Interrupted: only what was measured until then.", "")
    if result.plan.target is Target.LAB:
        emulated = "; the extension is an emulation" if result.conditions.extension == "emulated" else ""
        yield from (f"Measured in the lab: calls are exact, times rank on that machine only{emulated}.", "")


def _ends(found: Percentile | Unknown) -> tuple[str, str, str]:
    if isinstance(found, Unknown):
        return "", "", ""
    return f"{found.value:.4f}", f"{found.low:.4f}", f"{found.high:.4f}"


def _calls(row: Row, phase: Phase) -> str:
    calls = row.series.calls
    if not isinstance(calls, Calls):
        return ""
    value = calls.per_cold_start if phase is Phase.COLD else calls.per_100_warm
    return "" if value is None else f"{value:g}"


def _markdown_row(row: Row, phase: Phase) -> list[str]:
    found = row.cold if phase is Phase.COLD else row.warm
    calls = per_cold(row.series.calls) if phase is Phase.COLD else per_warm(row.series.calls)
    times = [markdown(interval(found.percentiles[name])) for name in _NAMES]
    head = [markdown(row.series.runtime), row.series.strategy.value, str(found.n)]
    return [*head, *times, calls, markdown(stale(row.series.stale))]
