"""What an environment variable holds: never its text, unless that is a certain reference or a known setting."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from smsl.model.unknown import Unknown


class Confidence(StrEnum):
    """How sure a leak is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    """A debatable kind (publishable keys, internal webhooks): shown only on request."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The name or ARN of a secret or parameter."""

    text: str | None
    """None when it is merely possible that the value is a reference: then it is redacted."""
    kind: str
    """``secret-arn``, ``secret-name``, ``parameter-arn``, ``parameter-name`` or ``dynamic-reference``."""
    certain: bool


@dataclass(frozen=True, slots=True)
class Leak:
    """A secret in plain text."""

    kind: str
    confidence: Confidence
    place: str | None = None
    """Where inside the value: a JSON member, a part of a URL; None for the whole."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of the closed table of setting names, parsed."""

    value: int | bool | str | None
    """None when it is not valid: its text is not kept."""
    valid: bool = True


@dataclass(frozen=True, slots=True)
class Other:
    """Nothing of note."""


Holds: TypeAlias = Reference | Leak | Setting | Other | Unknown


@dataclass(frozen=True, slots=True)
class EnvironmentVariable:
    """One variable."""

    name: str
    holds: Holds
    length: int
    """Characters of the value."""


def is_plaintext(variable: EnvironmentVariable) -> bool:
    """Tell whether a variable holds a secret in plain text, with more than a debatable kind's confidence."""
    return isinstance(variable.holds, Leak) and variable.holds.confidence is not Confidence.LOW
