"""The result for a person at a terminal: the recommendation first, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from smsl.bench.money import money
from smsl.bench.names import Phase, Strategy
from smsl.bench.plan import Target
from smsl.bench.quality import Kind
from smsl.bench.report.columns import aligned
from smsl.bench.report.conditions import asked, of_aws, of_lab, undecided
from smsl.bench.report.legend import UNBOUNDED, absent, unknown
from smsl.bench.report.words import (
    NOTHING,
    OPEN,
    counted_big,
    interval,
    milliseconds,
    per_cold,
    per_warm,
    percentile,
    stale,
)
from smsl.bench.require import Judged
from smsl.bench.result import Monthly, Result, Row
from smsl.model.unknown import Answer, Unknown
from smsl.render.neutral import terminal
from smsl.render.page import counted, filled, listed, wrapped

_INDENT = " " * 11
_MARKED = {Answer.YES: "met", Answer.NO: "NOT MET", Answer.UNKNOWN: "UNDECIDED"}
_FIRST_SAID = (
    (Kind.STALE, "values beyond their time"),
    (Kind.FIRST_RUN, "a slow first sample"),
    (Kind.DRIFT, "drift"),
)
"""Of the remarks those that are named without being asked for."""


def render(result: Result, *, notes: bool = False, judged: Sequence[Judged] = (), width: int = 80) -> str:
    """Return the report with a final line end.

    Args:
        result: What was found.
        notes: Whether to write out every remark on a series.
        judged: What became of thresholds.
        width: Columns.
    """
    blocks = [[line for month in result.months for line in _recommended(result, month, width)]]
    blocks[0] += _head(result, width)
    for month in result.months:
        rows = [row for row in result.rows if row.series.runtime == month.runtime]
        blocks += [[*_table(rows, result, width)], [*_parts(rows)], [*_comparisons(result, month.runtime, width)]]
        blocks += [[*_cost(result, month, width)]]
    blocks.append([*_foot(result, width, notes=notes)])
    blocks[-1] += [
        line for each in judged for line in wrapped(each.sentence, width, f"{_MARKED[each.met]:9}  ", _INDENT)
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n"


def _recommended(result: Result, month: Monthly, width: int) -> Iterator[str]:
    choice = month.recommendation
    runtime = f" on {month.runtime}" if len(result.months) > 1 else ""
    if choice.strategy is None:
        yield from wrapped(choice.reason, width, "NOTHING    ", _INDENT)
        return
    yield from wrapped(f"{choice.strategy.value}{runtime}: {choice.reason}", width, "RECOMMEND  ", _INDENT)


def _head(result: Result, width: int) -> Iterator[str]:
    if result.conditions.interrupted:
        yield from wrapped("only what was measured until then", width, "INTERRUPTED  ")
    yield from wrapped(asked(result), width, "smsl bench ", _INDENT)
    if result.plan.target is Target.LAB:
        yield from wrapped(of_lab(result, "this machine"), width, "LAB        ", _INDENT)
    else:
        yield from wrapped(of_aws(result), width, "AWS        ", _INDENT)


def _table(rows: Sequence[Row], result: Result, width: int) -> Iterator[str]:
    headings = [
        ["", "calls", "per", "cold, ms", "warm,", "ms", "old value"],
        ["strategy", "cold", "100 warm", "p50 [95 % CI]", "p50", "p99", "served for"],
    ]
    cells = [
        [
            row.series.strategy.value + (" (floor)" if row.series.strategy is Strategy.ENV else ""),
            per_cold(row.series.calls),
            per_warm(row.series.calls),
            interval(row.cold.percentiles["p50"]),
            percentile(row.warm.percentiles["p50"]),
            percentile(row.warm.percentiles["p99"]),
            stale(row.series.stale),
        ]
        for row in rows
    ]
    if len(result.months) > 1:
        yield terminal(rows[0].series.runtime)
    yield from aligned([*headings, *cells], to_left=(0, 6))
    marks = [f"{OPEN} at least"] if any(OPEN in row[4] + row[5] for row in cells) else []
    marks += ["? as an upper end"] if any("?" in row[3] for row in cells) else []
    if marks:
        yield f"{listed(marks)}: {UNBOUNDED}"
    for reason in absent(rows, ((Phase.COLD, ("p50",)), (Phase.WARM, ("p50", "p99")))):
        yield f"{NOTHING} {reason}"
    for reason in unknown(rows):
        yield from wrapped(reason, width, "? ", "  ")


def _parts(rows: Sequence[Row]) -> Iterator[str]:
    """Yield where a cold start's time goes."""
    measured = [row for row in rows if row.cold.parts]
    if not measured:
        return
    names = ("init", "import", "client", "fetch")
    cells = [[row.series.strategy.value, *(milliseconds(row.cold.parts[name]) for name in names)] for row in measured]
    yield "Of a cold start, ms (medians): init as Lambda reports it; what the handler spent"
    headings = ["", "init", "on imports", "on its client", "on the first fetch"]
    yield from (f"  {line}" for line in aligned([headings, *cells]))


def _comparisons(result: Result, runtime: str, width: int) -> Iterator[str]:
    for phase in Phase:
        pairs = [each for each in result.pairs if (each.runtime, each.phase) == (runtime, phase)]
        for pair in pairs:
            if not isinstance(pair.found, Unknown):
                yield from wrapped(str(pair.found), width, f"{phase.value}, ")
        open_pairs = {f"{each.a} vs {each.b}": each.found for each in pairs if isinstance(each.found, Unknown)}
        if open_pairs:
            reason = next(iter(open_pairs.values())).reason
            yield from wrapped(f"{listed(open_pairs)} ({reason})", width, f"{phase.value}, not compared: ", "  ")


def _cost(result: Result, month: Monthly, width: int) -> Iterator[str]:
    traffic, prices = result.traffic, result.prices
    yield from wrapped(
        f"{counted_big(traffic.invocations)} invocations a month on {counted_big(traffic.environments)} warm"
        f" environments, {counted(traffic.secrets, 'secret')}, TTL {traffic.ttl:g} s, cost (prices of {prices.date},"
        f" {prices.region}):",
        width,
        "",
        "  ",
    )
    calls = {each.strategy.value: each.api + each.kms for each in month.costs}
    totals = {each.strategy.value: each.total for each in month.costs if not isinstance(each.total, Unknown)}
    yield from _amounts("for calls", calls, prices.currency, width)
    yield from _amounts("all in all", totals, prices.currency, width)
    yield from _break_even(month, width)


def _amounts(what: str, amounts: Mapping[str, float], currency: str, width: int) -> Iterator[str]:
    if amounts:
        parts = [f"{name} {money(amount, currency)}" for name, amount in amounts.items()]
        first, *rest = filled([*(f"{each}," for each in parts[:-1]), parts[-1]], width - 14)
        yield f"  {what:10}  {first}"
        yield from (f"{'':14}{line}" for line in rest)


def _break_even(month: Monthly, width: int) -> Iterator[str]:
    """Yield up to which traffic a strategy that keeps nothing makes no more calls than others."""
    cheaper: dict[tuple[str, float], list[str]] = {}
    for even in month.break_evens:
        if even.cheaper is not None and even.invocations is not None:
            other = even.a if even.cheaper is even.b else even.b
            cheaper.setdefault((other.value, even.invocations), []).append(even.cheaper.value)
    for (keeper, count), names in cheaper.items():
        text = f"up to {counted_big(count)} invocations a month {keeper} makes no more calls than {' or '.join(names)}"
        yield from wrapped(text, width, "  ")


def _foot(result: Result, width: int, *, notes: bool) -> Iterator[str]:
    for row in result.rows:
        for phase, noun in ((row.cold, "cold start"), (row.warm, "warm invocation")):
            for reason, count in phase.excluded.items():
                yield from wrapped(
                    f"{counted(count, noun)} of {_name(row, result)} left out: {reason}", width, "", "  "
                )
    yield from _remarked(result, width, notes=notes)
    open_questions = undecided(result)
    if open_questions:
        yield from wrapped(open_questions, width, "Decided only by smsl bench --target aws: ", "  ")


def _name(row: Row, result: Result) -> str:
    return row.series.strategy.value + (f" on {row.series.runtime}" if len(result.months) > 1 else "")


def _remarked(result: Result, width: int, *, notes: bool) -> Iterator[str]:
    found = [
        (f"{_name(row, result)}, {phase.value}", remark)
        for row in result.rows
        for phase in Phase
        for remark in (row.cold if phase is Phase.COLD else row.warm).remarks
    ]
    if notes:
        for place, remark in found:
            yield from wrapped(remark.sentence, width, f"{terminal(place)}: ", "  ")
        return
    if not found:
        return
    said = []
    for kind, words in _FIRST_SAID:
        places = [place for place, remark in found if remark.kind is kind]
        if places:
            said.append(f"{words} ({'; '.join(places)})")
    outliers = sum(remark.numbers["outliers"] for _, remark in found if remark.kind is Kind.OUTLIERS)
    if outliers:
        said.append(counted(int(outliers), "outlier"))
    among = f", among them {listed(said)}" if said else ""
    yield from wrapped(f"{counted(len(found), 'remark')} on the times (--notes){among}", width, "", "  ")
