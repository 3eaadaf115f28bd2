"""What the command line asks of the gate, before any configuration is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from smsl.cli.gate.options import Level
from smsl.gate.settings import OnUnknown
from smsl.model.finding import Confidence


@dataclass(frozen=True, slots=True)
class Asked:
    """The options as they were typed; None and False where they were not."""

    fail_on: Level | None = None
    on_unknown: OnUnknown | None = None
    min_severity: Level | None = None
    min_confidence: Confidence | None = None
    config: Path | None = None
    no_inline: bool = False
    baseline: Path | None = None
    write_baseline: Path | None = None
    trusted_ref: str | None = None
    preview: bool = False
    prune: bool = False
    """Whether the baseline is to lose what is no longer found."""
    functions: tuple[str, ...] = ()
    """Those that are named."""
