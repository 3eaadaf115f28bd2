"""What scanning files for plaintext secrets found: names and places, never a value."""

from __future__ import annotations

from dataclasses import dataclass

from smsl.model.variable import Confidence, EnvironmentVariable, Leak


@dataclass(frozen=True, slots=True)
class Scanned:
    """One variable of a file."""

    variable: EnvironmentVariable
    file: str | None
    """As it is to be shown; None for standard input."""
    line: int | None
    """From 1; None where the input has none to tell."""
    owner: str | None = None
    """The function, service or section that has it, as the file calls it; None where the file has but one."""

    @property
    def leak(self) -> Leak | None:
        """The secret that it holds, debatable ones included."""
        return self.variable.holds if isinstance(self.variable.holds, Leak) else None

    @property
    def flagged(self) -> bool:
        """True when it holds a secret with high or medium confidence."""
        return self.leak is not None and self.leak.confidence is not Confidence.LOW


@dataclass(frozen=True, slots=True)
class Missed:
    """A file or a line that could not be read."""

    text: str
    """One sentence, nothing of the input quoted."""
    file: str | None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """All that one run found."""

    leaks: tuple[Scanned, ...]
    """In the order of the input; debatable ones too."""
    missed: tuple[Missed, ...]
    variables: int
    """How many were judged."""
    files: int
    """How many inputs were read."""
