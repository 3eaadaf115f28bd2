"""The answer in one line: for one function, and for several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from smsl.model.evidence import Access, Subject, Verdict
from smsl.render.neutral import shell, terminal
from smsl.render.page import counted, listed, wrapped
from smsl.render.questions import question_of, secret_name

ORDER = {verdict: place for place, verdict in enumerate(Verdict)}
"""Worst first."""
_INDENT = " " * 11


def single(subject: Subject, width: int) -> list[str]:
    """Return the verdict on one function, and its headline reason under it."""
    function = subject.function
    version = function.version if function.version.startswith("$") else f"version {function.version}"
    lines = wrapped(f"{function.label} ({version}) {_says(subject)}", width, _word(subject.verdict), _INDENT)
    reason = headline(subject)
    if reason:
        lines += wrapped(reason, width, _INDENT)
    if subject.verdict is Verdict.NO_SECRET_NAMED:
        lines.append(f"{_INDENT}smsl audit {shell(function.label)} --secret NAME")
    if subject.served_elsewhere:
        others = f"judged {function.version}; another version is served by {listed(subject.served_elsewhere)}"
        lines += wrapped(others, width, _INDENT)
    if not subject.accesses or len(subject.accesses) > 1:
        lines += wrapped(f"wanted: {subject.wanted_from}", width, _INDENT)
    return lines


def several(subjects: Sequence[Subject], width: int) -> list[str]:
    """Return the worst verdict, how many functions share it, and how many have each other one.

    Args:
        subjects: Worst first; not empty.
        width: Columns.
    """
    counts = Counter(each.verdict for each in subjects)
    worst = subjects[0].verdict
    says = {
        Verdict.BLOCKED: "cannot read a secret that they name",
        Verdict.INTERMITTENT: "read a secret only some of the time",
        Verdict.UNKNOWN: "could not be decided",
        Verdict.READABLE: "can read every secret that they name",
        Verdict.NO_SECRET_NAMED: "name no secret",
    }
    text = f"{counts[worst]} of {counted(len(subjects), 'function')} {says[worst]}"
    rest = ", ".join(f"{counts[each]} {each}" for each in Verdict if each is not worst and counts[each])
    return wrapped(f"{text}; {rest}" if rest else text, width, _word(worst), _INDENT)


def table(subjects: Sequence[Subject], width: int) -> list[str]:
    """Return one row a function: its verdict, what blocks it, and the first thing to look at."""
    from tabulate import tabulate  # a third of what a report of one function would take to load

    cells = [(_cut(each.function.label, 28), each.verdict.value, *_first(each)) for each in subjects]
    text = tabulate(cells, ("function", "verdict", "blocked by", "first"), tablefmt="simple", disable_numparse=True)
    return [_cut(line, width) for line in text.split("\n")]


def _word(verdict: Verdict) -> str:
    return f"{verdict.value.upper()} ".ljust(len(_INDENT))


def _says(subject: Subject) -> str:
    total, verdict = len(subject.accesses), subject.verdict
    concerned = [each for each in subject.accesses if each.verdict is verdict]
    names = listed((secret_name(each) for each in concerned), limit=2)
    of = f"{len(concerned)} of {counted(total, 'secret')}: " if total > 1 else ""
    match verdict:
        case Verdict.READABLE:
            return f"can read {total} of {counted(total, 'secret')} it names"
        case Verdict.BLOCKED:
            return f"cannot read {of}{names}"
        case Verdict.INTERMITTENT:
            return f"reads only some of the time {of}{names}"
        case Verdict.UNKNOWN:
            return f"may or may not read {of}{names}" if concerned else "may want secrets: which, cannot be told"
        case Verdict.NO_SECRET_NAMED:
            return "names no secret, so there is none to check"


def headline(subject: Subject) -> str:
    """Return the headline reason of a function's verdict; empty when it is readable."""
    match subject.verdict:
        case Verdict.READABLE:
            return ""
        case Verdict.NO_SECRET_NAMED:
            may = f"its role may read {listed(subject.readable)}" if subject.readable else "its role may read no secret"
            return f"{may}; say which it uses:"
        case _:
            reasons = (access_reason(each) for each in subject.accesses if each.verdict is subject.verdict)
            return next(reasons, subject.wanted_from)


def access_reason(access: Access) -> str:
    """Return why an access is not readable; empty when nothing is known to stand in its way."""
    if access.blockers:
        first = access.blockers[0]
        return f"{question_of(first.layer)}: {first.message}"
    if access.verdict is Verdict.INTERMITTENT and access.reach is not None and access.reach.blockers:
        return f"network: {access.reach.blockers[0].message}"
    needs = f" (needs {listed(access.needs)})" if access.needs else ""
    return f"not known: {listed(access.unknowns)}{needs}" if access.unknowns else ""


def _first(subject: Subject) -> tuple[str, str]:
    """Return the blocking layers of all accesses, and the secret to look at first."""
    layers = [layer for access in subject.accesses for layer in access.blocked_by]
    secrets = [secret_name(each) for each in subject.accesses if each.verdict is subject.verdict]
    first = secrets[0] if secrets and subject.verdict is not Verdict.READABLE else ""
    return _cut(listed(layers, limit=1), 28), terminal(first)


def _cut(text: str, size: int) -> str:
    shown = terminal(text)
    return shown if len(shown) <= size else f"{shown[: size - 3]}..."
