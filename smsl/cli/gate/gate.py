"""The gate of one run: the options over the configuration over the defaults, and what they make of a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from smsl.cli.gate.asked import Asked
from smsl.cli.gate.configured import configured, from_disk
from smsl.gate.decide import Exit, exit_code
from smsl.gate.settings import OnUnknown, Settings
from smsl.gate.suppress import standing, suppressed
from smsl.gate.thresholds import kept
from smsl.model.finding import Confidence, Severity
from smsl.model.report import Report
from smsl.model.suppression import Applied, Suppression


@dataclass(frozen=True, slots=True)
class Gate:
    """What is judged by, with nothing left open."""

    settings: Settings
    fail_on: Severity
    fail_on_unknown: bool
    min_severity: Severity
    min_confidence: Confidence
    inline: bool
    """Whether suppressions in the judged files count."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A report as it is shown, and what the command exits with."""

    report: Report
    code: Exit


def gate_of(asked: Asked) -> Gate:
    """Return the gate that the command line and the configuration ask for.

    Raises:
        SmslError: A file that it needs cannot be read.
    """
    settings = configured(asked.config, from_disk)
    return Gate(
        settings,
        Severity[asked.fail_on.name] if asked.fail_on else settings.fail_on or Severity.HIGH,
        (asked.on_unknown or settings.on_unknown or OnUnknown.FAIL) is OnUnknown.FAIL,
        Severity[asked.min_severity.name] if asked.min_severity else settings.min_severity or Severity.LOW,
        asked.min_confidence or settings.min_confidence or Confidence.LOW,
        not asked.no_inline and settings.inline_suppressions is not False,
    )


def judge(report: Report, gate: Gate, inline: Sequence[Suppression]) -> Judged:
    """Return what is shown of a report, and the exit code.

    Args:
        report: What the audit answered.
        gate: What is judged by.
        inline: The suppressions in the judged files.
    """
    stand = partial(standing, moment=report.taken_at, inline=gate.inline)
    applied = [Applied(each, stand(each)) for each in (*gate.settings.suppressions, *inline)]
    shown = kept(suppressed(report, applied), gate.min_severity, gate.min_confidence)
    return Judged(shown, exit_code(shown, gate.fail_on, fail_on_unknown=gate.fail_on_unknown))
