"""What a report rests on: the last lines of its plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from smsl.model.finding import Area, Finding
from smsl.model.report import Report
from smsl.model.snapshot import Source
from smsl.model.standin import is_drawn
from smsl.render.page import counted, filled, wrapped
from smsl.render.silenced import baseline_line, counted_suppressed, suppression_lines

_RESTS_ON = {
    "extension layers": frozenset({Area.LAYER}),
    "AWS managed policies": frozenset({Area.ROLE, Area.KMS}),
}
"""The areas of the rules that rest on a shipped table."""


def footer_lines(
    report: Report,
    shown: Sequence[Finding],
    hidden: int,
    width: int,
    now: datetime | None,
    exit_code: int | None,
) -> list[str]:
    """Return what could not be read, what was assumed, how old the facts are, and what the audit cost."""
    lines: list[str] = []
    for gap in report.gaps:
        known = "" if gap in report.new_gaps else " (known from the baseline)"
        lines += wrapped(f"Not read{known}: {gap.call}: {gap.error} (needs {gap.needs})", width, "", "  ")
    for text in dict.fromkeys(f"{each.text} (needs {each.needs})" for each in report.assumptions):
        lines += wrapped(text, width, "Assumed: ", "  ")
    for text in (*suppression_lines(report), *baseline_line(report)):
        lines += wrapped(text, width, "", "  ")
    for notice in report.notices:
        lines += wrapped(notice, width, "", "  ")
    areas = {each.rule.area for each in shown}
    for name, date in report.tables.items():
        if areas & _RESTS_ON.get(name, frozenset(Area)):
            lines += wrapped(f"Table of {name}: {date}.", width, "", "  ")
    if report.source.kind == "capture":
        lines += wrapped(f"Judged from a capture of {_when(report.taken_at, now)}.", width, "", "  ")
    if shown:
        lines += wrapped(f"More: smsl explain {shown[0].rule.id}", width)
    return lines + filled(_closing(report, hidden, exit_code), width)


def _closing(report: Report, hidden: int, exit_code: int | None) -> list[str]:
    suppressed = counted_suppressed(report)
    parts = [f"{counted(hidden, 'note')} hidden (--notes)."] if hidden else []
    if report.left_out:
        parts.append(f"{report.left_out} left out (--min-severity, --min-confidence).")
    if suppressed:
        parts.append(f"{suppressed} suppressed.")
    source = report.source
    where = [*places(source)]
    if where:
        parts.append(f"{', '.join(where)}.")
    if source.calls:
        parts.append(f"{counted(source.calls, 'call')}, {source.seconds:.1f} s.")
    if exit_code is not None:
        parts.append(f"exit {exit_code}")
    return parts


def places(source: Source) -> Iterator[str]:
    """Yield where the judged functions are, or will be, as far as that is told."""
    if source.region and not is_drawn(source.region):
        yield source.region
    if source.account and not is_drawn(source.account):
        yield f"account {source.account}"
    if source.kind == "lab":
        yield "the lab, not AWS"
    if source.kind in ("plan", "template"):
        yield "before deployment"


def _when(moment: datetime, now: datetime | None) -> str:
    text = f"{moment:%Y-%m-%d %H:%M} {moment.tzname() or ''}".strip()
    return text if now is None else f"{text}, {_age(now - moment)} old"


def _age(span: timedelta) -> str:
    minutes = max(int(span.total_seconds() // 60), 0)
    if minutes < 120:
        return counted(minutes, "minute")
    return counted(minutes // 60, "hour") if minutes < 48 * 60 else counted(minutes // (24 * 60), "day")
