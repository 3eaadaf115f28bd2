"""What an audit could not decide, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.evidence import Subject, Verdict
from smsl.model.finding import Area
from smsl.model.report import Report
from smsl.render.page import listed
from smsl.render.questions import secret_name


def asks_about_access(report: Report) -> bool:
    """Whether the audit asked about access at all: ``--only env`` does not."""
    return any(rule.area is not Area.ENV for rule in report.rules)


def undecided(report: Report) -> Iterator[tuple[Subject, str]]:
    """Yield each access that is unknown, with its function, and each function of which its secrets are."""
    for subject in report.subjects if asks_about_access(report) else ():
        label = subject.function.label
        unknown = [each for each in subject.accesses if each.verdict is Verdict.UNKNOWN]
        for access in unknown:
            why = listed(access.unknowns) or "the reason is not known"
            needs = f" (needs {listed(access.needs)})" if access.needs else ""
            yield subject, f"{label} may or may not read {secret_name(access)}: {why}{needs}"
        if subject.verdict is Verdict.UNKNOWN and not unknown:
            yield subject, f"Which secrets {label} wants is not known: {subject.wanted_from}"
