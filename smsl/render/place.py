"""What a finding says and whom it names, for the formats that hosts show."""

from __future__ import annotations

from smsl.model.finding import Finding
from smsl.model.report import Report


def told(finding: Finding) -> str:
    """Return all that a finding says, a line each: its message, what it stands on, what mends it."""
    lines = [finding.message, *finding.because]
    if finding.fix is not None:
        turns = f" (assessed again with it: {finding.fix.turns})" if finding.fix.turns else ""
        lines.append(f"Fix: {finding.fix.summary}{turns}")
    return "\n".join(lines)


def weight(finding: Finding) -> str:
    """Return the severity, and that the rule is a preview where it is one."""
    return f"{finding.severity}, preview" if finding.rule.preview else str(finding.severity)


def named(finding: Finding, report: Report) -> str:
    """Return the function as a person calls it; its ARN where the report does not know it."""
    labels = (
        each.function.label
        for each in report.subjects
        if finding.function in {each.function.qualified_arn, each.function.arn}
    )
    return next(labels, finding.function)
