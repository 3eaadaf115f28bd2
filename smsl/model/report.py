"""What an audit answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from smsl.model.evidence import Subject
from smsl.model.finding import Finding, Rule
from smsl.model.origin import Assumption, Gap
from smsl.model.snapshot import Source
from smsl.model.suppression import Applied


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
    suppressions: tuple[Applied, ...] = ()
    """All that there are, those that silence nothing too."""
    since: str | None = None
    """What the suppressions are compared with, to tell new ones: a revision or a baseline; None where with nothing."""
