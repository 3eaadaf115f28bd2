"""``smsl scan-env``: the plaintext detector by itself, variables in, JSON lines out; never a value."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from smsl.leaks.classify import classify
from smsl.model.variable import Confidence, EnvironmentVariable, Leak

_FLAGGED, _UNDECIDED = 1, 3


@dataclass(frozen=True, slots=True)
class Row:
    """One variable as it came in."""

    group: str
    """Siblings share it."""
    name: str
    value: str = field(repr=False)
    echo: Mapping[str, object] = field(default_factory=dict, repr=False)
    error: str | None = None


def run(lines: Iterable[str], write: Callable[[str], None]) -> int:
    """Write a line for each variable, in order; return 1 if one is flagged, else 3 if a line was unreadable, else 0.

    Args:
        lines: JSON lines of ``{name, value, group?, ...}``, JSON objects of names to values (one a line, or one over
            many lines, also as Lambda's API writes them), or the text of an ``.env`` file.
        write: Takes one line of output, without its end.
    """
    rows = list(_rows(list(lines)))
    found = _classified(rows)
    flagged = False
    for place, row in enumerate(rows):
        answer = _answer(row, found.get(place))
        flagged = flagged or bool(answer.get("flagged"))
        write(json.dumps({**row.echo, **answer}))
    if flagged:
        return _FLAGGED
    return _UNDECIDED if any(row.error for row in rows) else 0


def _answer(row: Row, variable: EnvironmentVariable | None) -> dict[str, object]:
    if variable is None:
        return {"error": row.error}
    leak = variable.holds if isinstance(variable.holds, Leak) else None
    return {
        "name": row.name,
        "flagged": leak is not None and leak.confidence is not Confidence.LOW,
        "kind": leak.kind if leak else None,
        "confidence": leak.confidence.value if leak else None,
        "place": leak.place if leak else None,
    }


def _classified(rows: list[Row]) -> dict[int, EnvironmentVariable]:
    """Return place in `rows` to what the variable holds; a name that a group holds twice begins a group of its own."""
    groups: defaultdict[tuple[str, int], dict[str, tuple[int, str]]] = defaultdict(dict)
    seen: defaultdict[tuple[str, str], int] = defaultdict(int)
    for place, row in enumerate(rows):
        if row.error is None:
            again = seen[row.group, row.name]
            seen[row.group, row.name] += 1
            groups[row.group, again][row.name] = (place, row.value)
    return {
        members[variable.name][0]: variable
        for members in groups.values()
        for variable in classify({name: value for name, (_, value) in members.items()})
    }


def _rows(lines: list[str]) -> Iterator[Row]:
    first = next((line.strip() for line in lines if line.strip()), "")
    if not first.startswith(("{", "[")):
        yield from _dotenv(lines)
        return
    if _parsed(first) is None:
        document = _parsed("".join(line if line.endswith("\n") else f"{line}\n" for line in lines))
        yield from _of_document(document, "0") if document is not None else [_unread("The text is not JSON.")]
        return
    for number, line in enumerate(lines):
        if line.strip():
            document = _parsed(line)
            yield from (
                _of_document(document, str(number)) if document is not None else [_unread("The line is not JSON.")]
            )


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # the decoder's message quotes the text
        return None


def _unread(error: str, echo: Mapping[str, object] | None = None) -> Row:
    return Row("", "", "", echo or {}, error)


def _of_document(document: object, number: str) -> Iterator[Row]:
    """Yield the variables of one document: a row, a list of rows, or an object of names to values."""
    if isinstance(document, list):
        for at, each in enumerate(document):
            yield from _of_document(each, f"{number}.{at}")
        return
    if not isinstance(document, dict):
        yield _unread("Not a JSON object.")
        return
    if "name" in document and "value" in document:
        yield _row(document, number)
        return
    for member in ("Environment", "Variables"):
        inner = document.get(member)
        document = inner if isinstance(inner, dict) else document
    for name, value in document.items():
        if isinstance(value, str):
            yield Row(f"line {number}", name, value)
        else:
            yield _unread("A value is not a string.", {"name": name})


def _row(document: dict[str, object], number: str) -> Row:
    echo = {member: inner for member, inner in document.items() if member != "value"}
    name, value, group = document["name"], document["value"], document.get("group")
    if not isinstance(name, str) or not isinstance(value, str):
        return _unread(
            "name and value must be strings.", {member: echo[member] for member in ("id", "group") if member in echo}
        )
    return Row(f"line {number}" if group is None else f"group {json.dumps(group)}", name, value, echo)


def _dotenv(lines: list[str]) -> Iterator[Row]:
    """Yield the variables of an ``.env`` file: ``export``, comments, quotes, and quoted values over many lines."""
    todo = iter(line.rstrip("\r\n") for line in lines)
    for line in todo:
        text = line.strip().removeprefix("export ").lstrip()
        if not text or text.startswith("#"):
            continue
        name, sign, value = text.partition("=")
        name, value = name.strip(), value.strip()
        if not sign or not name or any(each.isspace() for each in name):
            yield _unread("The line is not NAME=VALUE.")
            continue
        yield Row(".env", name, _quoted(value, todo) if value[:1] in ("'", '"') else value.split(" #")[0].rstrip())


def _quoted(value: str, following: Iterator[str]) -> str:
    quote, pieces = value[0], [value[1:]]
    while quote not in pieces[-1].replace(f"\\{quote}", ""):
        line = next(following, None)
        if line is None:
            return "\n".join([value, *pieces[1:]])
        pieces.append(line)
    text = "\n".join(pieces)
    end = next(at for at, sign in enumerate(text) if sign == quote and (at == 0 or text[at - 1] != "\\"))
    text = text[:end]
    return text.replace("\\n", "\n").replace('\\"', '"') if quote == '"' else text


if __name__ == "__main__":
    import sys

    from smsl.cli.lines import write_line

    sys.exit(run(sys.stdin, write_line))
