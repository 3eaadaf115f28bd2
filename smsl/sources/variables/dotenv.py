"""The ``.env`` file: ``export``, comments, three kinds of quotes, escapes, values over many lines.

There is no standard: where the readers differ (Docker's, Node's, Python's and Ruby's libraries, a shell), the one that
sees more of a value is followed.

Source: https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax
https://github.com/motdotla/dotenv#what-rules-does-the-parsing-engine-follow
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from smsl.sources.variables.entry import Entry, Item, Unread
from smsl.sources.variables.interpolation import shell_filled

_START = re.compile(r"\s*(?:(?:export|declare\s+-x)\s+)?(\w[\w.-]*)(?:\s*=|:(?=\s))")
_BARE = re.compile(r"\s*(?:export|declare\s+-x)\s+(\w[\w.-]*)\s*|\s*([A-Z]+(?:_[A-Z0-9]+)+)\s*")
_CLOSING = {quote: re.compile(rf"[^{quote}\\]*(?:\\.[^{quote}\\]*)*{quote}") for quote in "\"'`"}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "`": "`", "\\": "\\", "$": "$"}
_COMMENT = re.compile(r"\s#")
_ARMOUR, _ARMOUR_END = "-----BEGIN ", "-----END "
_SHORTEST_BASE64 = 16


def entries(lines: Iterable[str]) -> Iterator[Item]:
    """Yield the variables of an ``.env`` file in order; they are one group.

    A name that stands alone, as Docker and shells allow it, is a variable without a value: it is inherited.
    """
    todo = [line.rstrip("\r\n") for line in lines]
    at = 0
    while at < len(todo):
        line, number = todo[at], at + 1
        at += 1
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _START.match(line)
        if found is not None and not _is_base64_end(found[1], line[found.end() :]):
            value, at = _value(todo, number - 1, found.end())
            yield Entry(".env", found[1], value, number)
        elif bare := _BARE.fullmatch(line):
            yield Entry(".env", bare[1] or bare[2], "", number)
        else:
            yield Unread(f"Line {number} is not NAME=VALUE.", number)


def _is_base64_end(name: str, rest: str) -> bool:
    """Tell the last line of a key without quotes: what stands before its padding is no name to print."""
    if rest.strip() == "=":
        return True
    mixed = any(map(str.islower, name)) and any(map(str.isupper, name)) and any(map(str.isdigit, name))
    return not rest.strip("= \t") and mixed and len(name) >= _SHORTEST_BASE64 and "_" not in name


def _value(todo: list[str], at: int, start: int) -> tuple[str, int]:
    """Return the value that begins in a line, and the index of the line after it."""
    text = todo[at][start:]
    lead = text.lstrip()
    if lead[:1] in _CLOSING:
        opening = len(todo[at]) - len(lead)
        quoted = _quoted(todo, at, opening)
        if quoted is not None:
            return quoted
        text = lead = lead[1:]  # the quote is never closed: the line, or the key that begins in it, is all there is
    if lead.startswith(_ARMOUR) and _ARMOUR_END not in lead:
        end = _armour_end(todo, at + 1)
        return "\n".join([lead, *todo[at + 1 : end]]), end
    return shell_filled(_unquoted(text)), at + 1


def _armour_end(todo: list[str], at: int) -> int:
    """Return the index of the line after a PEM block that nobody quoted."""
    for place in range(at, len(todo)):
        line = todo[place]
        if line.lstrip().startswith(_ARMOUR_END):
            return place + 1
        found = _START.match(line)
        rest = line[found.end() :] if found else ""
        last = place + 1 < len(todo) and todo[place + 1].lstrip().startswith(_ARMOUR_END) and not rest.strip("= \t")
        if not line.strip() or (found is not None and not last and not _is_base64_end(found[1], rest)):
            return place
    return len(todo)


def _unquoted(text: str) -> str:
    comment = _COMMENT.search(text)
    return (text if comment is None else text[: comment.start()]).strip()


def _quoted(todo: list[str], at: int, opening: int) -> tuple[str, int] | None:
    """Return the value between quotes and the index of the line after it; None when the quote is not closed."""
    quote, closing = todo[at][opening], _CLOSING[todo[at][opening]]
    pieces: list[str] = []
    place, start = at, opening + 1
    while place < len(todo):
        line = todo[place]
        found = closing.match(line, start)
        if found is not None:
            pieces.append(line[start : found.end() - 1])
            return _closed(pieces, quote, line[found.end() :], place + 1)
        whole = line.rstrip()
        if quote == "'" and place == at and whole.endswith("'") and len(whole) > start:
            # In a shell a backslash is nothing special here: 'C:\temp\' ends with its last quote.
            return whole[start:-1], at + 1
        pieces.append(line[start:])
        place, start = place + 1, 0
    return None


def _closed(pieces: list[str], quote: str, rest: str, after: int) -> tuple[str, int] | None:
    text = "\n".join(pieces)
    if rest.strip() and not rest.lstrip().startswith("#"):
        if len(pieces) > 1:
            return None  # text behind the quote: it opens another value, and this one was never closed
        if not rest[0].isspace():
            text += _unquoted(rest).replace(quote, "")
    if quote == "'":
        return text.replace("\\'", "'"), after
    text = _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[0]), text)
    return shell_filled(text), after
