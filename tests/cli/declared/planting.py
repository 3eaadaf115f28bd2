"""Markers in the places of a document: each in one of its own, so that whatever is shown tells where it came from."""

from __future__ import annotations

import base64
import copy
import json
import random
import string
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

Path = tuple[str | int, ...]
ALPHABETS = {"familiar": string.ascii_letters + string.digits, "unfamiliar": "ҐґЄєЇїѢѣѲѳѴѵѪѫѬѭѮѯ"}
_LENGTH = 24


def marker(number: int, alphabet: str) -> str:
    """Return a text that occurs nowhere else."""
    letters = random.Random(f"{alphabet} {number}").choices(ALPHABETS[alphabet], k=_LENGTH)  # noqa: S311 -- a test's values repeat
    return "".join(letters)


def traces(part: str) -> Iterator[str]:
    """Yield how a marker may stand in an output: plain, in part, in URLs, JSON, hexadecimal, base64."""
    for form in (part, part[:10], part[-10:]):
        yield from (form, quote(form), json.dumps(form)[1:-1], form.encode().hex())
    for before in range(3):
        yield base64.b64encode(b"." * before + part.encode()).decode()[4:20]


def shown(markers: Iterable[str], text: str) -> list[str]:
    """Return the markers that stand in a text."""
    return [each for each in markers if any(trace in text for trace in traces(each))]


def places(document: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the way to each scalar of a document."""
    match document:
        case dict():
            for name, inner in document.items():
                yield from places(inner, (*path, name))
        case list():
            for number, inner in enumerate(document):
                yield from places(inner, (*path, number))
        case _:
            yield path


def planted(document: Any, markers: dict[Path, str], manner: str) -> Any:
    """Return a document with markers in its places: instead of what stood there, behind it, or as a wrong type."""
    made = copy.deepcopy(document)
    for path, text in markers.items():
        at = made
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = {
            "instead": text,
            "behind": f"{at[path[-1]]}{text}",
            "listed": [text],
            "named": {text: text},
        }[manner]
    return made


def dotted(path: Path) -> str:
    """Return a path as its members, whichever of a list."""
    return ".".join("*" if isinstance(step, int) else step for step in path)


def batches(paths: Sequence[Path], size: int, seed: int) -> Iterator[dict[Path, int]]:
    """Yield the paths with their numbers, so many at a time and in no order: each document stays mostly whole."""
    numbered = list(enumerate(paths))
    random.Random(seed).shuffle(numbered)  # noqa: S311 -- as above
    for start in range(0, len(numbered), size):
        yield {path: number for number, path in numbered[start : start + size]}
