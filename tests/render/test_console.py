"""What a person reads: the answer first, wrapped, and harmless."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smsl.model.finding import Dialect, Finding
from smsl.model.report import Report
from smsl.render import console
from smsl.render.remedy import fix_lines

GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2026, 9, 4, 11, 0, tzinfo=UTC)
Reports = dict[str, Callable[[Callable[[str], str]], Report]]
FIRST = {
    "readable": "READABLE   checkout:live (version 42) can read 1 of 1 secret it names",
    "blocked": "BLOCKED    checkout:live (version 42) cannot read prod/checkout/db",
    "twice_blocked": "BLOCKED    checkout ($LATEST) cannot read 1 of 2 secrets: prod/checkout/db",
    "intermittent": "INTERMITTENT tracking:live (version 42) reads only some of the time",
    "one_way_shut": "INTERMITTENT parcels:live (version 42) reads only some of the time",
    "led_past": "BLOCKED    pricing:live (version 42) cannot read 2 of 2 secrets:",
    "traced": "READABLE   checkout:live (version 42) can read 2 of 2 secrets it names",
    "undecided": "UNKNOWN    payroll:live (version 42) may or may not read prod/checkout/db",
    "unnamed": "NO-SECRET-NAMED thumbnails ($LATEST) names no secret, so there is none to check",
    "many": "BLOCKED    1 of 8 functions cannot read a secret that they name; 6 readable, 1",
    "silenced": "BLOCKED    checkout:live (version 42) cannot read prod/checkout/db",
    "compared": "BLOCKED    1 of 2 functions cannot read a secret that they name; 1 unknown",
    "nothing": "NOTHING    no function was audited",
}


@pytest.mark.parametrize("name", FIRST)
def test_the_first_line_is_the_answer(name: str, reports: Reports) -> None:
    assert console.render(reports[name](str)).split("\n")[0] == FIRST[name]


@pytest.mark.parametrize("name", FIRST)
def test_golden(name: str, reports: Reports) -> None:
    assert console.render(reports[name](str), now=NOW, exit_code=1) == (GOLDEN / f"{name}.txt").read_text()


@pytest.mark.parametrize("name", ["traced", "one_way_shut"])
def test_golden_with_every_path(name: str, reports: Reports) -> None:
    shown = console.render(reports[name](str), path=True, now=NOW, exit_code=0)
    assert shown == (GOLDEN / f"{name}_path.txt").read_text()


def test_golden_with_terraform(reports: Reports) -> None:
    shown = console.render(reports["blocked"](str), fix_as=Dialect.TERRAFORM, now=NOW, exit_code=1)
    assert shown == (GOLDEN / "blocked_terraform.txt").read_text()


@pytest.mark.parametrize("name", FIRST)
def test_lines_fit_but_commands_stay_whole(name: str, reports: Reports) -> None:
    report = reports[name](str)
    text = console.render(report, notes=True, path=True)
    for finding in report.findings:
        commands = [] if finding.fix is None else fix_lines(finding.fix, 80)
        for line in commands:
            text = text.replace(f"{line.rstrip()}\n", "", 1)
    assert [line for line in text.split("\n") if len(line) > 80] == []


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
    | st.sampled_from(["\x1b[2J", "\n::set-output name=a::b", " ::error::x", "##[error]", "[red]", "\u202e", "\r\n"])
)
def test_hostile_names_are_never_raw(reports: Reports, hostile: str) -> None:
    for make, dialect in itertools.product(reports.values(), Dialect):
        text = console.render(make(lambda name: name + hostile), notes=True, path=True, fix_as=dialect, now=NOW)
        assert text.replace("\n", "").isprintable()
        assert "##[" not in text
        assert not any(line.lstrip().startswith("::") for line in text.split("\n"))


def test_notes_are_counted_when_something_is_blocked(reports: Reports) -> None:
    report = reports["blocked"](str)
    assert "1 note hidden (--notes)." in console.render(report)
    assert "rotation-off" not in console.render(report)
    assert "rotation-off (low)" in console.render(report, notes=True)
    assert "rotation-off (low)" in console.render(reports["readable"](str))


def test_a_suppressed_finding_is_a_number(reports: Reports) -> None:
    from dataclasses import replace

    report = reports["readable"](str)
    quiet: tuple[Finding, ...] = tuple(replace(each, suppressed="agreed") for each in report.findings)
    text = console.render(replace(report, findings=quiet))
    assert "1 suppressed." in text
    assert "rotation-off" not in text


def test_a_fix_is_printed_once(reports: Reports) -> None:
    from dataclasses import replace

    report = reports["blocked"](str)
    first = report.findings[0]
    twice = replace(report, findings=(first, replace(first, resource="another", detail="another")))
    assert console.render(twice).count("aws iam put-role-policy") == 1


@pytest.mark.parametrize(
    ("minutes", "age"), [(0, "0 minutes"), (1, "1 minute"), (119, "119 minutes"), (150, "2 hours"), (4400, "3 days")]
)
def test_a_capture_tells_its_age(minutes: int, age: str, reports: Reports) -> None:
    from datetime import timedelta

    report = reports["twice_blocked"](str)
    text = console.render(report, now=report.taken_at + timedelta(minutes=minutes))
    assert f"Judged from a capture of 2026-09-01 10:00 UTC, {age} old." in text
