"""Variables in (``.env``, a JSON object, JSON lines), one verdict a line out: never a value."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from smsl.leaks.classify import classify
from smsl.model.errors import InputError
from smsl.model.variable import Confidence, EnvironmentVariable, Leak

_FLAGGED = (Confidence.HIGH, Confidence.MEDIUM)


@dataclass(frozen=True, slots=True)
class _Row:
    """One variable as it was read; siblings share a group."""

    name: str
    value: str
    group: object
    echo: tuple[tuple[str, Any], ...]


def run(lines: Iterable[str], write: Callable[[str], None]) -> int:
    """Write a line for each variable, in order; return 1 when one is flagged, else 0.

    Raises:
        InputError: The input is none of the three formats: the message names the line, never its text.
    """
    rows = list(_rows(list(lines)))
    groups: dict[str, dict[str, str]] = {}
    for row in rows:
        groups.setdefault(repr(row.group), {})[row.name] = row.value
    found = {key: {each.name: each for each in classify(group)} for key, group in groups.items()}
    flagged = False
    for row in rows:
        answer = _answer(row, found[repr(row.group)][row.name])
        flagged = flagged or bool(answer["flagged"])
        write(json.dumps(answer))
    return int(flagged)


def _answer(row: _Row, variable: EnvironmentVariable) -> dict[str, Any]:
    leak = variable.holds if isinstance(variable.holds, Leak) else None
    return {
        **dict(row.echo),
        "name": row.name,
        "flagged": leak is not None and leak.confidence in _FLAGGED,
        "kind": leak.kind if leak else None,
        "confidence": str(leak.confidence) if leak else None,
        "place": leak.place if leak else None,
    }


def _rows(lines: list[str]) -> Iterator[_Row]:
    text = "".join(lines)
    if not text.lstrip().startswith("{"):
        yield from _dotenv(lines)
        return
    whole = _loaded(text)
    if isinstance(whole, dict) and not {"name", "value"} <= set(whole):
        yield from (_Row(name, value, "object", ()) for name, value in whole.items() if isinstance(value, str))
        return
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _json_line(number, line)


def _loaded(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _json_line(number: int, line: str) -> _Row:
    row = _loaded(line)
    if not isinstance(row, dict) or not isinstance(row.get("name"), str) or not isinstance(row.get("value"), str):
        raise InputError(f"Line {number} is no JSON object with a name and a value.", "Expected {name, value, group?}.")
    echo = tuple((member, value) for member, value in row.items() if member not in ("name", "value"))
    return _Row(row["name"], row["value"], row.get("group", ("line", number)), echo)


def _dotenv(lines: list[str]) -> Iterator[_Row]:
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.removeprefix("export ").partition("=")
        if not equals or not name.strip():
            raise InputError(f"Line {number} is no NAME=value.", "Expected .env, a JSON object or JSON lines.")
        yield _Row(name.strip(), _unquoted(value.strip()), "file", ())


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if quoted else value
