"""What is not known, and a verdict that may say so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeVar, Union

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A fact that could not be read or is not settled yet; never a substitute for empty."""

    reason: str
    """Why it is not known, in words for the reader of a report."""

    needs: tuple[str, ...] = ()
    """The permissions (``kms:GetKeyPolicy``), context keys or options that would tell."""


Maybe = Union[T, Unknown]  # noqa: UP007  -- the alias must stay generic on Python 3.11


class Answer(Enum):
    """A decision in three values."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
