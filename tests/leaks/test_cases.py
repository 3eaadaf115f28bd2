"""The case tables: settings, references, vetoes, places inside values, names.

A value is written as a form (`smsl.leaks.providers`), so that no text in the tree looks like anybody's credential.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smsl.leaks.classify import classify
from smsl.leaks.formats import example
from smsl.model.variable import Ciphertext, Confidence, Leak, Other, Reference, Setting

KNOWN = frozenset({"my-listed-secret"})
TABLES = sorted((Path(__file__).parent / "cases").glob("*.json"))
ROWS = [
    pytest.param(row, id=f"{table.stem}-{number}-{row['name']}")
    for table in TABLES
    for number, row in enumerate(json.loads(table.read_text()))
]


@pytest.mark.parametrize("row", ROWS)
def test_case(row: dict[str, Any]) -> None:
    value = example(row["value"])
    [variable] = classify({row["name"]: value}, KNOWN)
    holds = variable.holds
    assert (variable.name, variable.length) == (row["name"], len(value))
    match row["holds"]:
        case "setting":
            assert holds == Setting(row["setting"], row["setting"] is not None)
        case "reference":
            assert isinstance(holds, Reference)
            assert (holds.kind, holds.certain) == (row["kind"], True)
            assert holds.text is not None
            assert value.startswith(holds.text)
        case "possible":
            assert holds == Reference(None, row["kind"], certain=False)
        case "leak" | "debatable" as expected:
            assert isinstance(holds, Leak)
            assert (holds.confidence is Confidence.LOW) == (expected == "debatable")
            assert holds.kind == row.get("kind", holds.kind)
            assert holds.place == row.get("place", holds.place)
        case "ciphertext":
            assert holds == Ciphertext(row["kind"])
        case _:
            assert holds == Other() or (isinstance(holds, Reference | Ciphertext) and not getattr(holds, "text", None))
