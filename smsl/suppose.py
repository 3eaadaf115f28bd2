"""Judge what is declared under each account and region that it may go to, and keep what holds under all of them.

A template mostly does not say where it goes. Where it writes an account or a region down (a key of another account, a
layer of one region), the answer may hang on whether that is its own: it is judged as if it were, and as if it were not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from smsl.audit import ALL_AREAS, audit, order, placed
from smsl.checks.read_unknown import RULE, undecided
from smsl.model.decision import Decision, Result
from smsl.model.evidence import Access, Subject, Verdict
from smsl.model.finding import Area, Finding
from smsl.model.report import Report
from smsl.model.snapshot import Snapshot

_OF_PLACE = "it hangs on the "
_WORST = (Verdict.BLOCKED, Verdict.INTERMITTENT, Verdict.UNKNOWN, Verdict.READABLE, Verdict.NO_SECRET_NAMED)


def audit_under(suppositions: Sequence[Snapshot], only: frozenset[Area] = ALL_AREAS) -> Report:
    """Return the report of what is declared.

    Args:
        suppositions: The same declarations in each place that they may go to; the report speaks of the first.
        only: The areas whose rules are checked.
    """
    first, *others = [audit(each, only) for each in suppositions]
    if not others:
        return first
    needs = _needs(suppositions)
    subjects = tuple(
        _settled(subject, [other.subjects[at] for other in others], needs) for at, subject in enumerate(first.subjects)
    )
    everywhere = set.intersection(*({_key(finding, other) for finding in other.findings} for other in others))
    kept = tuple(finding for finding in first.findings if _key(finding, first) in everywhere)
    opened = tuple(_opened(first.subjects, subjects, suppositions[0], kept)) if Area.ROLE in only else ()
    return replace(first, subjects=subjects, findings=tuple(sorted((*kept, *opened), key=order)))


def _opened(
    before: Sequence[Subject], after: Sequence[Subject], snapshot: Snapshot, kept: Sequence[Finding]
) -> Iterator[Finding]:
    """Yield a finding for each access that the place decides, and of which nothing is said yet."""
    said = {(each.function, each.secret) for each in kept if each.rule.id == RULE.id}
    for one, other in zip(before, after, strict=True):
        for was, access in zip(one.accesses, other.accesses, strict=True):
            if access is not was and (access.function.qualified_arn, access.wanted.text) not in said:
                yield placed(undecided(access), snapshot)


def _needs(suppositions: Sequence[Snapshot]) -> tuple[str, ...]:
    """Return the options that would say which supposition is true."""
    sources = [each.source for each in suppositions]
    told = {"--account": {each.account for each in sources}, "--region": {each.region for each in sources}}
    return tuple(option for option, values in told.items() if len(values) > 1)


def _key(finding: Finding, report: Report) -> tuple[str, ...]:
    """Return what a finding says, apart from the place that is supposed."""
    account, region = report.source.account or "", report.source.region or ""
    texts = (finding.rule.id, finding.function, finding.resource, finding.detail, finding.variable)
    return tuple(text.replace(account, "ACCOUNT").replace(region, "REGION") for text in texts)


def _settled(subject: Subject, others: Sequence[Subject], needs: tuple[str, ...]) -> Subject:
    """Return the subject with each access whose verdict is not the same everywhere made unknown."""
    accesses = tuple(
        _agreed(access, [other.accesses[at] for other in others if at < len(other.accesses)], needs)
        for at, access in enumerate(subject.accesses)
    )
    if accesses == subject.accesses and all(each.verdict is subject.verdict for each in others):
        return subject
    verdicts = [each.verdict for each in accesses] or [Verdict.UNKNOWN]
    return replace(subject, accesses=accesses, verdict=min(verdicts, key=_WORST.index))


def _agreed(access: Access, others: Sequence[Access], needs: tuple[str, ...]) -> Access:
    if all(each.verdict is access.verdict for each in others):
        return access
    words = " and ".join(need.removeprefix("--") for need in needs)
    return replace(
        access,
        verdict=Verdict.UNKNOWN,
        read=_open(access.read, [each.read for each in others], needs),
        decrypt=_open(access.decrypt, [each.decrypt for each in others], needs),
        blockers=(),
        unknowns=(f"{_OF_PLACE}{words} that this goes to", *access.unknowns),
        needs=(*access.needs, *needs),
    )


def _open(decision: Decision | None, others: Sequence[Decision | None], needs: tuple[str, ...]) -> Decision | None:
    """Return a decision that is not the same everywhere as one that hangs on the place."""
    if decision is None or all(each is not None and each.answer is decision.answer for each in others):
        return decision
    return replace(decision, result=Result.UNKNOWN, needs=needs)


def together(reports: Sequence[Report]) -> Report:
    """Return several reports as one: of infrastructures that are deployed apart from one another."""
    first = reports[0]
    if len(reports) == 1:
        return first
    return replace(
        first,
        subjects=tuple(subject for each in reports for subject in each.subjects),
        findings=tuple(
            sorted((finding for each in reports for finding in each.findings), key=lambda each: -int(each.severity))
        ),
        gaps=tuple(dict.fromkeys(gap for each in reports for gap in each.gaps)),
        assumptions=tuple(dict.fromkeys(assumption for each in reports for assumption in each.assumptions)),
        inline=tuple(suppression for each in reports for suppression in each.inline),
        tables={name: date for each in reports for name, date in each.tables.items()},
    )
