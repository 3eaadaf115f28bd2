"""Where a finding stands, for hosts that show a fault beside a line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from smsl.model.finding import Finding
from smsl.model.report import Report

_FILE_AND_LINE = re.compile(r"(?s)(.+):([1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file."""

    file: str
    """As the finding names it, possibly from outside."""
    number: int
    """From 1."""


def line_of(finding: Finding) -> Line | None:
    """Return the line at which a finding stands; None for a live resource, and for an address without a line."""
    found = _FILE_AND_LINE.fullmatch(finding.location or "")
    return None if found is None else Line(found[1], int(found[2]))


def told(finding: Finding) -> str:
    """Return all that a finding says, a line each: its message, what it stands on, what mends it."""
    lines = [finding.message, *finding.because]
    if finding.fix is not None:
        turns = f" (assessed again with it: {finding.fix.turns})" if finding.fix.turns else ""
        lines.append(f"Fix: {finding.fix.summary}{turns}")
    return "\n".join(lines)


def named(finding: Finding, report: Report) -> str:
    """Return the function as a person calls it; its ARN where the report does not know it."""
    labels = (
        each.function.label
        for each in report.subjects
        if finding.function in {each.function.qualified_arn, each.function.arn}
    )
    return next(labels, finding.function)
