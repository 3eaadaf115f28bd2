"""The gate of one run: the options over the configuration over the defaults, and what they make of a report."""

from __future__ import annotations

from dataclasses import dataclass

from smsl.cli.gate.asked import Asked
from smsl.cli.gate.configured import configured, from_disk
from smsl.gate.decide import Exit, exit_code
from smsl.gate.settings import OnUnknown, Settings
from smsl.gate.thresholds import kept
from smsl.model.finding import Confidence, Severity
from smsl.model.report import Report


@dataclass(frozen=True, slots=True)
class Gate:
    """What is judged by, with nothing left open."""

    settings: Settings
    fail_on: Severity
    fail_on_unknown: bool
    min_severity: Severity
    min_confidence: Confidence


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
    )


def judge(report: Report, gate: Gate) -> Judged:
    """Return what is shown of a report, and the exit code."""
    shown = kept(report, gate.min_severity, gate.min_confidence)
    return Judged(shown, exit_code(shown, gate.fail_on, fail_on_unknown=gate.fail_on_unknown))
