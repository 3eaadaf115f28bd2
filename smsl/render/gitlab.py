"""The findings as GitLab's Code Quality report: what a merge request adds and mends.

Its path must be that of a file, and a live function has none: the function's ARN stands there, with line 1. GitLab
shows it as it is, and no file of the repository is accused. What could not be read has no place in this format: the
exit code tells it, and other formats do.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from smsl.model.finding import Finding, Severity
from smsl.model.origin import Origin
from smsl.model.report import Report
from smsl.render.fingerprint import fingerprint
from smsl.render.neutral import json_text, terminal
from smsl.render.place import named

_SEVERITIES = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
}


def render(report: Report) -> str:
    """Return the findings that are not suppressed as a JSON array with a final line end."""
    seen: Counter[str] = Counter()
    issues = [_issue(each, report, seen) for each in report.findings if each.suppressed is None]
    return json_text(issues, indent=2) + "\n"


def _issue(finding: Finding, report: Report, seen: Counter[str]) -> dict[str, Any]:
    origin, label = finding.location or Origin(finding.function), named(finding, report)
    said = finding.message if label in finding.message else f"{label}: {finding.message}"
    mark = fingerprint(finding)
    seen[mark] += 1
    return {
        "description": _literal(said),
        "check_name": finding.rule.id,
        # GitLab takes equal ones for one.
        "fingerprint": mark if seen[mark] == 1 else f"{mark}-{seen[mark]}",
        "severity": _SEVERITIES[finding.severity] if report.counts(finding) else "info",
        "location": {"path": terminal(origin.file), "lines": {"begin": origin.line or 1}},
    }


def _literal(text: str) -> str:
    """Return `text` with no tag in it: GitLab's page puts a description among its own markup."""
    return terminal(text).replace("<", "\\x3c")
