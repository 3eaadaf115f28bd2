"""Where a fact came from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """How sure a fact in a verdict is."""

    VERIFIED = "verified"
    """Read from the source."""
    INFERRED = "inferred"
    """Concluded from facts that were read, by a documented rule."""
    NOT_VISIBLE = "not visible"
    """Could not be read; an assumption stands in its place."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a fact is written down, in a file that says what is to be deployed."""

    file: str
    """As it was named on the command line, or relative to the directory that was."""
    address: str = ""
    """Terraform's address or CloudFormation's logical id, with what is meant inside it; empty for the whole file."""
    line: int | None = None
    """From 1; None where the file was not written by hand, so that its lines say nothing."""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place} ({self.address})" if self.address else place


@dataclass(frozen=True, slots=True)
class Gap:
    """A required call that failed: what hangs on it is unknown."""

    call: str
    """``service:Operation``, with what it asked about: ``kms:GetKeyPolicy 1234abcd``."""
    error: str
    """The error's code or kind in a word or two; never its text, which comes from outside."""
    needs: str
    """The permission or option that would tell."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """A supporting call that failed, and what is assumed in its place."""

    text: str
    call: str
    error: str
    needs: str
