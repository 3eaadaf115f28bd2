"""GitLab's Code Quality report: the members that it documents, fingerprints that are each one's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smsl.model.origin import Origin
from smsl.model.report import Report
from smsl.render import gitlab

GOLDEN = Path(__file__).parent / "golden"
NAMES = ["readable", "blocked", "twice_blocked", "intermittent", "undecided", "many", "silenced", "compared", "nothing"]
Reports = dict[str, Callable[[Callable[[str], str]], Report]]
TEXT = {"type": "string", "minLength": 1}
SCHEMA: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": TEXT,
            "check_name": TEXT,
            "fingerprint": TEXT,
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "additionalProperties": False,
                "required": ["path", "lines"],
                "properties": {
                    "path": TEXT,
                    "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"minimum": 1}}},
                },
            },
        },
    },
}


def issues(report: Report) -> list[dict[str, Any]]:
    found = json.loads(gitlab.render(report))
    jsonschema.validate(found, SCHEMA, jsonschema.Draft202012Validator)
    assert isinstance(found, list)
    assert len({each["fingerprint"] for each in found}) == len(found)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_report_has_the_documented_members(name: str, reports: Reports) -> None:
    report = reports[name](str)
    counted = [each for each in report.findings if each.suppressed is None]
    assert [each["check_name"] for each in issues(report)] == [each.rule.id for each in counted]


def test_a_preview_is_for_information(reports: Reports) -> None:
    report = reports["compared"](str)
    assert [each["severity"] for each in issues(report)] == ["info"]
    assert [each["severity"] for each in issues(replace(report, previews=True))] == ["critical"]


def test_golden(reports: Reports) -> None:
    assert gitlab.render(reports["blocked"](str)) == (GOLDEN / "blocked.gitlab.json").read_text()


def test_equal_findings_are_told_apart(reports: Reports) -> None:
    report = reports["readable"](str)
    assert len(issues(replace(report, findings=report.findings * 3))) == 3


def test_a_line_of_a_file(reports: Reports) -> None:
    report = reports["readable"](str)
    [finding] = report.findings
    [issue] = issues(replace(report, findings=(replace(finding, location=Origin("infra/role.tf", "", 12)),)))
    assert issue["location"] == {"path": "infra/role.tf", "lines": {"begin": 12}}


def test_a_suppressed_finding_is_left_out(reports: Reports) -> None:
    report = reports["readable"](str)
    quiet = tuple(replace(each, suppressed="agreed") for each in report.findings)
    assert issues(replace(report, findings=quiet)) == []


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=20) | st.sampled_from(["<script>", "\n::error::x", "##[error]", "\x1b[2J", "\ud800", "\0"]))
def test_hostile_text_is_plain(reports: Reports, hostile: str) -> None:
    report = reports["blocked"](lambda text: text + hostile)
    text = gitlab.render(report)
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    assert "##[" not in text
    for issue in issues(report):
        assert issue["description"].isprintable()
        assert "<" not in issue["description"]
        assert issue["location"]["path"].isprintable()
