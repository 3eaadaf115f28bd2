"""What reading variables gives: a variable, a place that cannot be read, or a word about what was left alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Entry:
    """One variable as it came in; lives only while it is classified."""

    group: str
    """Siblings share it: the variables of one function, service, object or file."""
    name: str
    value: str = field(repr=False)
    """Empty where the file does not say it: it is inherited, or comes from a reference."""
    line: int | None = None
    """Where the variable begins, from 1."""
    owner: str | None = None
    """The function, service or section that has it, as the file calls it; None where the file has but one."""
    beside: str | None = None
    """The group whose variables stand in this one's environment too: those of a provider or of all functions."""
    echo: Mapping[str, object] | None = field(default=None, repr=False)
    """The other members of a row ``{name, value, ...}``; None for what is no row."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A place that cannot be read, in the place of its variables."""

    error: str
    """One sentence that names the place and quotes nothing."""
    line: int | None = None
    echo: Mapping[str, object] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Note:
    """What a reader should know and no fault: variables that this file names and another one holds."""

    text: str
    line: int | None = None


Item: TypeAlias = Entry | Unread | Note
