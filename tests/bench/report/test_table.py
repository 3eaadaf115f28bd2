"""The result as rows: CSV that a spreadsheet reads back, Markdown that shows as it is meant, whatever the names are."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from smsl.bench.names import Phase
from smsl.bench.percentiles import Percentile
from smsl.bench.report import table
from smsl.bench.result import Result
from smsl.bench.sample import Calls

GOLDEN = Path(__file__).parent / "golden"
NAMES = ("lab", "two_runtimes", "aws", "trail", "interrupted", "few", "rough", "floor")
HEAD = [
    "runtime", "strategy", "phase", "n", "p50_value_ms", "p50_low_ms", "p50_high_ms", "p90_value_ms", "p90_low_ms",
    "p90_high_ms", "p95_value_ms", "p95_low_ms", "p95_high_ms", "p99_value_ms", "p99_low_ms", "p99_high_ms",
    "api_calls", "memory_mb",
]  # fmt: skip
MARKDOWN = MarkdownIt("commonmark").enable("table")
AnyResult = Callable[[st.DataObject], Result]


def agrees(row: Mapping[str, str], result: Result) -> None:
    """Hold a row of the file to what was found."""
    (mine,) = [
        each
        for each in result.rows
        if (each.series.runtime, each.series.strategy.value) == (row["runtime"], row["strategy"])
    ]
    cold = row["phase"] == Phase.COLD.value
    found = mine.cold if cold else mine.warm
    assert int(row["n"]) == found.n
    for name, percentile in found.percentiles.items():
        written = [row[f"{name}_{end}_ms"] for end in ("value", "low", "high")]
        if isinstance(percentile, Percentile):
            assert list(map(float, written[:2])) == pytest.approx([percentile.value, percentile.low], abs=1e-4)
            high = float(written[2]) if written[2] else None
            assert high == (None if percentile.open_above else pytest.approx(percentile.high, abs=1e-4))
        else:
            assert written == ["", "", ""]
    calls = mine.series.calls
    wanted = None if not isinstance(calls, Calls) else calls.per_cold_start if cold else calls.per_100_warm
    assert (float(row["api_calls"]) if row["api_calls"] else None) == (
        None if wanted is None else pytest.approx(wanted, rel=1e-5)
    )
    assert row["memory_mb"] == ("" if mine.memory_mb is None else str(mine.memory_mb))


@pytest.mark.parametrize("name", NAMES)
def test_csv_is_read_back(name: str, results: Mapping[str, Result]) -> None:
    text = table.render_csv(results[name])
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))

    assert list(rows[0]) == HEAD
    assert len(rows) == 2 * len(results[name].rows)
    assert text.count("\r\n") == len(rows) + 1
    for row in rows:
        agrees(row, results[name])


@settings(max_examples=25)
@given(data=st.data())
def test_any_csv_is_read_back(any_result: AnyResult, data: st.DataObject) -> None:
    result = any_result(data)

    for row in csv.DictReader(io.StringIO(table.render_csv(result), newline=""), strict=True):
        agrees(row, result)


def test_a_high_end_that_bounds_nothing_is_empty(results: Mapping[str, Result]) -> None:
    rows = list(csv.DictReader(io.StringIO(table.render_csv(results["lab"]), newline="")))
    cold, warm = rows[:2]

    assert [name for name, value in cold.items() if not value] == [
        "p90_high_ms", "p95_high_ms", "p99_value_ms", "p99_low_ms", "p99_high_ms"
    ]  # fmt: skip
    assert [name for name, value in warm.items() if not value] == ["p99_high_ms"]


def test_a_hostile_name_is_one_field(results: Mapping[str, Result]) -> None:
    hostile = 'python3.13",\r\n=cmd|" /C calc"!A1'
    base = results["lab"]
    rows = tuple(replace(row, series=replace(row.series, runtime=hostile)) for row in base.rows)

    found = list(csv.reader(io.StringIO(table.render_csv(replace(base, rows=rows)), newline=""), strict=True))

    assert {each[0] for each in found[1:]} == {hostile}


# Markdown.


@pytest.mark.parametrize("name", ["lab", "aws", "two_runtimes", "floor"])
def test_golden(name: str, results: Mapping[str, Result]) -> None:
    assert table.render_markdown(results[name]) == (GOLDEN / f"{name}.md").read_text(encoding="utf-8")


def shown(text: str) -> tuple[list[list[list[str]]], list[str]]:
    """Return the tables, as rows of texts, and the texts of all else, as a page shows them."""
    tables: list[list[list[str]]] = []
    others: list[str] = []
    inside = False
    for token in MARKDOWN.parse(text):
        match token.type:
            case "table_open":
                tables.append([])
                inside = True
            case "table_close":
                inside = False
            case "tr_open":
                tables[-1].append([])
            case "inline":
                children = token.children or []
                kinds = {each.type for each in children}
                assert kinds <= {"text", "text_special", "strong_open", "strong_close", "html_inline"}, kinds
                assert all(each.content == "<!-- -->" for each in children if each.type == "html_inline")
                words = "".join(each.content for each in children if each.type.startswith("text"))
                (tables[-1][-1] if inside else others).append(words)
            case other:
                assert other.split("_")[0] in {"heading", "paragraph", "thead", "tbody", "th", "td", "tr"}, other
    return tables, others


@pytest.mark.parametrize("name", NAMES)
def test_markdown_shows_three_tables(name: str, results: Mapping[str, Result]) -> None:
    result = results[name]
    (cold, warm, cost), others = shown(table.render_markdown(result))

    strategies = [[each.series.runtime, each.series.strategy.value] for each in result.rows]
    assert [row[:2] for row in cold[1:]] == [row[:2] for row in warm[1:]] == strategies
    assert [row[2] for row in cold[1:]] == [str(each.cold.n) for each in result.rows]
    assert len({len(row) for row in (*cold, *warm)}) == 1
    assert len(cost) == 1 + len(result.rows)
    assert others[0] == "smsl bench"
    assert others[1].startswith(f"Recommended on {result.months[0].runtime}: ")
    assert result.months[0].recommendation.reason in others[1]


def test_a_page_says_its_conditions(results: Mapping[str, Result]) -> None:
    _, others = shown(table.render_markdown(results["rough"]))

    assert (
        "python3.13 (Python 3.13.1, awslambdaric 4.2.2), 2 secrets, TTL 300 s, 256 MB, sdk and cache fetch in init,"
        " 4 environments at once, 30 cold starts of each, 101 to 300 warm invocations of each, seed 7319."
    ) in others


def test_marks_are_explained_where_they_stand(results: Mapping[str, Result]) -> None:
    bounded = "[ ] Behind a percentile its interval of 95 %"
    explained = [each for each in shown(table.render_markdown(results["lab"]))[1] if each.startswith(bounded)]
    few = shown(table.render_markdown(results["few"]))[1]

    assert explained == [f"{bounded}; ? as its upper end: so few samples do not bound it from above."]
    assert not [each for each in few if each.startswith(bounded)]
    assert "- p50 takes 5 samples, and there are 3" in few


PIECES = st.sampled_from(
    ["|", "\n", "\r\n", "`", "*", "_", "<b>", "</td>", "<!--", "[a](b)", "![a](b)", "@everyone", "#1", "::error::x",
     "##[error]", "\\", "&lt;", "https://x.y", "www.x.y", "~~", "- ", "> ", "\x1b[2J", "\u202e", "$x$", "==", "1. "]
)  # fmt: skip


@settings(max_examples=60)
@given(st.lists(PIECES | st.text(max_size=4), min_size=1, max_size=5).map("".join))
def test_a_hostile_name_is_shown_and_does_nothing(results: Mapping[str, Result], hostile: str) -> None:
    base, name = results["lab"], f"python{hostile}x"
    rows = tuple(replace(row, series=replace(row.series, runtime=name)) for row in base.rows)
    months = tuple(
        replace(each, runtime=name, recommendation=replace(each.recommendation, reason=hostile)) for each in base.months
    )

    around = replace(base.conditions, runtimes={name: hostile}, machine=hostile, latency=hostile)

    text = table.render_markdown(replace(base, rows=rows, months=months, conditions=around))
    (cold, _, cost), others = shown(text)

    assert len(cold) == 5
    assert all(len(row) == len(cold[0]) for row in cold)
    assert {row[0] for row in cold[1:]} == {row[0] for row in cost[1:]}
    assert len({row[0] for row in cold[1:]}) == 1
    assert "##[" not in text
    assert text.replace("\n", "").isprintable()
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    assert others[0] == "smsl bench"


@settings(max_examples=25)
@given(data=st.data())
def test_any_result_is_a_page(any_result: AnyResult, data: st.DataObject) -> None:
    tables, _ = shown(table.render_markdown(any_result(data)))

    assert len(tables) == 3


def test_no_result_is_a_page_too(built: Any) -> None:
    text = table.render_markdown(built.result(conditions=built.lab))

    assert text.startswith("# smsl bench\n")
