"""From a report to the exit code that a pipeline acts on."""

from __future__ import annotations

from enum import IntEnum

from smsl.model.evidence import Verdict
from smsl.model.finding import Area, Severity
from smsl.model.report import Report


class Exit(IntEnum):
    """What an exit code says."""

    CLEAN = 0
    FINDINGS = 1
    """A finding at or above the threshold."""
    NOT_RUN = 2
    """Wrong usage, or nothing was audited."""
    UNDECIDED = 3
    """Nothing at the threshold, but something wanted could not be decided."""


def exit_code(report: Report, fail_on: Severity, *, fail_on_unknown: bool = True) -> Exit:
    """Return the exit code of an audit.

    Args:
        report: What the audit answered.
        fail_on: Findings at or above this severity fail.
        fail_on_unknown: False for ``--on-unknown warn``: what could not be decided does not fail.
    """
    if any(finding.severity >= fail_on and finding.suppressed is None for finding in report.findings):
        return Exit.FINDINGS
    undecided = fail_on_unknown and is_undecided(report)
    if not report.subjects and not undecided:
        # A gate that matched nothing has guarded nothing.
        return Exit.NOT_RUN
    return Exit.UNDECIDED if undecided else Exit.CLEAN


def is_undecided(report: Report) -> bool:
    """Whether a wanted access, or what hangs on a required call that failed, is unknown.

    An assumption is not: a supporting call's failure leaves the verdict standing.
    """
    if report.gaps:
        return True
    if not any(rule.area is not Area.ENV for rule in report.rules):
        return False  # --only env asks nothing about access
    return any(
        subject.verdict is Verdict.UNKNOWN or any(access.verdict is Verdict.UNKNOWN for access in subject.accesses)
        for subject in report.subjects
    )
