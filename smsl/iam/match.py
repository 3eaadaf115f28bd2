"""Wildcards: texts against patterns, and patterns against patterns.

A pattern is held as text in which the wildcards are the two characters ANY and ONE, so that a literal asterisk
(``${*}``) stays an asterisk. What is matched may be such a pattern too, as in *every secret under prod/*.
"""

from __future__ import annotations

from functools import lru_cache

ANY = "\ufdd0"
"""Stands for ``*``. A noncharacter of Unicode, which no policy may hold."""
ONE = "\ufdd1"
"""Stands for ``?``."""
_COMPILE = str.maketrans({"*": ANY, "?": ONE, ANY: "\ufffd", ONE: "\ufffd"})
_LITERAL = str.maketrans({ANY: "\ufffd", ONE: "\ufffd"})


@lru_cache(maxsize=65536)
def compile_wildcards(text: str) -> str:
    """Return text with its ``*`` and ``?`` as wildcards; ``?*?`` in one order, so that equals look equal."""
    return _ordered(text.translate(_COMPILE))


def literal(text: str) -> str:
    """Return text that matches itself only."""
    return text if text.isascii() else text.translate(_LITERAL)


def has_wildcards(pattern: str) -> bool:
    """Return whether a compiled pattern stands for more than one text."""
    return ANY in pattern or ONE in pattern


def is_everything(pattern: str) -> bool:
    """Return whether a compiled pattern is one or more ``*`` and nothing else."""
    return bool(pattern) and not pattern.strip(ANY)


@lru_cache(maxsize=65536)
def covers(pattern: str, text: str) -> bool:
    """Return whether a pattern matches all of a text, or all that a second pattern stands for.

    Never says so wrongly; of two patterns it may miss an inclusion no one writes. Each piece between two
    ``*`` is taken at its first place, so nothing is tried twice and ``*a*a*a*b`` is as fast as any other.
    """
    pieces = pattern.split(ANY)
    if len(pieces) == 1:
        return len(text) == len(pattern) and _piece_at(pattern, text, 0)
    first, last = pieces[0], pieces[-1]
    end = len(text) - len(last)
    if end < len(first) or not _piece_at(first, text, 0) or not _piece_at(last, text, end):
        return False
    start = len(first)
    for piece in pieces[1:-1]:
        found = _find(piece, text, start, end)
        if found < 0:
            return False
        start = found + len(piece)
    return True


@lru_cache(maxsize=65536)
def overlaps(left: str, right: str) -> bool:
    """Return whether two patterns have a text in common; time grows with the product of their lengths."""
    reached = _skip({0}, right)
    for symbol in left:
        reached = _after(symbol, reached, right)
        if not reached:
            return False
    return len(right) in reached


def _after(symbol: str, reached: set[int], right: str) -> set[int]:
    """The places in `right` that can be reached when `left` moves over one of its symbols."""
    if symbol == ANY:
        return set(range(min(reached), len(right) + 1)) if reached else set()
    following: set[int] = set()
    for place in reached:
        if place < len(right):
            other = right[place]
            if other == ANY:
                following.add(place)
            elif symbol == other or ONE in (symbol, other):
                following.add(place + 1)
    return _skip(following, right)


def _skip(places: set[int], right: str) -> set[int]:
    """Add the places behind each ANY, which may stand for nothing."""
    found = set(places)
    for place in places:
        while place < len(right) and right[place] == ANY:
            place += 1  # noqa: PLW2901  -- walks on from where the loop found it
            found.add(place)
    return found


def _piece_at(piece: str, text: str, place: int) -> bool:
    if ONE not in piece:
        return text.startswith(piece, place)
    return all(
        wanted == text[place + i] or (wanted == ONE and text[place + i] != ANY) for i, wanted in enumerate(piece)
    )


def _find(piece: str, text: str, start: int, end: int) -> int:
    if ONE not in piece:
        return text.find(piece, start, end)
    return next((at for at in range(start, end - len(piece) + 1) if _piece_at(piece, text, at)), -1)


def _ordered(pattern: str) -> str:
    if ANY not in pattern:
        return pattern
    parts: list[str] = []
    ones, any_ = 0, False
    for symbol in pattern:
        if symbol == ONE:
            ones += 1
        elif symbol == ANY:
            any_ = True
        else:
            parts.append(ONE * ones + ANY * any_ + symbol)
            ones, any_ = 0, False
    parts.append(ONE * ones + ANY * any_)
    return "".join(parts)
