"""The report as plain text for a person: the first line is the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from smsl.model.evidence import Access, Subject, Verdict
from smsl.model.finding import Dialect, Finding, Move, Severity
from smsl.model.origin import Basis
from smsl.model.reach import Reach
from smsl.model.report import Report
from smsl.render.footer import footer_lines
from smsl.render.headline import ORDER, headline, several, single, table
from smsl.render.page import wrapped
from smsl.render.place import weight
from smsl.render.questions import access_lines, secret_name
from smsl.render.remedy import fix_lines, moves

_MANY = 5
"""With more functions than these a table comes first."""


@dataclass(frozen=True, slots=True)
class _Fixes:
    """Which findings are shown with their fix, and how it is written."""

    least: Severity
    """Nothing below high needs mending at night."""
    dialect: Dialect


def render(
    report: Report,
    *,
    notes: bool = False,
    path: bool = False,
    fix_as: Dialect = Dialect.AWSCLI,
    width: int = 80,
    now: datetime | None = None,
    exit_code: int | None = None,
) -> str:
    """Return the report as text with a final line end.

    Args:
        report: What the audit answered.
        notes: Whether findings below high are shown rather than counted.
        path: Whether the network path of what can be read is drawn too; one that fails always is.
        fix_as: What fixes are written in.
        width: Columns; commands and single long words may be longer.
        now: What a capture's age is reckoned from; None leaves the age out.
        exit_code: What the command will exit with, for the last line; None leaves it out.
    """
    subjects = sorted(report.subjects, key=lambda each: (ORDER[each.verdict], each.function.label))
    shown, hidden = _shown(report, subjects, notes)
    lines: list[str] = []
    if len(subjects) > 1:
        lines += [*several(subjects, width), ""]
    elif not subjects:
        lines += wrapped("no function was audited", width, "NOTHING    ")
    if len(subjects) > _MANY:
        lines += [*table(subjects, width), ""]
    printed: set[str] = set()
    fixes = _Fixes(Severity.LOW if notes else Severity.HIGH, fix_as)
    for subject in subjects:
        if len(subjects) <= _MANY or path or _troubled(subject, shown):
            lines += [*_subject(subject, shown, printed, width, fixes, path=path), ""]
    elsewhere = [each for each in shown if not any(_of(each, subject) for subject in subjects)]
    lines += _findings(elsewhere, printed, set(), width, fixes)
    lines += footer_lines(report, shown, hidden, width, now, exit_code)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _shown(report: Report, subjects: Sequence[Subject], notes: bool) -> tuple[list[Finding], int]:
    """Return the findings to show, worst first, and how many notes are hidden.

    Notes are hidden when something is blocked, so that the cause is not lost among them, and among many functions.
    """
    findings = sorted(
        (each for each in report.findings if each.suppressed is None),
        key=lambda each: (-each.severity, each.rule.id, each.function, each.resource, each.detail),
    )
    calm = len(subjects) <= _MANY and all(ORDER[each.verdict] >= ORDER[Verdict.READABLE] for each in subjects)
    shown = [each for each in findings if notes or calm or each.severity >= Severity.HIGH]
    return shown, len(findings) - len(shown)


def _of(finding: Finding, subject: Subject) -> bool:
    return finding.function in {subject.function.qualified_arn, subject.function.arn}


def _troubled(subject: Subject, shown: Sequence[Finding]) -> bool:
    return ORDER[subject.verdict] < ORDER[Verdict.READABLE] or any(_of(each, subject) for each in shown)


def _subject(
    subject: Subject, shown: Sequence[Finding], printed: set[str], width: int, fixes: _Fixes, *, path: bool
) -> list[str]:
    lines = single(subject, width)
    told: set[str] = set()
    drawn: list[Reach] = []
    for access in subject.accesses:
        name = _named(access)
        if access.verdict is Verdict.READABLE and subject.verdict is not Verdict.READABLE:
            lines += ["", *wrapped(f"{name}   {access.verdict}", width, "  ", " " * 6)]
            continue
        answers = access_lines(access, headline(subject), width, path=path, drawn=access.reach in drawn)
        lines += ["", *wrapped(name, width, "  ", " " * 6), *answers]
        told.update(blocker.message for blocker in access.blockers)
        drawn += [] if access.reach is None else [access.reach]
    own = _findings([each for each in shown if _of(each, subject)], printed, told, width, fixes)
    return [*lines, "", *own] if own else lines


def _named(access: Access) -> str:
    basis = access.wanted.basis
    sure = "" if basis is Basis.VERIFIED else f" ({basis})"
    return f"{secret_name(access)}   named by {access.wanted.by}{sure}"


def _findings(findings: Sequence[Finding], printed: set[str], told: set[str], width: int, fixes: _Fixes) -> list[str]:
    """Return the findings, and the fixes of those that `fixes` asks for.

    A message that a row has `told` is not repeated, nor is a fix that was `printed` before.
    """
    lines: list[str] = []
    first: Move | None = None
    for finding in findings:
        head = f"{finding.rule.id} ({weight(finding)})"
        if any(finding.message.endswith(message) for message in told):
            lines += wrapped(f"{head}, as above", width, "  ", " " * 6)
        else:
            lines += wrapped(f"{head}: {finding.message}", width, "  ", " " * 6)
            for reason in finding.because:
                lines += wrapped(reason, width, " " * 6, " " * 8)
        if finding.location is not None:
            lines += wrapped(f"at {finding.location}", width, " " * 6)
        block = (
            []
            if finding.fix is None or finding.severity < fixes.least
            else fix_lines(finding.fix, width, fixes.dialect, like=first)
        )
        first = first or moves(finding.fix)
        if block and "\n".join(block) not in printed:
            printed.add("\n".join(block))
            lines += block
    return lines
