"""What an audit could not decide, by name and in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.evidence import Access, Subject, Verdict
from smsl.model.finding import Area
from smsl.model.report import NamedUnknown, Report
from smsl.model.unknown import Unknown
from smsl.render.page import listed
from smsl.render.questions import secret_name


def asks_about_access(report: Report) -> bool:
    """Whether the audit asked about access at all: ``--only env`` does not."""
    return any(rule.area is not Area.ENV for rule in report.rules)


def named_unknowns(report: Report) -> Iterator[NamedUnknown]:
    """Yield each access that is unknown, and each function of which its secrets are."""
    for subject, access in _unknown(report):
        yield _name(subject, access)


def undecided(report: Report) -> Iterator[tuple[Subject, str]]:
    """Yield what could not be decided and no baseline knows, in a sentence, with its function."""
    for subject, access in _unknown(report):
        if not is_known(report, subject, access):
            yield subject, _sentence(subject, access)


def known_undecided(report: Report) -> Iterator[str]:
    """Yield a sentence for what could not be decided before either."""
    for subject, access in _unknown(report):
        if is_known(report, subject, access):
            yield _sentence(subject, access)


def is_known(report: Report, subject: Subject, access: Access | None) -> bool:
    """Whether a baseline knows that this access, or which secrets the function wants, could not be decided."""
    return report.compared is not None and _name(subject, access) in report.compared.unknowns


def _unknown(report: Report) -> Iterator[tuple[Subject, Access | None]]:
    for subject in report.subjects if asks_about_access(report) else ():
        unknown = [each for each in subject.accesses if each.verdict is Verdict.UNKNOWN]
        yield from ((subject, access) for access in unknown)
        if subject.verdict is Verdict.UNKNOWN and (not unknown or isinstance(subject.function.variables, Unknown)):
            yield subject, None


def _name(subject: Subject, access: Access | None) -> NamedUnknown:
    arn = subject.function.qualified_arn
    if access is None:
        return NamedUnknown(arn, "", (subject.wanted_from,))
    return NamedUnknown(arn, access.wanted.text, tuple(sorted(set(access.unknowns))))


def _sentence(subject: Subject, access: Access | None) -> str:
    label = subject.function.label
    if access is None:
        return f"Which secrets {label} wants is not known: {subject.wanted_from}"
    why = listed(access.unknowns) or "the reason is not known"
    needs = f" (needs {listed(access.needs)})" if access.needs else ""
    return f"{label} may or may not read {secret_name(access)}: {why}{needs}"
