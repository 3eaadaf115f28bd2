"""Variables of one scan that hold the same secret: each is told where the others stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

from smsl.leaks.same import Seen, note, together
from smsl.model.variable import EnvironmentVariable, Leak

_NAMED = 3
"""Other places that are named; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Where:
    """The place of a variable, but for its name."""

    file: str | None
    """None for standard input."""
    line: int | None
    owner: str | None


Spot = tuple[Where, str]


def _called(spot: Spot, by: Spot) -> str:
    """Return how a variable is called beside another: its owner's and its own name, after the file if that differs.

    The line tells variables of one name apart.
    """
    (place, name), (near, other) = spot, by
    file = None if place.file == near.file else place.file or "standard input"
    text = "/".join(part for part in (file, place.owner, name) if part)
    is_twin = (place.file, place.owner, name) == (near.file, near.owner, other)
    return f"{text} (line {place.line})" if is_twin else text


@dataclass(frozen=True, slots=True)
class Told:
    """What the variables of a scan share."""

    seen: Seen[Where] = field(default_factory=Seen)

    def fresh(self) -> Told:
        """Return an empty one that compares under the same key."""
        return Told(Seen(self.seen.key))

    def take(self, other: Told) -> None:
        """Take in all that another one knows."""
        self.seen.digests.update(other.seen.digests)

    def add(self, place: Where, variable: EnvironmentVariable, value: str) -> None:
        """Take a variable in."""
        note(self.seen, place, (variable,), {variable.name: value})

    def others(self) -> Mapping[Spot, tuple[tuple[str, ...], int]]:
        """Return for each leak that shares its secret where the first few others stand, and how many more there are."""
        found: dict[Spot, tuple[tuple[str, ...], int]] = {}
        for spots, sharing in together(self.seen):
            places: dict[tuple[object, ...], Spot] = {}
            for each in sharing:
                places.setdefault(_identity(each), each)
            for spot in spots:
                rest = (each for key, each in places.items() if key != _identity(spot))
                named = tuple(_called(each, spot) for each in islice(rest, _NAMED))
                if named:
                    found[spot] = named, len(places) - 1 - len(named)
        return found


def _identity(spot: Spot) -> tuple[object, ...]:
    """Return what a place is: an alias gives several owners the variables of one line."""
    place, name = spot
    return place.file, place.owner if place.line is None else place.line, name


def with_same(
    variable: EnvironmentVariable, place: Where, others: Mapping[Spot, tuple[tuple[str, ...], int]]
) -> EnvironmentVariable:
    """Return a variable whose leak knows its others."""
    if not isinstance(variable.holds, Leak) or (place, variable.name) not in others:
        return variable
    same, more = others[place, variable.name]
    return replace(variable, holds=replace(variable.holds, same=same, more=more))
