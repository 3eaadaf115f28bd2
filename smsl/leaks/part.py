"""A named text inside a value, as the parsers take values apart."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One text with the name it has inside the value; lives only while its value is judged."""

    name: str
    """As written: a JSON member, a key of ``key=value``, a parameter of a query."""
    text: str
    place: str
    """For the reader of a report: one of the parsers' fixed words, never text of the value."""
    kind: str | None = None
    """What the part is by its place alone, such as the password of a URL; None leaves it to the name."""
    above: str = ""
    """The name that the part's object stands under, which speaks where its own does not: ``API_KEYS={"acme": ...}``."""
