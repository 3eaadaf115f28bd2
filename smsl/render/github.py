"""The findings as workflow commands: annotations of a GitHub Actions run, beside the line where there is one.

GitHub shows ten of each kind for a step, in the order in which they are printed: the worst come first.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.finding import Finding, Severity
from smsl.model.report import Report
from smsl.render.neutral import workflow_data, workflow_property
from smsl.render.place import named, told, weight
from smsl.render.silenced import idle_lines
from smsl.render.undecided import undecided

_KINDS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "notice"}


def render(report: Report) -> str:
    """Return a line for each finding that counts and for what is not known, and one for idle suppressions."""
    findings = sorted(report.findings, key=lambda each: -each.severity)
    lines = [_finding(each, report) for each in findings if each.suppressed is None]
    idle = "\n".join(idle_lines(report))
    told = [_command("notice", idle, title="suppressions")] if idle else []
    return "".join(f"{line}\n" for line in (*lines, *_unknown(report), *told))


def _finding(finding: Finding, report: Report) -> str:
    origin = finding.location
    place = {} if origin is None else {"file": origin.file, **({"line": str(origin.line)} if origin.line else {})}
    title = f"{finding.rule.id} ({weight(finding)}): {named(finding, report)}"
    return _command(
        _KINDS[finding.severity] if report.counts(finding) else "notice", told(finding), **place, title=title
    )


def _unknown(report: Report) -> Iterator[str]:
    for _, text in undecided(report):
        yield _command("warning", text, title="undecided")
    for gap in report.new_gaps:
        yield _command("warning", f"{gap.call}: {gap.error} (needs {gap.needs})", title="not read")


def _command(kind: str, message: str, **properties: str) -> str:
    written = ",".join(f"{name}={workflow_property(value)}" for name, value in properties.items())
    return f"::{kind} {written}::{workflow_data(message)}"
