"""The audit as JUnit XML, as GitLab and Jenkins read it: a suite for each function, a case for each access and finding.

- Blocked, intermittent, or a finding at the threshold or above it: a *failure*.
- Undecided: an *error*, for a case that could not be carried out has shown nothing. With ``--on-unknown warn`` it is
  *skipped*, as what a baseline knows always is. Either reads as the exit code does; a case that passed would claim what
  nobody knows.
- A finding below the threshold or suppressed, an access where all the function's faults are suppressed, and a function
  that names no secret: *skipped*, with the reason.

GitLab keeps the first of cases with equal names, and shows the text of a failure but not its attributes; Jenkins takes
what stands before the last dot of a class for its package.

Source: https://docs.gitlab.com/ci/testing/unit_test_reports/
https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from xml.etree import ElementTree as ET

from smsl.model.evidence import Access, Subject, Verdict
from smsl.model.finding import Finding, Severity
from smsl.model.origin import Gap
from smsl.model.report import Report
from smsl.render.fingerprint import fingerprint
from smsl.render.headline import access_reason, headline
from smsl.render.neutral import shell, terminal
from smsl.render.place import told, weight
from smsl.render.questions import secret_name
from smsl.render.silenced import idle_lines
from smsl.render.undecided import asks_about_access, is_known

_FAILURE, _ERROR, _SKIPPED = "failure", "error", "skipped"


@dataclass(frozen=True, slots=True)
class _Case:
    """One question with its outcome."""

    name: str
    outcome: str | None = None
    """The element that says so; None for a case that passed."""
    kind: str = ""
    """A rule, a verdict or a call's error: the outcome's type."""
    text: str = ""
    """Lines."""
    mark: str = ""
    """Tells it from another of its name, whatever else is found."""


@dataclass(frozen=True, slots=True)
class _Gate:
    """What counts as a failure, as for the exit code."""

    fail_on: Severity
    report: Report
    """Which findings count."""
    undecided: str
    """The element for what could not be decided."""


def render(report: Report, *, fail_on: Severity = Severity.HIGH, fail_on_unknown: bool = True) -> str:
    """Return the audit as one XML document with a final line end.

    Args:
        report: What the audit answered.
        fail_on: Findings at or above this severity fail.
        fail_on_unknown: Whether what could not be decided is an error rather than skipped.
    """
    gate = _Gate(fail_on, report, _ERROR if fail_on_unknown else _SKIPPED)
    root = ET.Element("testsuites", {"name": "smsl audit"})
    known = {arn for each in report.subjects for arn in (each.function.qualified_arn, each.function.arn)}
    for subject in report.subjects:
        function = subject.function
        cases = [*_subject(subject, report, gate)]
        _suite(root, function.qualified_arn, f"{function.region}.{function.label}", cases)
    for arn in dict.fromkeys(each.function for each in report.findings if each.function not in known):
        _suite(root, arn, arn, [_finding(each, gate) for each in report.findings if each.function == arn])
    if report.gaps:
        _suite(root, "not read", "smsl.gaps", [_gap(each, report, gate) for each in report.gaps])
    idle = list(idle_lines(report))
    if idle:
        cases = [_Case(text.partition(", at ")[0], _SKIPPED, "suppression", text) for text in idle]
        _suite(root, "suppressions", "smsl.suppressions", cases)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _subject(subject: Subject, report: Report, gate: _Gate) -> Iterator[_Case]:
    arns = {subject.function.qualified_arn, subject.function.arn}
    known = replace(gate, undecided=_SKIPPED)
    accepted = _accepted([each for each in report.findings if each.function in arns], gate)
    if asks_about_access(report):
        for access in subject.accesses:
            if access.verdict is Verdict.UNKNOWN and is_known(report, subject, access):
                yield _access(access, known, accepted)
            else:
                yield _access(access, gate, accepted)
        if not subject.accesses:
            dark = subject.verdict is Verdict.UNKNOWN and not is_known(report, subject, None)
            outcome = gate.undecided if dark else _SKIPPED
            ask = f"{headline(subject)}\nsmsl audit {shell(subject.function.label)} --secret NAME"
            yield _Case("reads the secrets that it names", outcome, subject.verdict.value, ask)
    for finding in report.findings:
        if finding.function in arns:
            yield _finding(finding, gate)


def _accepted(findings: Sequence[Finding], gate: _Gate) -> str | None:
    """Return the reason why a function's faults are lived with; None where one of them counts, or there is none."""
    grave = [each for each in findings if each.severity >= gate.fail_on]
    grave = [each for each in grave if each.suppressed is not None or gate.report.counts(each)]
    reasons = [each.suppressed for each in grave if each.suppressed is not None]
    return reasons[0] if reasons and len(reasons) == len(grave) else None


def _access(access: Access, gate: _Gate, accepted: str | None) -> _Case:
    text = "\n".join(dict.fromkeys(each.message for each in access.blockers)) or access_reason(access)
    outcomes = {Verdict.READABLE: None, Verdict.UNKNOWN: gate.undecided}
    outcome = outcomes.get(access.verdict, _FAILURE)
    if outcome == _FAILURE and accepted is not None:
        outcome, text = _SKIPPED, f"suppressed: {accepted}\n{text}"
    return _Case(f"reads {secret_name(access)}", outcome, access.verdict.value, text if outcome else "")


def _gap(gap: Gap, report: Report, gate: _Gate) -> _Case:
    text = f"{gap.error} (needs {gap.needs})"
    if gap not in report.new_gaps:
        return _Case(gap.call, _SKIPPED, "gap", f"known from the baseline: {text}")
    return _Case(gap.call, gate.undecided, "gap", text)


def _finding(finding: Finding, gate: _Gate) -> _Case:
    name, mark = f"{finding.rule.id} {finding.variable or finding.resource}", fingerprint(finding)
    if finding.suppressed is not None:
        return _Case(name, _SKIPPED, finding.rule.id, f"suppressed: {finding.suppressed}\n{told(finding)}", mark)
    outcome = _FAILURE if finding.severity >= gate.fail_on and gate.report.counts(finding) else _SKIPPED
    return _Case(name, outcome, finding.rule.id, f"{weight(finding)}: {told(finding)}", mark)


def _suite(root: ET.Element, name: str, kind: str, cases: Sequence[_Case]) -> None:
    counts = Counter(each.outcome for each in cases)
    suite = ET.SubElement(
        root,
        "testsuite",
        {
            "name": terminal(name),
            "tests": str(len(cases)),
            "failures": str(counts[_FAILURE]),
            "errors": str(counts[_ERROR]),
            "skipped": str(counts[_SKIPPED]),
        },
    )
    for case, name in zip(cases, _names(cases), strict=True):
        element = ET.SubElement(suite, "testcase", {"classname": terminal(kind), "name": name})
        if case.outcome is not None:
            lines = [terminal(line) for line in case.text.split("\n")]
            said = ET.SubElement(element, case.outcome, {"type": terminal(case.kind), "message": lines[0]})
            said.text = "\n".join(lines)


def _names(cases: Sequence[_Case]) -> Iterator[str]:
    """Yield the name of each case, each one's own: a host compares runs by them, so they keep to what was found."""
    total, seen = Counter(each.name for each in cases), Counter[str]()
    for case in cases:
        name = f"{case.name} {case.mark}" if case.mark and total[case.name] > 1 else case.name
        seen[name] += 1
        yield terminal(name) + (f" ({seen[name]})" if seen[name] > 1 else "")
