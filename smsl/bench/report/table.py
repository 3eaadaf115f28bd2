"""The result as flat rows, for spreadsheets and Markdown: one for each strategy, runtime and phase."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from tabulate import tabulate

from smsl.bench.cost import Cost
from smsl.bench.money import money
from smsl.bench.names import PERCENTILES, Phase
from smsl.bench.percentiles import Percentile, named
from smsl.bench.plan import Target
from smsl.bench.report.conditions import asked, of_aws, of_lab, undecided
from smsl.bench.report.legend import UNBOUNDED, absent, unknown
from smsl.bench.report.words import NOTHING, interval, per_cold, per_warm, stale
from smsl.bench.result import Result, Row
from smsl.bench.sample import Calls
from smsl.model.unknown import Unknown
from smsl.render.neutral import markdown
from smsl.render.page import counted

_NAMES = tuple(named(each) for each in PERCENTILES)


def render_csv(result: Result) -> str:
    """Return the rows as CSV (RFC 4180), times in milliseconds; what is not known, or bounds nothing, is empty."""
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
    lines += [*_conditions(result)]
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
    lines += [*_legend(result), *_cost(result)]
    open_questions = undecided(result)
    if open_questions:
        lines += [markdown(f"Decided only by smsl bench --target aws: {open_questions}."), ""]
    return "\n".join([*lines, f"Target {result.plan.target.value}, run {result.conditions.run}."]) + "\n"


def _conditions(result: Result) -> Iterator[str]:
    """Yield what a reader must know before any number."""
    conditions = result.conditions
    if conditions.interrupted:
        yield from ("Interrupted: only what was measured until then.", "")
    yield from (markdown(f"{asked(result)}."), "")
    if result.plan.target is Target.LAB:
        machine = f"that machine ({conditions.machine})" if conditions.machine else "that machine"
        yield from (markdown(f"Measured in the lab: {of_lab(result, machine)}"), "")
    else:
        yield from (markdown(f"Measured on AWS: {of_aws(result)}."), "")


def _legend(result: Result) -> Iterator[str]:
    """Yield what the marks of the two tables stand for, a paragraph each."""
    found = [each for row in result.rows for phase in (row.cold, row.warm) for each in phase.percentiles.values()]
    known = [each for each in found if isinstance(each, Percentile)]
    if known:
        unbounded = f"; ? as its upper end: {UNBOUNDED}" if any(each.open_above for each in known) else ""
        yield from (markdown(f"[ ] Behind a percentile its interval of 95 %{unbounded}."), "")
    for reason in absent(result.rows, tuple((phase, _NAMES) for phase in Phase)):
        yield from (markdown(f"{NOTHING} {reason}"), "")
    for reason in unknown(result.rows):
        yield from (markdown(f"? {reason}"), "")


def _cost(result: Result) -> Iterator[str]:
    """Yield a month's cost: of calls, and all in all where compute was billed."""
    traffic, prices = result.traffic, result.prices
    costs = [each for month in result.months for each in month.costs]
    whole = not all(isinstance(each.total, Unknown) for each in costs)
    cells = [
        [
            markdown(month.runtime),
            each.strategy.value,
            f"{each.calls:,.0f}",
            markdown(money(each.api + each.kms, prices.currency)),
            *([_total(each, prices.currency)] if whole else []),
        ]
        for month in result.months
        for each in month.costs
    ]
    headings = ["runtime", "strategy", "calls", "cost of calls", *(["all in all"] if whole else [])]
    yield f"## A month of {traffic.invocations:,.0f} invocations, {traffic.environments:,.0f} warm environments"
    yield from ("", tabulate(cells, headings, "github", disable_numparse=True), "")
    around = f"{counted(traffic.secrets, 'secret')}, TTL {traffic.ttl:g} s"
    yield from (markdown(f"{around}; prices of {prices.date}, {prices.region}."), "")


def _total(cost: Cost, currency: str) -> str:
    return markdown(NOTHING if isinstance(cost.total, Unknown) else money(cost.total, currency))


def _ends(found: Percentile | Unknown) -> tuple[str, str, str]:
    if isinstance(found, Unknown):
        return "", "", ""
    # Of so few samples the high end is no limit, and a program that reads the field would take it for one.
    return f"{found.value:.4f}", f"{found.low:.4f}", "" if found.open_above else f"{found.high:.4f}"


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
