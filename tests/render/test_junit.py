"""JUnit XML: the elements and attributes that Jenkins' schema knows, the outcomes that the exit code says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smsl.model.finding import Severity
from smsl.model.report import Report
from smsl.render import junit

GOLDEN = Path(__file__).parent / "golden"
NAMES = [
    "readable", "blocked", "twice_blocked", "intermittent", "one_way_shut", "led_past", "traced", "undecided",
    "unnamed", "many", "silenced", "compared", "nothing",
]  # fmt: skip
Reports = dict[str, Callable[[Callable[[str], str]], Report]]
OUTCOMES = {"failure", "error", "skipped"}
# Of junit-10.xsd: what each element must and may have, and what may stand in it.
ELEMENTS: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (set(), {"name", "tests", "failures", "errors", "time"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors"}, {"skipped"}, {"testcase"}),
    "testcase": ({"name"}, {"classname", "time", "group"}, OUTCOMES),
    **dict.fromkeys(OUTCOMES, (set[str](), {"type", "message"}, set[str]())),
}


def parsed(text: str) -> ET.Element:
    root = ET.fromstring(text)  # noqa: S314  -- written by the test
    assert root.tag == "testsuites"
    for element in root.iter():
        must, may, within = ELEMENTS[element.tag]
        assert must <= set(element.attrib) <= must | may
        assert {child.tag for child in element} <= within
        assert element.text is None or element.tag in OUTCOMES or not element.text.strip()
    for suite in root:
        found = [outcome.tag for case in suite for outcome in case]
        counts = {"tests": len(suite), "failures": found.count("failure"), "errors": found.count("error")}
        counts["skipped"] = found.count("skipped")
        assert {name: int(suite.attrib[name]) for name in counts} == counts
    keys = [(case.attrib["classname"], case.attrib["name"]) for case in root.iter("testcase")]
    assert len(set(keys)) == len(keys), "GitLab keeps the first of cases with equal names"
    return root


def outcomes(text: str) -> dict[str, str]:
    cases = parsed(text).iter("testcase")
    return {case.attrib["name"]: case[0].tag if len(case) else "passed" for case in cases}


@pytest.mark.parametrize("name", NAMES)
def test_every_report_has_the_structure(name: str, reports: Reports) -> None:
    report = reports[name](str)
    root = parsed(junit.render(report))
    suites = [suite.attrib["name"] for suite in root]
    assert suites[: len(report.subjects)] == [each.function.qualified_arn for each in report.subjects]


def test_golden(reports: Reports) -> None:
    assert junit.render(reports["blocked"](str)) == (GOLDEN / "blocked.junit.xml").read_text()


def test_what_fails_is_what_the_threshold_says(reports: Reports) -> None:
    report = reports["blocked"](str)
    read, high, low = "reads prod/checkout/db", "decrypt-denied arn:aws:kms:key", "rotation-off arn:aws:kms:key"
    assert outcomes(junit.render(report)) == {read: "failure", high: "failure", low: "skipped"}
    all_of_them = junit.render(report, fail_on=Severity.LOW)
    assert outcomes(all_of_them) == {read: "failure", high: "failure", low: "failure"}


def test_what_can_be_read_passes(reports: Reports) -> None:
    assert outcomes(junit.render(reports["traced"](str))) == {
        "reads prod/checkout/db": "passed",
        "reads prod/checkout/db (2)": "passed",
    }


def test_names_do_not_hang_on_what_else_is_found(reports: Reports) -> None:
    report = reports["readable"](str)
    [finding] = report.findings
    three = [replace(finding, detail=detail) for detail in "abc"]
    before = outcomes(junit.render(replace(report, findings=tuple(three))))
    after = outcomes(junit.render(replace(report, findings=tuple(reversed(three[1:])))))
    assert len(before) == 4
    assert set(after) < set(before)
    variable = replace(finding, variable="DB_PASSWORD")
    assert "rotation-off DB_PASSWORD" in outcomes(junit.render(replace(report, findings=(variable,))))


def test_what_is_not_known_is_an_error_or_skipped(reports: Reports) -> None:
    report = reports["undecided"](str)
    names = ["reads prod/checkout/db", "kms:GetKeyPolicy 1234abcd"]
    assert outcomes(junit.render(report)) == dict.fromkeys(names, "error")
    assert outcomes(junit.render(report, fail_on_unknown=False)) == dict.fromkeys(names, "skipped")


def test_a_function_that_names_no_secret_is_skipped(reports: Reports) -> None:
    assert outcomes(junit.render(reports["unnamed"](str))) == {"reads the secrets that it names": "skipped"}


def test_a_suppressed_finding_is_skipped_with_its_reason(reports: Reports) -> None:
    report = reports["blocked"](str)
    quiet = tuple(replace(each, suppressed="agreed") for each in report.findings)
    texts = [each.text or "" for each in parsed(junit.render(replace(report, findings=quiet))).iter("skipped")]
    assert [text.split("\n")[0] for text in texts] == ["suppressed: agreed"] * 3


def test_an_access_is_lived_with_only_if_all_that_is_grave_is(reports: Reports) -> None:
    report = reports["blocked"](str)
    grave, low = report.findings
    read = "reads prod/checkout/db"
    quiet = replace(grave, suppressed="agreed")
    for findings, outcome in (
        ((quiet, low), "skipped"),
        ((quiet, grave), "failure"),
        ((grave, replace(low, suppressed="agreed")), "failure"),
        ((low,), "failure"),
    ):
        assert outcomes(junit.render(replace(report, findings=findings)))[read] == outcome


def test_what_a_baseline_knows_is_skipped_and_a_preview_fails_nothing(reports: Reports) -> None:
    report = reports["compared"](str)
    found = outcomes(junit.render(report, fail_on=Severity.LOW))
    assert set(found.values()) == {"skipped"}
    assert "path-partial arn:aws:kms:key" in found
    asked = outcomes(junit.render(replace(report, previews=True), fail_on=Severity.LOW))
    assert asked["path-partial arn:aws:kms:key"] == "failure"


def test_suppressions_that_silence_nothing_are_listed(reports: Reports) -> None:
    [*_, suite] = parsed(junit.render(reports["silenced"](str)))
    assert suite.attrib["name"] == "suppressions"
    assert [each[0].tag for each in suite] == ["skipped"] * 6


def test_only_env_asks_nothing_about_access(reports: Reports) -> None:
    report = replace(reports["blocked"](str), rules=(), findings=())
    assert outcomes(junit.render(report)) == {}


def test_a_finding_of_no_known_function_has_a_suite(reports: Reports) -> None:
    report = replace(reports["blocked"](str), subjects=())
    assert [suite.attrib["tests"] for suite in parsed(junit.render(report))] == ["2"]


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=20)
    | st.sampled_from(["]]>", "</failure>", "&lt;", "\x1b[2J", "\n::error::x", "##[error]", "\0", "\ud800", "\ufffe"])
)
def test_hostile_text_is_held(reports: Reports, hostile: str) -> None:
    for name in ("blocked", "twice_blocked", "undecided", "unnamed", "silenced", "compared"):
        text = junit.render(reports[name](lambda text: text + hostile))
        parsed(text)
        text.encode()
        assert text.replace("\n", "").isprintable()
        assert "##[" not in text
        assert not any(line.lstrip().startswith("::") for line in text.split("\n"))
