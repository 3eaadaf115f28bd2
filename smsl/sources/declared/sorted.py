"""The pieces of all declarations by their kind, and those of the network by their region."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, cast

from smsl.sources.declared.pieces import GonePiece, Piece

T = TypeVar("T")


class Sorted:
    """Pieces by kind, each kind in the order in which it came."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._kinds: defaultdict[type[Any], list[Any]] = defaultdict(list)
        for piece in pieces:
            self._kinds[type(piece)].append(piece)

    def of(self, kind: type[T]) -> list[T]:
        """Return the pieces of a kind."""
        return cast("list[T]", self._kinds.get(kind, []))

    def things(self, kind: type[T]) -> dict[str, T]:
        """Return the parts of the network that are of a kind, by id."""
        from smsl.sources.declared.network_pieces import NetworkPiece

        things = (each.thing for each in self.of(NetworkPiece))
        return {thing.id: cast("T", thing) for thing in things if isinstance(thing, kind)}

    @property
    def has_network(self) -> bool:
        """Whether anything of a VPC is declared, or deleted."""
        parts = ("Route", "Table", "Acl", "Group", "Endpoint", "Gateway", "Block", "Zone", "Record", "Dhcp", "Network")
        deleted = any(each.kind == "network" for each in self.of(GonePiece))
        return deleted or any(kind.__name__.startswith(parts) for kind in self._kinds)

    def by_region(self) -> Mapping[str, Sorted]:
        """Return the pieces of the network by their region."""
        regions: defaultdict[str, list[Piece]] = defaultdict(list)
        for pieces in self._kinds.values():
            for piece in pieces:
                region = getattr(piece, "region", "")
                if region:
                    regions[region].append(piece)
        return {name: Sorted(found) for name, found in regions.items()}
