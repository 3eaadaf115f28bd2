"""From a report to the exit code that a pipeline acts on."""

from __future__ import annotations

from enum import IntEnum

from smsl.model.evidence import Subject, Verdict
from smsl.model.finding import Severity
from smsl.model.report import Report
from smsl.render.undecided import named_unknowns


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
    if any(finding.severity >= fail_on and report.counts(finding) for finding in report.findings):
        return Exit.FINDINGS
    undecided = fail_on_unknown and is_undecided(report)
    if not report.subjects and not undecided:
        # A gate that matched nothing has guarded nothing.
        return Exit.NOT_RUN
    return Exit.UNDECIDED if undecided else Exit.CLEAN


def is_undecided(report: Report) -> bool:
    """Whether a wanted access, or what hangs on a required call that failed, is unknown and no baseline knows it.

    An assumption is not: a supporting call's failure leaves the verdict standing.
    """
    known = report.compared.unknowns if report.compared is not None else frozenset()
    return bool(report.new_gaps) or any(each not in known for each in named_unknowns(report))


def is_unknown(subject: Subject) -> bool:
    """Whether a function's verdict, or that on one of its secrets, is unknown."""
    return Verdict.UNKNOWN in {subject.verdict, *(access.verdict for access in subject.accesses)}
