"""What of a report is shown and counted."""

from __future__ import annotations

from dataclasses import replace

from smsl.model.finding import Confidence, Severity
from smsl.model.report import Report

_SURE = {Confidence.LOW: 1, Confidence.MEDIUM: 2, Confidence.HIGH: 3}


def kept(report: Report, min_severity: Severity, min_confidence: Confidence) -> Report:
    """Return the report without the findings below a severity or a confidence; how many they were stays in it.

    A suppressed finding that is left out counts nowhere else than at its suppression.
    """
    findings = tuple(
        each
        for each in report.findings
        if each.severity >= min_severity and _SURE[each.confidence] >= _SURE[min_confidence]
    )
    left = sum(each.suppressed is None for each in report.findings) - sum(each.suppressed is None for each in findings)
    return replace(report, findings=findings, left_out=report.left_out + left)
