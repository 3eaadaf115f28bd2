"""The secrets inside a value, as texts of their own: the password of a URL, a member of a JSON document."""

from __future__ import annotations

from collections.abc import Iterator

from smsl.leaks import blobs
from smsl.leaks.addresses import addresses, parts_of_address, parts_of_login, unescaped
from smsl.leaks.judge import judge, judge_part
from smsl.leaks.part import Part
from smsl.model.variable import Confidence

_BASE64, _PACKED = "base64", "packed"
"""How the place of a leak in a text that was wrapped begins."""


def secrets_inside(name: str, text: str, place: str, depth: int = 0) -> Iterator[str]:
    """Yield the secrets that a value holds at a place; they are for comparing, and leave this room in no form.

    Args:
        name: The variable's or member's name.
        text: Its value.
        place: Where inside the value its leak was found.
        depth: How many values it stands inside.
    """
    text = blobs.unquoted(text)
    outer, _, inner = place.partition(", ")
    if outer in (_BASE64, _PACKED):
        yield from _unwrapped(text, inner, depth, zipped=outer == _PACKED)
        return
    for part in _parts(name, unescaped(text) if text[:1] == "%" else text):
        leak = judge_part(part, depth) if part.place == place else None
        if leak is None or leak.confidence is Confidence.LOW:
            continue
        yield part.text
        deeper = judge(part.name, part.text, depth + 1, part.above) if part.kind is None else None
        if deeper is not None and deeper.place:
            yield from secrets_inside(part.name, part.text, deeper.place, depth + 1)


def _unwrapped(text: str, place: str, depth: int, *, zipped: bool) -> Iterator[str]:
    data = blobs.decoded(text)
    if data is not None and zipped:
        data = blobs.unzipped(data)
    plain = blobs.readable(data) if data else None
    if plain is not None:
        yield plain
        if place:
            yield from secrets_inside("", plain, place, depth + 1)


def _parts(name: str, text: str) -> Iterator[Part]:
    if "://" in text:
        for piece in addresses(text):
            yield from parts_of_address(piece)
    if text[:1] in "{[":
        for part in blobs.members(text) or ():
            yield Part(part.name or name, part.text, part.place, part.kind, part.above or name)
    if (credential := blobs.header(text)) is not None:
        yield credential
    yield from parts_of_login(text)
    yield from blobs.options(text)
    yield from blobs.tags(text)
    yield from blobs.pairs(text.strip("{}[]")) or ()
