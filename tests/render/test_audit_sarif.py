"""An audit as SARIF: valid by the published schema, uploadable, honest about what has no file."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smsl.model.origin import Origin
from smsl.model.report import Report
from smsl.model.suppression import SuppressionKind
from smsl.render import audit_sarif
from smsl.render.fingerprint import fingerprint

HERE = Path(__file__).parent
SCHEMA: dict[str, Any] = json.loads((HERE / "sarif" / "sarif-2.1.0.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
NAMES = [
    "readable",
    "blocked",
    "twice_blocked",
    "intermittent",
    "traced",
    "undecided",
    "unnamed",
    "many",
    "silenced",
    "compared",
    "nothing",
]
Reports = dict[str, Callable[[Callable[[str], str]], Report]]


def run(report: Report) -> dict[str, Any]:
    document = json.loads(audit_sarif.render(report))
    VALIDATOR.validate(document)
    [only] = document["runs"]
    assert isinstance(only, dict)
    return only


@pytest.mark.parametrize("name", NAMES)
def test_every_report_is_valid_and_each_result_has_what_github_requires(name: str, reports: Reports) -> None:
    report = reports[name](str)
    found = run(report)
    assert len(found["results"]) == len(report.findings)
    for result, finding in zip(found["results"], report.findings, strict=True):
        physical = result["locations"][0]["physicalLocation"]
        assert unquote(physical["artifactLocation"]["uri"]) == finding.function
        assert ":" not in physical["artifactLocation"]["uri"]
        assert physical["region"]["startLine"] == 1
        assert result["partialFingerprints"]["smsl/v1"] == fingerprint(finding)
        assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == finding.resource
    assert [each["id"] for each in found["tool"]["driver"]["rules"]] == [rule.id for rule in report.rules]


def test_golden(reports: Reports) -> None:
    assert audit_sarif.render(reports["blocked"](str)) == (HERE / "golden" / "blocked.sarif").read_text()


def test_levels_follow_the_severity(reports: Reports) -> None:
    assert [each["level"] for each in run(reports["blocked"](str))["results"]] == ["error", "note"]


def test_a_line_of_a_file_is_a_physical_location(reports: Reports) -> None:
    report = reports["readable"](str)
    [finding] = report.findings
    [result] = run(replace(report, findings=(replace(finding, location=Origin("infra/my role.tf", "", 12)),)))[
        "results"
    ]
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "infra/my%20role.tf", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 12},
    }


def test_an_address_without_a_line_names_the_place(reports: Reports) -> None:
    report = reports["readable"](str)
    [finding] = report.findings
    [result] = run(
        replace(report, findings=(replace(finding, location=Origin("plan.json", "aws_iam_role.checkout")),))
    )["results"]
    assert result["locations"][0]["logicalLocations"][0]["name"] == "aws_iam_role.checkout"


def test_a_suppressed_finding_says_why(reports: Reports) -> None:
    report = reports["readable"](str)
    quiet = tuple(replace(each, suppressed="agreed") for each in report.findings)
    [result] = run(replace(report, findings=quiet))["results"]
    assert result["suppressions"] == [{"kind": "external", "justification": "agreed"}]
    inline = tuple(replace(each, suppressed_by=SuppressionKind.INLINE) for each in quiet)
    [result] = run(replace(report, findings=inline))["results"]
    assert result["suppressions"] == [{"kind": "inSource", "justification": "agreed"}]


def test_what_a_baseline_knows_is_a_note_and_so_is_a_preview(reports: Reports) -> None:
    report = reports["compared"](str)
    found = run(report)
    assert [each["level"] for each in found["results"]] == ["error", "note", "note"]
    assert ["suppressions" in each for each in found["results"]] == [True, True, False]
    assert {each["level"] for each in found["invocations"][0]["toolExecutionNotifications"]} == {"note"}
    assert [each["level"] for each in run(replace(report, previews=True))["results"]] == ["error", "note", "error"]


def test_idle_suppressions_are_notes(reports: Reports) -> None:
    [invocation] = run(reports["silenced"](str))["invocations"]
    texts = [each["message"]["text"].split(":")[0] for each in invocation["toolExecutionNotifications"]]
    assert texts[1:] == [
        "Expired on 2026-08-31",
        "Ignored (--no-inline-suppressions)",
        "New, not trusted yet, silences nothing",
        "Silences nothing (its rule was not checked)",
        "Silences nothing",
        "2 suppressions are new since main.",
    ]
    assert invocation["executionSuccessful"] is True


def test_what_is_not_known_is_a_notification(reports: Reports) -> None:
    [invocation] = run(reports["undecided"](str))["invocations"]
    assert invocation["executionSuccessful"] is False
    assert [(each["level"], each["message"]["text"]) for each in invocation["toolExecutionNotifications"]] == [
        ("error", "Not read: kms:GetKeyPolicy 1234abcd: AccessDenied (needs kms:GetKeyPolicy)"),
        (
            "error",
            "payroll:live may or may not read prod/checkout/db: the key policy was not read (needs kms:GetKeyPolicy)",
        ),
        ("note", "Assumed: SCPs and RCPs not visible: assumed not to deny (needs organizations:ListPolicies)"),
    ]
    assert run(reports["blocked"](str))["invocations"][0]["executionSuccessful"] is True


def test_runs_of_other_regions_are_kept_apart(reports: Reports) -> None:
    assert run(reports["blocked"](str))["automationDetails"]["id"] == "smsl/audit/123456789012/eu-west-1/"


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=20)
    | st.sampled_from(["\x1b[2J", "\n::set-output name=a::b", "##[error]", "[a](javascript:x)", "{0}", "\ud800", "\0"])
)
def test_hostile_text_gives_a_valid_log(reports: Reports, hostile: str) -> None:
    for name in ("blocked", "undecided", "twice_blocked", "silenced", "compared"):
        report = reports[name](lambda text: text + hostile)
        placed = tuple(replace(each, location=Origin(f"{hostile}a", hostile, 3)) for each in report.findings)
        for each in (report, replace(report, findings=placed)):
            text = audit_sarif.render(each)
            document = json.loads(text)
            VALIDATOR.validate(document)
            for result in document["runs"][0]["results"]:
                [logical] = result["locations"][0]["logicalLocations"]
                shown = (result["message"]["text"].replace("\n", ""), *logical.values())
                assert all(each.isprintable() for each in shown)
            assert text.replace("\n", "").isprintable()
            assert text.isascii()
            assert "##[" not in text
