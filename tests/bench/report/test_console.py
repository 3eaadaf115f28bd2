"""The result for a person: the recommendation first, in 80 columns, and nothing of it can hurt a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.bench.names import Strategy
from smsl.bench.plan import Placement, Plan
from smsl.bench.report import console, document
from smsl.bench.require import judge, parse_requirement
from smsl.bench.result import Result, Row

GOLDEN = Path(__file__).parent / "golden"
NAMES = ("lab", "two_runtimes", "aws", "trail", "interrupted", "few", "rough", "floor")
Results = Mapping[str, Result]
AnyResult = Callable[[st.DataObject], Result]


@pytest.mark.parametrize("name", NAMES)
def test_golden(name: str, results: Results) -> None:
    assert console.render(results[name]) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_medians_that_five_samples_do_not_bound_are_marked(built: Any) -> None:
    times = [400.0, 401.0, 402.0, 403.0, 404.0]
    cold, warm = (built.result(built.series(Strategy.SDK, *each)) for each in ((times, times * 80), ((), times)))

    assert "\n? as an upper end: so few samples do not bound it from above\n" in console.render(cold)
    assert "\n+ at least: so few samples do not bound it from above\n" in console.render(warm)


def test_golden_with_notes(results: Results) -> None:
    assert console.render(results["rough"], notes=True) == (GOLDEN / "rough_notes.txt").read_text(encoding="utf-8")


def test_golden_with_thresholds(results: Results) -> None:
    limits = ("cache.warm.p95<5ms", "sdk.warm.p50<10ms", "extension.cold.p99<1s", "sdk.api_calls.per_100_warm<=100")
    written = document.document(results["lab"])
    judged = [judge(parse_requirement(each), written) for each in limits]

    text = console.render(results["lab"], judged=judged)

    assert text.removeprefix(console.render(results["lab"])) == (GOLDEN / "judged.txt").read_text(encoding="utf-8")


def test_the_goldens_are_all_there_are(results: Results) -> None:
    assert set(results) == set(NAMES)
    assert {each.stem for each in GOLDEN.glob("*.txt")} >= set(NAMES)


# What holds for any result.


@settings(max_examples=25)
@given(data=st.data(), notes=st.booleans())
def test_no_line_is_wider_than_a_terminal(any_result: AnyResult, data: st.DataObject, notes: bool) -> None:
    result = any_result(data)
    written = document.document(result)
    judged = [judge(parse_requirement(each), written) for each in ("cache.warm.p95<5ms", "nodejs:sdk.cold.p50>=0.3s")]

    text = console.render(result, notes=notes, judged=judged)

    assert [line for line in text.splitlines() if len(line) > 80] == []
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "\n\n\n" not in text
    assert [line for line in text.splitlines() if line != line.rstrip()] == []


@given(
    hostile=st.text(st.characters(exclude_categories=["Cs"])).filter(bool)
    | st.sampled_from(["\x1b[2J", "\n::error::x", "##[error]", "\u202e", "\r\n"]),
    notes=st.booleans(),
)
def test_hostile_text_is_never_raw(results: Results, hostile: str, notes: bool) -> None:
    """None of it is expected from outside; a report takes no chances."""
    base = results["rough"]
    rows = tuple(
        replace(
            row,
            series=replace(row.series, runtime=f"python{hostile}"),
            warm=replace(row.warm, excluded={f"failed ({hostile})": 2}),
        )
        for row in base.rows
    )
    months = tuple(replace(each, runtime=f"python{hostile}") for each in base.months)
    conditions = replace(base.conditions, runtimes={f"python{hostile}": hostile}, latency=hostile)
    result = replace(base, rows=rows, months=(*months, *months), conditions=conditions)

    text = console.render(result, notes=notes)

    assert text.replace("\n", "").isprintable()
    assert "##[" not in text
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())


def test_what_is_written_is_what_was_found(results: Results) -> None:
    text = console.render(results["lab"])
    found = json.loads(document.render(results["lab"]))

    for row in found["results"]:
        (line,) = [each for each in text.splitlines() if each.startswith(f"{row['strategy']} ") and "[" in each]
        assert f"{row['warm']['p99']['value']:.3g}"[:3] in line
        assert f"{row['cold']['p50']['value']:.0f} [" in line


def test_who_fetches_in_init_is_who_does(results: Results) -> None:
    """A cache that keeps nothing has nothing to prepare, and one that was not measured did nothing at all."""
    base = results["lab"]
    plan = replace(base.plan, placement=Placement.INIT)
    alone = tuple(row for row in base.rows if row.series.strategy is not Strategy.SDK)

    def said(plan: Plan, rows: tuple[Row, ...] = base.rows) -> str:
        return " ".join(console.render(replace(base, plan=plan, rows=rows)).split())

    assert "sdk and cache fetch in init" in said(plan)
    assert "sdk fetches in init" in said(replace(plan, ttl=0))
    assert "cache fetches in init" in said(plan, alone)
    assert "in init" not in said(base.plan)
