"""Sets of addresses x ports as disjoint boxes of integers: what a chain of filters leaves open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from smsl.model.network import IpNetwork


class Box(NamedTuple):
    """Addresses ``low..high`` (as integers of one family) times ports ``first..last``, all inclusive.

    A named tuple, as making a frozen dataclass takes three times as long and a path makes hundreds.
    """

    low: int
    high: int
    first: int = 0
    last: int = 65535


Region = tuple[Box, ...]
"""Disjoint boxes."""


def box(network: IpNetwork, ports: tuple[int, int] | None = None) -> Box:
    """Return the box of a CIDR block and a range of ports; None means all ports."""
    first, last = ports or (0, 65535)
    return Box(int(network.network_address), int(network.broadcast_address), first, last)


def overlap(one: Box, other: Box) -> Box | None:
    """Return what two boxes share, or None."""
    # Most pairs are disjoint, and comparing is a fraction of what making a box takes.
    if one.low > other.high or other.low > one.high or one.first > other.last or other.first > one.last:
        return None
    first, last = max(one.first, other.first), min(one.last, other.last)
    if first > last:
        return None  # a rule whose range of ports ends before it begins holds nothing
    return Box(max(one.low, other.low), min(one.high, other.high), first, last)


def without(one: Box, other: Box) -> Region:
    """Return what of one box lies outside another."""
    shared = overlap(one, other)
    return (one,) if shared is None else around(one, shared)


def around(one: Box, shared: Box) -> Region:
    """Return what of a box lies outside a part of it."""
    if shared == one:
        return ()
    parts = (
        Box(one.low, shared.low - 1, one.first, one.last),
        Box(shared.high + 1, one.high, one.first, one.last),
        Box(shared.low, shared.high, one.first, shared.first - 1),
        Box(shared.low, shared.high, shared.last + 1, one.last),
    )
    return tuple(part for part in parts if part.low <= part.high and part.first <= part.last)


def meet(one: Region, other: Region) -> Region:
    """Return what two regions share."""
    return tuple(shared for a in one for b in other if (shared := overlap(a, b)) is not None)


def subtract(region: Region, boxes: Iterable[Box]) -> Region:
    """Return what is left of a region outside the boxes."""
    for other in boxes:
        region = tuple(part for one in region for part in without(one, other))
    return region


def union(boxes: Iterable[Box]) -> Region:
    """Return the boxes made disjoint."""
    region: Region = ()
    for one in boxes:
        region += subtract((one,), region)
    return region
