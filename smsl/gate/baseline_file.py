"""A baseline as a file: JSON of the schema ``smsl.baseline/1``, sorted, an entry a line, so that a change can be read.

The schema is changed only by adding.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from smsl.gate.baseline import Baseline, Entry, KnownGap, KnownSuppression
from smsl.model.errors import InputError
from smsl.model.report import NamedUnknown
from smsl.render.neutral import json_text

SCHEMA = "smsl.baseline/1"
_STEP = "Write it anew: smsl audit ... --write-baseline FILE"
T = TypeVar("T")


def text_of(baseline: Baseline) -> str:
    """Return the file's text, with a final line end."""
    lists: Mapping[str, Sequence[Mapping[str, Any]]] = {
        "findings": [
            {
                "rule": each.rule,
                "function": each.function,
                "resource": each.resource,
                "detail": each.detail,
                "fingerprint": each.fingerprint,
            }
            for each in baseline.findings
        ],
        "unknowns": [
            {"function": each.function, "secret": each.secret, "reasons": list(each.reasons)}
            for each in baseline.unknowns
        ],
        "gaps": [{"call": each.call, "error": each.error} for each in baseline.gaps],
        "suppressions": [
            {
                "kind": each.kind,
                "rules": list(each.rules),
                "file": each.file,
                "address": each.address,
                "until": each.until or None,
            }
            for each in baseline.suppressions
        ],
    }
    return "{\n" + ",\n".join([f'  "schema": "{SCHEMA}"', *(_lines(*each) for each in lists.items())]) + "\n}\n"


def _lines(name: str, entries: Sequence[Mapping[str, Any]]) -> str:
    if not entries:
        return f'  "{name}": []'
    return f'  "{name}": [\n' + ",\n".join(f"    {json_text(each)}" for each in entries) + "\n  ]"


def parse(text: str, file: str) -> Baseline:
    """Return the baseline that a text holds.

    Args:
        text: All of the file.
        file: As it is named to a reader.

    Raises:
        InputError: It is none, or damaged; the place is part of it.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{file}:{error.lineno}: The baseline is not JSON.", _STEP) from None
    except (ValueError, RecursionError):
        raise InputError(f"{file}: The baseline is not JSON.", _STEP) from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise InputError(f"{file}: This is not a baseline of schema {SCHEMA}.", _STEP)
    return Baseline(
        _each(document, "findings", _entry, file),
        _each(document, "unknowns", _unknown, file),
        _each(document, "gaps", lambda row: KnownGap(_text(row["call"]), _text(row["error"])), file),
        _each(document, "suppressions", _suppression, file),
    )


def _each(document: Mapping[str, Any], name: str, read: Callable[[Mapping[str, Any]], T], file: str) -> tuple[T, ...]:
    rows = document.get(name, [])
    if not isinstance(rows, list):
        raise InputError(f"{file}: The baseline's {name} are no list.", _STEP)
    found = []
    for number, row in enumerate(rows, 1):
        try:
            found.append(read(row))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise InputError(f"{file}: Entry {number} of the baseline's {name} is damaged.", _STEP) from None
    return tuple(found)


def _entry(row: Mapping[str, Any]) -> Entry:
    entry = Entry(*(_text(row[name]) for name in ("rule", "function", "resource", "detail")))
    if row["fingerprint"] != entry.fingerprint:
        raise ValueError  # what a reviewer reads in it must be what it silences
    return entry


def _unknown(row: Mapping[str, Any]) -> NamedUnknown:
    return NamedUnknown(_text(row["function"]), _text(row["secret"]), _texts(row["reasons"]))


def _suppression(row: Mapping[str, Any]) -> KnownSuppression:
    until = "" if row["until"] is None else _text(row["until"])
    rules = tuple(sorted(_texts(row["rules"])))
    return KnownSuppression(_text(row["kind"]), rules, _text(row["file"]), _text(row["address"]), until)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(_text(each) for each in value)
