"""Suppressions applied to a report: which are in force, and what each of them silences."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from smsl.iam.match import compile_wildcards, covers
from smsl.model.finding import Finding
from smsl.model.report import Report
from smsl.model.suppression import EVERY_RULE, Applied, Standing, Suppression

if TYPE_CHECKING:
    from smsl.gate.baseline import KnownSuppression

_PART = re.compile(r"[.\[/]")
"""What parts an address from what stands inside it."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Which suppressions may silence something."""

    inline: bool = True
    """Whether those in the judged files may at all."""
    known: frozenset[KnownSuppression] | None = None
    """Those in judged files that the baseline lists; None where there is no baseline."""
    revision: str | None = None
    """The one that configuration and baseline are of; then what is not known there silences nothing."""

    @property
    def since(self) -> str | None:
        """What new suppressions are new since."""
        return self.revision or (None if self.known is None else "the baseline")


def standing(suppression: Suppression, moment: datetime, trust: Trust) -> Applied:
    """Return what becomes of a suppression, before anything is silenced.

    Args:
        suppression: Of the judged files, or of the configuration that is trusted.
        moment: When the facts were taken, which is what expiry is judged against.
        trust: Which suppressions may silence something.
    """
    new: bool | None = None if trust.revision is None else False
    if suppression.kind.in_source:
        new = None if trust.since is None else _is_new(suppression, trust)
    if suppression.kind.in_source and not trust.inline:
        return Applied(suppression, Standing.IGNORED, new=new)
    if suppression.until is not None and moment.astimezone(UTC).date() > suppression.until:
        return Applied(suppression, Standing.EXPIRED, new=new)
    return Applied(suppression, Standing.UNTRUSTED if new and trust.revision else Standing.IN_FORCE, new=new)


def _is_new(suppression: Suppression, trust: Trust) -> bool:
    from smsl.gate.baseline import identity

    return identity(suppression) not in (trust.known or ())


def same(one: Suppression, other: Suppression) -> bool:
    """Whether two suppressions silence the same for the same time, whatever their reasons and places are."""
    return _silences(one) == _silences(other)


def _silences(each: Suppression) -> tuple[object, ...]:
    return (sorted(each.rules), each.until, each.function, each.resource, each.address, each.variable)


def suppressed(report: Report, suppressions: Sequence[Applied]) -> Report:
    """Return the report with its findings silenced by the suppressions in force, and each of those with its count.

    Of several that match a finding each counts it, and the first gives the reason.
    """
    names = _names(report)
    findings = list(report.findings)
    applied = []
    for each in suppressions:
        if each.standing is not Standing.IN_FORCE:
            applied.append(each)
            continue
        places = [place for place, finding in enumerate(report.findings) if _matches(each.suppression, finding, names)]
        applied.append(replace(each, findings=len(places)))
        for place in places:
            if findings[place].suppressed is None:
                reason, kind = each.suppression.reason, each.suppression.kind
                findings[place] = replace(findings[place], suppressed=reason, suppressed_by=kind)
    return replace(report, findings=tuple(findings), suppressions=tuple(applied))


def _names(report: Report) -> Mapping[str, frozenset[str]]:
    """Return all that a function may be called, by its ARNs."""
    functions = [subject.function for subject in report.subjects]
    return {
        arn: frozenset((each.arn, each.qualified_arn, each.name, each.label))
        for each in functions
        for arn in (each.arn, each.qualified_arn)
    }


def _matches(suppression: Suppression, finding: Finding, names: Mapping[str, frozenset[str]]) -> bool:
    if finding.rule.id not in suppression.rules and EVERY_RULE not in suppression.rules:
        return False
    places = [each for each in (finding.location, *finding.related) if each is not None]
    if suppression.kind.in_source:
        wanted = suppression.origin
        # An empty address is no place inside a file: whoever wrote it meant something, and not all of it.
        return any(place.file == wanted.file and wanted.address in _around(place.address) for place in places)
    called = names.get(finding.function) or {finding.function, finding.function.rpartition(":function:")[2]}
    asked = (
        (suppression.function, called),
        (suppression.resource, {finding.resource}),
        (suppression.address, {one for each in places for one in _around(each.address)}),
        (suppression.variable, {finding.variable} - {""}),
    )
    return all(not pattern or _any(pattern, texts) for pattern, texts in asked)


def _any(pattern: str, texts: frozenset[str] | set[str]) -> bool:
    compiled = compile_wildcards(pattern)
    return any(covers(compiled, text) for text in texts)


def _around(address: str) -> set[str]:
    """Return an address and those around it: of ``Role.Policies[0]`` also ``Role.Policies`` and ``Role``."""
    return {address[: found.start()] for found in _PART.finditer(address)} - {""} | ({address} - {""})
