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
    """``secret-arn``, ``secret-name``, ``parameter-arn`` or ``parameter-name``.

    Or what CloudFormation resolves, ``{{resolve:...}}``: ``dynamic-reference`` (of a secret),
    ``dynamic-secure-parameter``, ``dynamic-parameter``.
    """
    certain: bool


@dataclass(frozen=True, slots=True)
class Leak:
    """A secret in plain text."""

    kind: str
    confidence: Confidence
    place: str | None = None
    """Where inside the value: a JSON member, a part of a URL; None for the whole."""
    same: tuple[str, ...] = ()
    """Other places that hold the same secret, ``function/VARIABLE``: the first few by name."""
    more: int = 0
    """How many further places do."""

    @property
    def same_as(self) -> str:
        """The other places as one text, ``orders/DB_PASSWORD and 2 more``; empty where there are none."""
        return ", ".join(self.same) + (f" and {self.more} more" if self.more else "")


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of the closed table of setting names, parsed."""

    value: int | bool | str | None
    """None when it is not valid: its text is not kept."""
    valid: bool = True


@dataclass(frozen=True, slots=True)
class Ciphertext:
    """A value that only its key opens, as the Lambda console's encryption helpers leave it: no secret in plain text.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
    """

    kind: str
    """What it is encrypted by: ``KMS ciphertext``, ``Ansible Vault``, ..."""


@dataclass(frozen=True, slots=True)
class Other:
    """Nothing of note."""


Holds: TypeAlias = Reference | Leak | Setting | Ciphertext | Other | Unknown


@dataclass(frozen=True, slots=True)
class EnvironmentVariable:
    """One variable."""

    name: str
    holds: Holds
    length: int | None = None
    """Characters of the value; None where it was not kept, as in the facts of an account."""


def is_plaintext(variable: EnvironmentVariable) -> bool:
    """Tell whether a variable holds a secret in plain text, with more than a debatable kind's confidence."""
    return isinstance(variable.holds, Leak) and variable.holds.confidence is not Confidence.LOW
