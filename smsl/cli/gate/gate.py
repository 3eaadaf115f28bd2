"""The gate of one run: the options over the configuration over the defaults."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from smsl.cli.gate.asked import Asked
from smsl.cli.gate.configured import Read, configured, from_disk
from smsl.gate.settings import OnUnknown, Settings
from smsl.model.errors import SmslError
from smsl.model.finding import Confidence, Severity

if TYPE_CHECKING:
    from smsl.gate.baseline import Baseline


@dataclass(frozen=True, slots=True)
class Gate:
    """What is judged by, with nothing left open."""

    settings: Settings
    fail_on: Severity
    fail_on_unknown: bool
    min_severity: Severity
    min_confidence: Confidence
    previews: bool
    inline: bool
    """Whether suppressions in the judged files may silence anything."""
    revision: str | None
    """The one that configuration and baseline are of; None for what lies here."""
    file: Path | None
    """The baseline's file; None where there is none."""
    baseline: Baseline | None
    """None where there is none, or where it is about to be written."""
    here: Settings
    """The configuration as it lies here, which is not trusted where there is a revision."""
    narrowed: bool
    """Whether functions are named."""


def gate_of(asked: Asked) -> Gate:
    """Return the gate that the command line and the configuration ask for.

    Raises:
        SmslError: A file that it needs cannot be read, or options that do not go together.
    """
    _refuse(asked)
    read: Read = from_disk
    if asked.trusted_ref is not None:
        from smsl.cli.gate.revision import from_revision

        read = from_revision(asked.trusted_ref)
    settings = configured(asked.config, read)
    file = asked.write_baseline or asked.baseline or _beside(settings)
    baseline = None
    if file is not None and not asked.write_baseline:
        from smsl.cli.gate.baselines import read_baseline

        baseline = read_baseline(file, read)
    if asked.prune and baseline is None:
        raise SmslError("There is no baseline to prune.", "Name it: --baseline FILE")
    return Gate(
        settings,
        Severity[asked.fail_on.name] if asked.fail_on else settings.fail_on or Severity.HIGH,
        (asked.on_unknown or settings.on_unknown or OnUnknown.FAIL) is OnUnknown.FAIL,
        Severity[asked.min_severity.name] if asked.min_severity else settings.min_severity or Severity.LOW,
        asked.min_confidence or settings.min_confidence or Confidence.LOW,
        asked.preview or bool(settings.preview),
        not asked.no_inline and settings.inline_suppressions is not False,
        asked.trusted_ref,
        file,
        baseline,
        _here(asked, settings),
        bool(asked.functions),
    )


def _refuse(asked: Asked) -> None:
    writes = "--write-baseline" if asked.write_baseline else "smsl baseline prune" if asked.prune else None
    if writes and asked.trusted_ref is not None:
        raise SmslError(f"{writes} does not go with --trusted-ref.", "A baseline is written as things are here.")
    if asked.write_baseline and (asked.baseline or asked.prune):
        raise SmslError("--write-baseline records everything anew.", "Leave out --baseline.")


def _beside(settings: Settings) -> Path | None:
    """Return the baseline that the configuration names, seen from the working directory."""
    if settings.baseline is None or settings.file is None:
        return None
    return Path(settings.file).parent / settings.baseline


def _here(asked: Asked, trusted: Settings) -> Settings:
    if asked.trusted_ref is None:
        return trusted
    if asked.config is not None and from_disk(asked.config) is None:
        return Settings()  # the change takes away the file that the revision has
    return configured(asked.config, from_disk)
