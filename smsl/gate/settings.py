"""What a project has decided about its audits, once for all runs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from smsl.model.finding import Area, Confidence, Dialect, Severity
from smsl.model.suppression import Suppression


class OnUnknown(StrEnum):
    """What becomes of a question that could not be decided."""

    FAIL = "fail"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a configuration file says; None or empty where it says nothing. An option typed comes first."""

    file: str | None = None
    """As it is named to a reader; None where there is no configuration."""
    fail_on: Severity | None = None
    on_unknown: OnUnknown | None = None
    min_severity: Severity | None = None
    min_confidence: Confidence | None = None
    only: tuple[Area, ...] = ()
    preview: bool | None = None
    baseline: str | None = None
    """A path, relative to the file's directory."""
    inline_suppressions: bool | None = None
    fix_as: Dialect | None = None
    secret: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    account: str | None = None
    """12 digits."""
    parameters: tuple[tuple[str, str], ...] = ()
    """Of templates, by name."""
    suppressions: tuple[Suppression, ...] = ()
