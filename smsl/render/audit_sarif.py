"""An audit as SARIF: a result for each finding, a notification for what could not be read, decided or seen.

A live function stands in no file, yet GitHub refuses a whole log in which one result lacks a physical location.
There the function's ARN stands in for the path: the log can be uploaded, the alert says which function it speaks of,
and no file of the repository is accused.

Source: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support
https://github.com/github/codeql-action/issues/1738
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.finding import Finding
from smsl.model.report import Report
from smsl.render import sarif
from smsl.render.fingerprint import fingerprint
from smsl.render.place import told
from smsl.render.silenced import baseline_line, idle_lines
from smsl.render.undecided import known_undecided, undecided


def render(report: Report) -> str:
    """Return the audit as one SARIF log: the suppressed findings too, marked as such."""
    source = report.source
    category = "/".join(filter(None, ("audit", source.account, source.region)))
    return sarif.render(
        [_result(finding, report) for finding in report.findings],
        report.rules,
        [*_notices(report)],
        category=category,
        version=report.tool.rpartition(" ")[2],
    )


def _result(finding: Finding, report: Report) -> sarif.Result:
    return sarif.Result(
        finding.rule,
        told(finding),
        _place(finding),
        fingerprint(finding),
        level="note" if finding.rule.preview and not report.previews else None,
        suppressed=finding.suppressed,
        in_source=finding.suppressed_by is not None and finding.suppressed_by.in_source,
        properties={"severity": str(finding.severity), "confidence": finding.confidence.value},
    )


def _place(finding: Finding) -> sarif.Place:
    origin = finding.location
    if origin is not None:
        return sarif.Place(origin.file, origin.line, origin.address or finding.resource, finding.resource, "resource")
    return sarif.Place(name=finding.resource, path=finding.resource, kind="resource", stands_in=finding.function)


def _notices(report: Report) -> Iterator[sarif.Notice]:
    for gap in report.gaps:
        known = gap not in report.new_gaps
        said = "Not read (known from the baseline)" if known else "Not read"
        yield sarif.Notice(f"{said}: {gap.call}: {gap.error} (needs {gap.needs})", level="note" if known else "error")
    for subject, text in undecided(report):
        name, arn = subject.function.label, subject.function.qualified_arn
        yield sarif.Notice(text, sarif.Place(name=name, path=arn, kind="function"))
    for text in known_undecided(report):
        yield sarif.Notice(f"Known from the baseline: {text}", level="note")
    for text in dict.fromkeys(f"{each.text} (needs {each.needs})" for each in report.assumptions):
        yield sarif.Notice(f"Assumed: {text}", level="note")
    for text in (*idle_lines(report), *baseline_line(report)):
        yield sarif.Notice(text, level="note")
