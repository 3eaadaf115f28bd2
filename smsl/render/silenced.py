"""The suppressions of a report, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.report import Report
from smsl.model.suppression import EVERY_RULE, Applied, Standing, Suppression, SuppressionKind
from smsl.render.page import counted
from smsl.render.undecided import undecided


def suppression_lines(report: Report) -> Iterator[str]:
    """Yield a line for each suppression, those in need of a look first, and one for how many are new."""
    told = sorted(report.suppressions, key=lambda each: each.standing is Standing.IN_FORCE and each.findings > 0)
    for applied in told:
        yield _line(applied, report)
    yield from new_ones(report)


def idle_lines(report: Report) -> Iterator[str]:
    """Yield the lines of those suppressions that silence nothing, and the one for how many are new."""
    for applied in report.suppressions:
        if not applied.findings:
            yield _line(applied, report)
    yield from new_ones(report)


def new_ones(report: Report) -> Iterator[str]:
    """Yield a line for how many suppressions are new, where there are such."""
    new = sum(each.new is True for each in report.suppressions)
    if new:
        yield f"{counted(new, 'suppression')} {'is' if new == 1 else 'are'} new since {report.since or 'before'}."


def baseline_line(report: Report) -> Iterator[str]:
    """Yield a line for what the baseline knows, where there is one."""
    told = report.compared
    if told is None:
        return
    unknowns, more = len(told.unknowns) + len(told.gaps), len(list(undecided(report))) + len(report.new_gaps)
    parts = [f"{counted(told.known, 'finding')} known, {told.new} new"]
    parts += [f"{counted(unknowns, 'unknown')} known, {more} new"] if unknowns or more else []
    parts += [f"{told.gone} of its entries no longer found (smsl baseline prune)"] if told.gone else []
    if told.new and told.gone and not told.known:
        parts.append("was it written with the same --account and --region?")
    said = "; ".join(parts)
    yield f"Baseline {told.file}: {said}{'' if said.endswith('?') else '.'}"


def counted_suppressed(report: Report) -> int:
    """Return how many findings are suppressed, those that only the baseline knows apart."""
    by = [each.suppressed_by for each in report.findings if each.suppressed is not None]
    return sum(each is not SuppressionKind.BASELINE for each in by)


def _line(applied: Applied, report: Report) -> str:
    each = applied.suppression
    what = f"{', '.join('every rule' if rule == EVERY_RULE else rule for rule in each.rules)}{_scope(each)}"
    new = "New, " if applied.new else ""
    match applied.standing:
        case Standing.EXPIRED:
            says = f"Expired on {each.until}: suppression of {what}"
        case Standing.IGNORED:
            says = f"Ignored (--no-inline-suppressions): suppression of {what}"
        case Standing.UNTRUSTED:
            says = f"New, not trusted yet, silences nothing: suppression of {what}"
        case Standing.IN_FORCE if applied.findings:
            until = f" until {each.until}" if each.until else ""
            says = f"{new}{'s' if new else 'S'}uppressed{until}, {counted(applied.findings, 'finding')}: {what}"
        case Standing.IN_FORCE:
            checked = EVERY_RULE in each.rules or any(rule.id in each.rules for rule in report.rules)
            why = "" if checked else " (its rule was not checked)"
            says = f"{new}{'s' if new else 'S'}ilences nothing{why}: suppression of {what}"
    return f"{says}, at {each.origin}: {each.reason}"


def _scope(suppression: Suppression) -> str:
    named = ("function", "resource", "address", "variable")
    words = [f"{name} {getattr(suppression, name)}" for name in named if getattr(suppression, name)]
    return f" for {', '.join(words)}" if words else ""
