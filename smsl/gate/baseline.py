"""The baseline: what was there when a gate was put up, so that it stops what is new.

It knows a finding by rule, function, resource and what is wrong, never by line or wording; and how many there were of
each, so that a second one of the same is new.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from smsl.gate.decide import is_unknown
from smsl.model.finding import Finding
from smsl.model.report import Compared, NamedUnknown, Report
from smsl.model.suppression import Standing, Suppression, SuppressionKind
from smsl.render.fingerprint import digest, fingerprint
from smsl.render.undecided import asks_about_access, named_unknowns

REASON = "known from the baseline"


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One finding."""

    rule: str
    function: str
    resource: str
    detail: str

    @property
    def fingerprint(self) -> str:
        """The same as the finding's."""
        return digest(self.rule, self.function, self.resource, self.detail)


@dataclass(frozen=True, slots=True, order=True)
class KnownGap:
    """A required call that failed."""

    call: str
    error: str


@dataclass(frozen=True, slots=True, order=True)
class KnownSuppression:
    """A suppression in a judged file; its reason may be worded anew, its line may move."""

    kind: str
    rules: tuple[str, ...]
    file: str
    address: str
    until: str
    """An ISO date; empty for ever."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """All that is known, in order; equal findings stand as often as they were found."""

    findings: tuple[Entry, ...] = ()
    unknowns: tuple[NamedUnknown, ...] = ()
    gaps: tuple[KnownGap, ...] = ()
    suppressions: tuple[KnownSuppression, ...] = ()

    @property
    def size(self) -> int:
        """How many entries it has."""
        return len(self.findings) + len(self.unknowns) + len(self.gaps) + len(self.suppressions)


def recorded(report: Report) -> Baseline:
    """Return the baseline of a report: what counts in it now.

    A finding that is suppressed is not in it, but a suppression in a judged file that is in force is: another is new.
    """
    known = [each.suppression for each in report.suppressions if each.standing in {Standing.IN_FORCE, Standing.EXPIRED}]
    return Baseline(
        tuple(sorted(_entry(each) for each in report.findings if each.suppressed is None)),
        tuple(sorted(set(named_unknowns(report)))),
        tuple(sorted({KnownGap(each.call, each.error) for each in report.gaps})),
        tuple(sorted({identity(each) for each in known if each.kind.in_source})),
    )


def compared(report: Report, baseline: Baseline, file: str, *, narrowed: bool = False) -> Report:
    """Return the report with what the baseline knows marked as known.

    Args:
        report: With its suppressions applied.
        baseline: What is known.
        file: Where it stands, as it is named to a reader.
        narrowed: Whether functions were named, so that the others were not looked at.
    """
    left = Counter(each.fingerprint for each in baseline.findings)
    findings, known = [], 0
    for finding in report.findings:
        mark = fingerprint(finding)
        if finding.suppressed is None and left[mark] > 0:
            left[mark] -= 1
            known += 1
            findings.append(replace(finding, suppressed=REASON, suppressed_by=SuppressionKind.BASELINE))
        else:
            findings.append(finding)
    gaps = {(each.call, each.error) for each in baseline.gaps}
    told = Compared(
        file,
        known,
        sum(each.suppressed is None for each in findings),
        frozenset(_known(named_unknowns(report), baseline.unknowns)),
        frozenset(each for each in report.gaps if (each.call, each.error) in gaps),
        baseline.size - pruned(report, baseline, narrowed=narrowed).size,
    )
    return replace(report, findings=tuple(findings), compared=told)


def pruned(report: Report, baseline: Baseline, *, rules: Collection[str] = (), narrowed: bool = False) -> Baseline:
    """Return the baseline without what is no longer found; nothing is ever added.

    What was not looked at stays: rules that were not checked, functions whose access is not known now.

    Args:
        report: Of the same sources, with its suppressions applied; suppressed or not, a finding is found.
        baseline: What is known.
        rules: All that there are; the entries of others go. Empty where that is not asked.
        narrowed: Whether functions were named, so that the others were not looked at either.
    """
    checked = {rule.id for rule in report.rules}
    audited = {arn for each in report.subjects for arn in (each.function.arn, each.function.qualified_arn)}
    dark = {
        arn for each in report.subjects if is_unknown(each) for arn in (each.function.arn, each.function.qualified_arn)
    }
    found = Counter(fingerprint(each) for each in report.findings)
    findings = []
    for entry in baseline.findings:
        if entry.rule not in checked:
            if not rules or entry.rule in rules:
                findings.append(entry)
        elif entry.function in dark or (narrowed and entry.function not in audited):
            findings.append(entry)
        elif found[entry.fingerprint] > 0:
            found[entry.fingerprint] -= 1
            findings.append(entry)
    gaps = {(each.call, each.error) for each in report.gaps}
    written = {identity(each.suppression) for each in report.suppressions}
    return Baseline(
        tuple(findings),
        tuple(_still(report, baseline.unknowns, audited if narrowed else None)),
        baseline.gaps if narrowed else tuple(each for each in baseline.gaps if (each.call, each.error) in gaps),
        baseline.suppressions if narrowed else tuple(each for each in baseline.suppressions if each in written),
    )


def identity(suppression: Suppression) -> KnownSuppression:
    """Return what a suppression is known by."""
    until = suppression.until.isoformat() if isinstance(suppression.until, date) else ""
    origin = suppression.origin
    return KnownSuppression(
        suppression.kind.value, tuple(sorted(suppression.rules)), origin.file, origin.address, until
    )


def _entry(finding: Finding) -> Entry:
    return Entry(finding.rule.id, finding.function, finding.resource, finding.detail)


def _known(unknowns: Iterable[NamedUnknown], entries: Sequence[NamedUnknown]) -> Iterator[NamedUnknown]:
    """Yield what is unknown and known to be, for no further reason."""
    known: dict[tuple[str, str], list[set[str]]] = {}
    for entry in entries:
        known.setdefault((entry.function, entry.secret), []).append(set(entry.reasons))
    for each in unknowns:
        if any(reasons.issuperset(each.reasons) for reasons in known.get((each.function, each.secret), ())):
            yield each


def _still(report: Report, unknowns: Sequence[NamedUnknown], audited: Collection[str] | None) -> list[NamedUnknown]:
    """Return the unknowns that are unknown still, with the reasons that they still have; None audited means all."""
    if not asks_about_access(report):
        return list(unknowns)
    now: dict[tuple[str, str], set[str]] = {}
    for each in named_unknowns(report):
        now.setdefault((each.function, each.secret), set()).update(each.reasons)
    kept = []
    for each in unknowns:
        if audited is not None and each.function not in audited:
            kept.append(each)
        elif (each.function, each.secret) in now:
            reasons = now[(each.function, each.secret)]
            kept.append(replace(each, reasons=tuple(one for one in each.reasons if one in reasons)))
    return kept
