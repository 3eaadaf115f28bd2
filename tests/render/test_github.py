"""Workflow commands: one a line, read back as a runner reads them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smsl.model.origin import Origin
from smsl.model.report import Report
from smsl.render import github

Reports = dict[str, Callable[[Callable[[str], str]], Report]]


def read(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Return kind, properties and message of each command.

    Source: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
    """
    commands = []
    for line in text.splitlines():
        found = re.fullmatch(r"::(error|warning|notice) (.*?)::(.*)", line)
        assert found is not None, line
        pairs = dict(pair.split("=", 1) for pair in found[2].split(","))
        assert set(pairs) <= {"file", "line", "title"}
        for code, sign in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
            pairs = {name: value.replace(code, sign) for name, value in pairs.items()}
        message = found[3].replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
        commands.append((found[1], pairs, message))
    return commands


def test_findings_are_annotations_worst_first(reports: Reports) -> None:
    report = reports["blocked"](str)
    swapped = replace(report, findings=tuple(reversed(report.findings)))
    assert read(github.render(swapped)) == read(github.render(report))
    assert read(github.render(report)) == [
        (
            "error",
            {"title": "decrypt-denied (critical): checkout:live"},
            (
                "role checkout-exec allows it only via us-east-1\na reason\n"
                "Fix: adds one inline policy, replaces nothing (assessed again with it: readable)"
            ),
        ),
        (
            "notice",
            {"title": "rotation-off (low): checkout:live"},
            "prod/checkout/db never rotates\na reason\nFix: adds one statement to the key policy",
        ),
    ]


def test_a_line_of_a_file_is_annotated(reports: Reports) -> None:
    report = reports["readable"](str)
    [finding] = report.findings
    [(_, properties, _)] = read(
        github.render(replace(report, findings=(replace(finding, location=Origin("a,b:c.tf", "", 7)),)))
    )
    assert properties == {"file": "a,b:c.tf", "line": "7", "title": "rotation-off (low): checkout:live"}


def test_what_is_not_known_is_a_warning(reports: Reports) -> None:
    found = read(github.render(reports["undecided"](str)))
    assert [(kind, properties["title"]) for kind, properties, _ in found] == [
        ("warning", "undecided"),
        ("warning", "not read"),
    ]


def test_what_a_baseline_knows_is_left_out_and_a_preview_is_a_notice(reports: Reports) -> None:
    report = reports["compared"](str)
    told = [(kind, properties["title"]) for kind, properties, _ in read(github.render(report))]
    assert told == [("notice", "path-partial (high, preview): checkout:live")]
    [(kind, _, _)] = read(github.render(replace(report, previews=True)))
    assert kind == "error"


def test_idle_suppressions_are_one_notice(reports: Reports) -> None:
    [*_, (kind, properties, message)] = read(github.render(reports["silenced"](str)))
    assert (kind, properties) == ("notice", {"title": "suppressions"})
    assert message.split("\n")[-1] == "2 suppressions are new since main."


def test_nothing_to_say_is_nothing(reports: Reports) -> None:
    report = reports["blocked"](str)
    quiet = tuple(replace(each, suppressed="agreed") for each in report.findings)
    assert github.render(replace(report, findings=quiet)) == ""


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=20)
    | st.sampled_from(
        ["\n::error::x", "\r\n::stop-commands::x", ",file=x", "::", "%0A", "##[error]", "\x1b[2J", "\ud800"]
    )
)
def test_hostile_text_makes_no_command(reports: Reports, hostile: str) -> None:
    for name in ("blocked", "undecided", "twice_blocked", "silenced", "compared"):
        report = reports[name](lambda text: text + hostile)
        placed = tuple(replace(each, location=Origin(f"{hostile}a", hostile, 3)) for each in report.findings)
        calm = reports[name](str)
        for shown in (github.render(report), github.render(replace(report, findings=placed))):
            assert [kind for kind, _, _ in read(shown)] == [kind for kind, _, _ in read(github.render(calm))]
            assert len(shown.splitlines()) == shown.count("\n")
            assert shown.replace("\n", "").isprintable()
            assert "##[" not in shown
