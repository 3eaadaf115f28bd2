"""Findings that somebody has decided to live with: where that is written, why, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from smsl.model.origin import Origin

EVERY_RULE = "*"


class SuppressionKind(StrEnum):
    """Where a suppression is written."""

    CONFIGURATION = "configuration"
    """In ``smsl.toml`` or ``pyproject.toml``."""
    INLINE = "inline"
    """In a comment of the file that it speaks of."""
    METADATA = "metadata"
    """In the metadata of the resource that it speaks of."""
    BASELINE = "baseline"
    """Nowhere for itself: the finding was there when the baseline was written."""

    @property
    def in_source(self) -> bool:
        """Whether it stands in the very file that is judged, so that who changes the one can write the other."""
        return self in {SuppressionKind.INLINE, SuppressionKind.METADATA}


@dataclass(frozen=True, slots=True)
class Suppression:
    """One decision to live with findings; all that it names must hold of a finding."""

    rules: tuple[str, ...]
    """Ids, or `EVERY_RULE`."""
    reason: str
    """Never empty."""
    kind: SuppressionKind
    origin: Origin
    """Where it is written. Of an inline one and of metadata the address also says what it applies to."""
    until: date | None = None
    """The last day on which it holds; None for ever."""
    function: str = ""
    """A function's name, ``name:qualifier`` or ARN, with ``*`` and ``?``; empty for any."""
    resource: str = ""
    """As a finding names it, with ``*`` and ``?``; empty for any."""
    address: str = ""
    """Terraform's address or CloudFormation's logical id, with ``*`` and ``?``; empty for any."""
    variable: str = ""
    """An environment variable's name, with ``*`` and ``?``; empty for any."""


class Standing(StrEnum):
    """What becomes of a suppression in one run."""

    IN_FORCE = "in force"
    EXPIRED = "expired"
    IGNORED = "ignored"
    """Inline suppressions were not asked for."""
    UNTRUSTED = "untrusted"
    """It is not in the revision that is trusted, so it silences nothing."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A suppression with what came of it."""

    suppression: Suppression
    standing: Standing
    findings: int = 0
    """How many it silenced."""
    new: bool | None = None
    """Whether it was not there before; None where there is nothing to compare with."""
