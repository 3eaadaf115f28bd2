"""Every function of the sample account gets the table's verdict, blocking layers and rules, however it is read."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from smsl.audit import audit
from smsl.lab.account import Lab
from smsl.lab.sample import SAMPLE
from smsl.model.finding import Severity
from smsl.model.report import Report
from smsl.render import audit_sarif, github, gitlab, junit, markdown
from smsl.render import json as json_report
from smsl.sources.aws.capture import Capture, capture, dump, load
from smsl.sources.aws.connection import Connection
from smsl.sources.aws.convert import convert
from smsl.sources.aws.request import Request, parse_target

TABLE: dict[str, dict[str, object]] = json.loads((Path(__file__).parent / "sample_account.json").read_text())


def taken(*names: str, everything: bool = False) -> Capture:
    targets = tuple(parse_target(name) for name in names)
    return capture(Request(targets, everything, ("eu-west-1",)), Connection())


def table(report: Report) -> dict[str, dict[str, object]]:
    """Return the report in the shape of the expected table: rules of high or critical, and wide grants."""
    shown: dict[str, dict[str, object]] = {}
    for subject in report.subjects:
        rules = sorted(
            {
                finding.rule.id
                for finding in report.findings
                if finding.function == subject.function.qualified_arn
                and (finding.severity >= Severity.HIGH or finding.rule.id == "read-wildcard")
            }
        )
        blocked_by = list(dict.fromkeys(layer for access in subject.accesses for layer in access.blocked_by))
        shown[subject.function.label] = {"verdict": str(subject.verdict), "blocked_by": blocked_by, "rules": rules}
    return shown


def test_the_table_speaks_of_every_function() -> None:
    assert {name.partition(":")[0] for name in TABLE} == {function.name for function in SAMPLE}


@pytest.mark.parametrize("name", TABLE)
def test_one_function(lab: Lab, name: str) -> None:
    report = audit(convert(taken(name)))

    assert table(report) == {name: TABLE[name]}
    assert report.gaps == ()


def test_all_functions_at_once(lab: Lab) -> None:
    report = audit(convert(taken(everything=True)))

    assert table(report) == {name: row for name, row in TABLE.items() if ":" not in name}
    assert report.gaps == ()


def test_a_capture_gives_the_same_report(lab: Lab) -> None:
    live = taken(*TABLE)
    loaded = load(dump(live))

    assert convert(loaded) == convert(
        Capture(live.request, live.facts, live.taken_at, round(live.seconds, 3), live.rounds)
    )
    assert table(audit(convert(loaded, "capture"))) == TABLE


def test_a_bare_name_says_which_alias_serves_another_version(lab: Lab) -> None:
    subject = audit(convert(taken("orders"))).subjects[0]

    assert subject.served_elsewhere == ("live (version 1)",)


@pytest.mark.parametrize(
    "name",
    ["orders:live", "123456789012:function:orders:live", "arn:aws:lambda:eu-west-1:123456789012:function:orders:live"],
)
def test_every_spelling_of_a_name(lab: Lab, name: str) -> None:
    subject = audit(convert(taken(name))).subjects[0]

    assert (subject.function.label, subject.function.version) == ("orders:live", "1")
    assert str(subject.verdict) == "blocked"


def test_several_functions_at_once(lab: Lab) -> None:
    report = audit(convert(taken("checkout", "orders:live", "payroll")))

    assert table(report) == {name: TABLE[name] for name in ("checkout", "orders:live", "payroll")}


def test_every_format_tells_the_same(lab: Lab) -> None:
    report = audit(convert(taken(everything=True)))
    rules = [finding.rule.id for finding in report.findings]
    [run] = json.loads(audit_sarif.render(report))["runs"]
    assert [each["ruleId"] for each in run["results"]] == rules
    assert [each["check_name"] for each in json.loads(gitlab.render(report))] == rules
    marks = [each["partialFingerprints"]["smsl/v1"] for each in run["results"]]
    assert marks == [each["fingerprint"] for each in json_report.document(report)["findings"]]
    commands = github.render(report).splitlines()
    assert [command.split("title=")[1].split(" ")[0] for command in commands] == rules
    suites = ET.fromstring(junit.render(report))  # noqa: S314  -- written by the test
    failed = [case[0].attrib["type"] for case in suites.iter("testcase") if len(case) and case[0].tag == "failure"]
    verdicts = [access.verdict.value for subject in report.subjects for access in subject.accesses]
    assert {kind: failed.count(kind) for kind in ("blocked", "intermittent")} == {
        kind: verdicts.count(kind) for kind in ("blocked", "intermittent")
    }
    summary = markdown.render(report)
    assert [rule for rule in rules if f"`{rule}`" not in summary] == []
    assert [label for label in (each.function.label for each in report.subjects) if f"`{label}`" not in summary] == []
