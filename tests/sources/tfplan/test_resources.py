"""Each resource type by a table: what a plan holds of it, and the pieces that it is read as."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smsl.sources.declared.declaration import Place
from smsl.sources.tfplan.read import read_plan
from smsl.sources.tfplan.types import NOT_UNDERSTOOD, READERS

CASES = json.loads((Path(__file__).parent / "resources.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_a_resource_is_read_as(case: dict[str, Any], b: Any) -> None:
    plan = b.planned(case["resources"], providers={"aws": {"region": {"=": "eu-west-1"}}})

    found = read_plan("plan.json", json.dumps(plan), Place("123456789012"))

    inside = [each for each in found.pieces if each.origin.address not in case["resources"]]
    pieces = [*(each for each in found.pieces if each not in inside), *inside]
    actual = [(type(each).__name__, b.shown(each)) for each in pieces]
    assert [kind for kind, _ in actual] == [kind for kind, _ in case["pieces"]]
    for (kind, shown), (_, expected) in zip(actual, case["pieces"], strict=True):
        assert b.holds(shown, expected), (kind, {name: shown.get(name) for name in expected})
    assert dict(found.left_out) == case.get("left_out", {})
    assert dict(found.unread) == case.get("unread", {})


def test_every_type_that_is_read_is_in_the_table() -> None:
    tested = {
        address.removeprefix("data.").split(".")[0]
        for case in CASES
        for address in case["resources"]
        if not address.startswith("data.")
    }

    assert set(READERS) - tested == set()
    assert not NOT_UNDERSTOOD & set(READERS)


@pytest.mark.every(4)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_an_attribute_of_a_wrong_type_is_no_crash(case: dict[str, Any], b: Any) -> None:
    for address, row in case["resources"].items():
        for name in row.get("values", {}):
            for wrong in ([["x"]], {"x": 1}, "text", 7):
                values = {**row["values"], name: wrong}
                plan = b.planned({**case["resources"], address: {**row, "values": values}})
                assert read_plan("plan.json", json.dumps(plan), Place()).kind == "plan"
