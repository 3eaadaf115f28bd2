"""JSON lines, JSON documents and YAML streams as variables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import NoReturn

from smsl.model.errors import InputError
from smsl.sources.documents.json_tree import plain, tree
from smsl.sources.documents.tree import LineError, Node, Scalar, Sequence, allowance
from smsl.sources.documents.tree import Mapping as Members
from smsl.sources.variables.dialects import items
from smsl.sources.variables.entry import Entry, Item, Unread

_IDENTIFYING = ("id", "group")


def json_items(lines: Iterator[str]) -> Iterator[Item]:
    """Yield the variables of JSON: an object a line as they come, or one document over all lines."""
    blank: list[str] = []
    for first in lines:
        if not first.strip():
            blank.append(first)
        elif _parsed(first) is not None:
            yield from json_line_items(chain([first], lines), len(blank) + 1)
            return
        else:
            rest = [first, *lines]
            yield from _document(rest, len(blank) + 1)
            return


def json_line_items(lines: Iterable[str], number: int = 1) -> Iterator[Item]:
    """Yield the variables of JSON lines, each before the next line is read.

    Args:
        lines: One document each; blank ones are passed over.
        number: Of the first line.
    """
    for at, line in enumerate(lines, number):
        if line.strip():
            document = _parsed(line)
            if isinstance(document, dict) and "name" in document and "value" in document:
                yield _row(document, at, f"line {at}")
            else:
                yield from _tree_items(line.rstrip("\r\n"), at)


def yaml_items(text: str) -> Iterator[Item]:
    """Yield the variables of each document of a YAML stream; JSON is read as such, though it may hold tabs."""
    if text.lstrip().startswith(("{", "[")):
        try:
            yield from _items(tree(text), "1", text, loose=True)
        except InputError:
            pass
        else:
            return
    from smsl.sources.documents.yaml_tree import trees

    budget = allowance(text)
    try:
        for number, document in enumerate(trees(text), 1):
            yield from items(document, str(number), budget, loose=True)
    except InputError as error:
        yield _unread(error)


def _document(lines: list[str], number: int) -> Iterator[Item]:
    """Yield the variables of one document, or of lines of which the first is broken."""
    text = "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
    try:
        document = tree(text, number)
    except InputError as error:
        full = [line for line in lines if line.strip()]
        if len(full) > 1 and full[1].startswith("{"):
            yield from json_line_items(lines, number)
        else:
            yield _unread(error)
        return
    yield from _items(document, f"line {number}", text, loose=False)


def _tree_items(text: str, number: int) -> Iterator[Item]:
    try:
        document = tree(text, number)
    except InputError as error:
        yield _unread(error)
        return
    yield from _items(document, f"line {number}", text, loose=False)


def _items(document: Node, group: str, text: str, *, loose: bool) -> Iterator[Item]:
    """Yield the variables of one JSON document: a row, a list of rows, or an object of names to values."""
    match document:
        case Sequence():
            for at, each in enumerate(document.items):
                yield from _items(each, f"{group}.{at}", text, loose=loose)
        case Members() if {"name", "value"} <= {key.text for key, _ in document.pairs if isinstance(key, Scalar)}:
            row = plain(document)
            if isinstance(row, dict) and len(row) == len(document.pairs):
                yield _row(row, document.line, group)
            else:
                yield Unread(f"Line {document.line} holds the same member twice.", document.line)
        case Members():
            try:
                yield from items(document, group, allowance(text), loose=loose)
            except InputError as error:
                yield _unread(error)
        case _:
            yield Unread(f"Line {document.line} is not a JSON object.", document.line)


def _row(document: Mapping[str, object], line: int, group: str) -> Item:
    echo = {member: inner for member, inner in document.items() if member != "value"}
    name, value, given = document["name"], document["value"], document.get("group")
    value = json.dumps(value) if isinstance(value, bool | int | float) else value
    if not isinstance(name, str) or not isinstance(value, str):
        return Unread(
            "name and value must be strings.", line, {member: echo[member] for member in _IDENTIFYING if member in echo}
        )
    return Entry(group if given is None else f"group {json.dumps(given)}", name, value, line, echo=echo)


def _unread(error: InputError) -> Unread:
    return Unread(str(error), error.line if isinstance(error, LineError) else None)


def _parsed(line: str) -> object:
    """Return what a line holds; None where it is not JSON, too deep, or holds a member twice: told apart later."""
    try:
        return _DECODER.decode(line)
    except (ValueError, RecursionError):
        return None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError
    return members


def _refuse(_constant: str) -> NoReturn:
    raise ValueError


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_refuse)
