"""What an audit answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from smsl.model.evidence import Subject
from smsl.model.finding import Finding, Rule
from smsl.model.origin import Assumption, Gap
from smsl.model.snapshot import Source
from smsl.model.suppression import Applied, Suppression


@dataclass(frozen=True, slots=True, order=True)
class NamedUnknown:
    """An access that could not be decided, by name: whoever knows it can live with it."""

    function: str
    """ARN, with the qualifier that was asked for."""
    secret: str
    """As the function names it; empty where it is not known which secrets the function wants."""
    reasons: tuple[str, ...]
    """What the verdict hangs on, in the report's words."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What a report has in common with a baseline."""

    file: str
    """The baseline, as it is named to a reader."""
    known: int
    """Findings that were there already."""
    new: int
    """Findings that count: neither known nor suppressed."""
    unknowns: frozenset[NamedUnknown] = frozenset()
    """Of this report: those that were undecided already, for no other reason."""
    gaps: frozenset[Gap] = frozenset()
    """Of this report: what could not be read already."""
    gone: int = 0
    """Entries of the baseline that are no longer found."""


@dataclass(frozen=True, slots=True)
class Report:
    """The subjects with their verdicts, the findings, and what could not be seen."""

    tool: str
    """Name and version."""
    source: Source
    taken_at: datetime
    subjects: tuple[Subject, ...]
    findings: tuple[Finding, ...]
    rules: tuple[Rule, ...]
    """All rules that were checked, whether they found something or not."""
    gaps: tuple[Gap, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    notices: tuple[str, ...] = field(default_factory=tuple)
    tables: Mapping[str, str] = field(default_factory=dict)
    """The date of each shipped table that the report rests on."""
    left_out: int = 0
    """Findings below ``--min-severity`` or ``--min-confidence``: they are in no list and count nowhere."""
    inline: tuple[Suppression, ...] = ()
    """Those that stand in the judged files, whatever becomes of them."""
    suppressions: tuple[Applied, ...] = ()
    """All that there are, those that silence nothing too."""
    since: str | None = None
    """What the suppressions are compared with, to tell new ones: a revision or a baseline; None where with nothing."""
    compared: Compared | None = None
    """None where there is no baseline."""
    previews: bool = False
    """Whether findings of preview rules count."""

    def counts(self, finding: Finding) -> bool:
        """Whether a finding may fail a gate: it is not suppressed, and of no rule that is a preview still."""
        return finding.suppressed is None and (self.previews or not finding.rule.preview)

    @property
    def new_gaps(self) -> tuple[Gap, ...]:
        """The gaps that no baseline knows."""
        return (
            self.gaps if self.compared is None else tuple(each for each in self.gaps if each not in self.compared.gaps)
        )
