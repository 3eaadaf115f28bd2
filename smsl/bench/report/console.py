"""The result for a person at a terminal: the recommendation first, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tabulate import tabulate

from smsl.bench.names import Phase, Strategy
from smsl.bench.plan import Placement, Target
from smsl.bench.quality import Kind
from smsl.bench.report.words import (
    OPEN,
    counted_big,
    interval,
    milliseconds,
    money,
    per_cold,
    per_warm,
    percentile,
    stale,
)
from smsl.bench.require import Judged
from smsl.bench.result import Monthly, Result, Row
from smsl.model.unknown import Answer, Unknown
from smsl.render.neutral import terminal
from smsl.render.page import counted, listed, wrapped

_INDENT = " " * 11
_MARKED = {Answer.YES: "met", Answer.NO: "NOT MET", Answer.UNKNOWN: "UNDECIDED"}


def render(result: Result, *, notes: bool = False, judged: Sequence[Judged] = (), width: int = 80) -> str:
    """Return the report with a final line end.

    Args:
        result: What was found.
        notes: Whether to write out every remark on a series.
        judged: What became of thresholds.
        width: Columns.
    """
    lines: list[str] = []
    for month in result.months:
        lines += _recommended(result, month, width)
    lines += [*_head(result, width), ""]
    for month in result.months:
        rows = [row for row in result.rows if row.series.runtime == month.runtime]
        lines += [*_table(rows, result), ""]
        lines += [*_parts(rows), *_comparisons(result, month.runtime, width), ""]
        lines += [*_cost(result, month, width), ""]
    lines += _foot(result, width, notes=notes)
    lines += [line for each in judged for line in wrapped(each.sentence, width, f"{_MARKED[each.met]:9}  ", _INDENT)]
    return "\n".join(lines).rstrip() + "\n"


def _recommended(result: Result, month: Monthly, width: int) -> Iterator[str]:
    choice = month.recommendation
    runtime = f" on {month.runtime}" if len(result.months) > 1 else ""
    if choice.strategy is None:
        yield from wrapped(choice.reason, width, "NOTHING    ", _INDENT)
        return
    yield from wrapped(f"{choice.strategy.value}{runtime}: {choice.reason}", width, "RECOMMEND  ", _INDENT)


def _head(result: Result, width: int) -> Iterator[str]:
    plan, conditions = result.plan, result.conditions
    if conditions.interrupted:
        yield from wrapped("only what was measured until then", width, "INTERRUPTED  ")
    runtimes = listed(f"{name} ({words})" for name, words in conditions.runtimes.items())
    said = [runtimes, counted(plan.secrets, "secret"), f"TTL {plan.ttl} s", f"{plan.memory} MB"]
    if plan.placement is Placement.INIT:
        said.append("sdk and cache fetch in init")
    if plan.at_once > 1:
        said.append(f"{plan.at_once} environments at once")
    yield from wrapped(", ".join([*said, f"seed {plan.seed}"]), width, "smsl bench ", _INDENT)
    if plan.target is Target.LAB:
        emulated = "an emulation" if conditions.extension == "emulated" else "the binary that was given"
        extension = f" The extension is {emulated}." if conditions.extension else ""
        yield from wrapped(
            "call counts are exact; times rank on this machine only."
            f"{extension} Service latency {conditions.latency}. {len(conditions.assumptions)} behaviours assumed:"
            " smsl explain lab.",
            width,
            "LAB        ",
            _INDENT,
        )
    else:
        yield from wrapped(f"{conditions.region}; extension {conditions.extension or 'not used'}", width, "AWS        ")


def _table(rows: Sequence[Row], result: Result) -> list[str]:
    colds, warms = (sorted({getattr(row, phase.value).n for row in rows}) for phase in Phase)
    headings = [
        "\nstrategy",
        "calls\ncold",
        "\nper 100",
        f"cold, ms (n={_span(colds)})\np50 [95 % CI]",
        "warm, ms\np50",
        f"(n={_span(warms)})\np99",
        "old value\nserved for",
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
    aligned = ("left", *["right"] * 5, "left")
    text = tabulate(cells, headings, tablefmt="plain", colalign=aligned, disable_numparse=True)
    lines = [f"{rows[0].series.runtime}"] if len(result.months) > 1 else []
    lines += [line.rstrip() for line in text.splitlines()]
    if any(OPEN in row[5] for row in cells):
        lines.append(f"{OPEN} at least: so few samples do not bound it from above")
    return lines


def _span(counts: Sequence[int]) -> str:
    return str(counts[0]) if len(counts) == 1 else f"{counts[0]}-{counts[-1]}"


def _parts(rows: Sequence[Row]) -> Iterator[str]:
    """Yield where a cold start's time goes."""
    measured = [row for row in rows if row.cold.parts]
    if not measured:
        return
    names = ("init", "import", "client", "fetch")
    cells = [[row.series.strategy.value, *(milliseconds(row.cold.parts[name]) for name in names)] for row in measured]
    yield "Of a cold start, ms (medians): init as Lambda reports it; what the handler spent"
    headings = ["", "init", "on imports", "on its client", "on the first fetch"]
    text = tabulate(cells, headings, tablefmt="plain", colalign=("left", *["right"] * 4), disable_numparse=True)
    yield from (f"  {line.rstrip()}" for line in text.splitlines())
    yield ""


def _comparisons(result: Result, runtime: str, width: int) -> Iterator[str]:
    for pair in result.pairs:
        if pair.runtime != runtime:
            continue
        said = str(pair.found) if not isinstance(pair.found, Unknown) else f"{pair.a} vs {pair.b}: {pair.found.reason}"
        yield from wrapped(said, width, f"{pair.phase.value}, ")


def _cost(result: Result, month: Monthly, width: int) -> Iterator[str]:
    traffic, dated = result.traffic, f"prices of {result.prices.date}"
    yield from wrapped(
        f"{counted_big(traffic.invocations)} invocations a month, {counted_big(traffic.environments)} warm"
        f" environments, {counted(traffic.secrets, 'secret')}, {traffic.ttl:g} s TTL:",
        width,
        "Calls to Secrets Manager, ",
        "  ",
    )
    amounts = [f"{each.strategy.value} {money(each.api + each.kms)}" for each in month.costs]
    yield from wrapped(f"{'   '.join(amounts)}   ({dated})", width, "  ")
    totals = [
        f"{each.strategy.value} {money(each.total)}" for each in month.costs if not isinstance(each.total, Unknown)
    ]
    if totals:
        yield from wrapped("   ".join(totals), width, "  with compute and storage: ")
    yield from _break_even(month, width)


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
        for phase in (row.cold, row.warm):
            for reason, count in phase.excluded.items():
                name = "cold start" if phase is row.cold else "warm invocation"
                text = f"{counted(count, name)} of {row.series.strategy.value} left out: {terminal(reason)}"
                yield from wrapped(text, width)
    yield from _remarked(result, width, notes=notes)
    undecided = dict.fromkeys(each for month in result.months for each in month.recommendation.undecided)
    if undecided:
        yield from wrapped(f"{listed(undecided)}: smsl bench --target aws", width, "Not decided here: ", "  ")


def _remarked(result: Result, width: int, *, notes: bool) -> Iterator[str]:
    found = [
        (f"{row.series.strategy.value} {phase.value}", remark)
        for row in result.rows
        for phase in Phase
        for remark in (row.cold if phase is Phase.COLD else row.warm).remarks
    ]
    if notes:
        for place, remark in found:
            yield from wrapped(remark.sentence, width, f"{place}: ", "  ")
        return
    said = []
    for kind, words in ((Kind.FIRST_RUN, "slow first"), (Kind.DRIFT, "drift")):
        places = [place for place, remark in found if remark.kind is kind]
        if places:
            said.append(f"{words}: {', '.join(places)}")
    outliers = sum(remark.numbers["outliers"] for _, remark in found if remark.kind is Kind.OUTLIERS)
    if outliers:
        said.append(counted(int(outliers), "outlier"))
    if found:
        yield from wrapped(f"{'; '.join([*said, counted(len(found), 'remark')])} (--notes)", width, "Unsteady: ", "  ")
