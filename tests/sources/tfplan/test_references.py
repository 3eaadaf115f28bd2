"""Where references lead: a table of plans, and what the functions' environments, roles and networks are in each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smsl.sources.declared.declaration import Place
from smsl.sources.tfplan.address import steps, written
from smsl.sources.tfplan.read import read_plan

CASES = json.loads((Path(__file__).parent / "references.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_references_lead_to(case: dict[str, Any], b: Any) -> None:
    plan = b.planned(case["resources"], case.get("modules"), variables=case.get("variables", {}))

    pieces = read_plan("plan.json", json.dumps(plan), Place("123456789012", "eu-west-1")).pieces

    found = {(type(each).__name__, each.origin.address): b.shown(each) for each in pieces}
    for kind, address, expected in case["pieces"]:
        actual = found[kind, address]
        assert b.holds(actual, expected), {name: actual.get(name) for name in expected}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("aws_a.b.c", ("aws_a", "b", "c")),
        ('module.m["k.1"].out[0]', ("module", "m", "k.1", "out", 0)),
        (r'aws_a.b["q\"[x]"].id', ("aws_a", "b", 'q"[x]', "id")),
        ("aws_a.b[", ()),
        ("", ()),
        ("a b", ()),
        ("a." * 2000, ()),
    ],
)
def test_a_reference_has_parts(text: str, parts: tuple[Any, ...]) -> None:
    assert steps(text) == parts


@pytest.mark.parametrize(
    ("listed", "meant"),
    [
        (["aws_a.b[0].id", "aws_a.b[0]", "aws_a.b"], ["aws_a.b[0].id"]),
        (["aws_a.b", "aws_a.b.id"], ["aws_a.b.id"]),
        (["aws_a.b.id", "aws_a.b", "aws_a.bc.id", "aws_a.bc"], ["aws_a.b.id", "aws_a.bc.id"]),
        (["aws_a.b.id", "aws_a.b", "aws_a.b.id", "aws_a.b"], ["aws_a.b.id", "aws_a.b.id"]),
        (["aws_a.b", "each.key"], ["aws_a.b", "each.key"]),
        ([None, 3, "", "aws_a.b"], ["aws_a.b"]),
    ],
)
def test_of_references_that_lead_to_one_another_the_longest_is_meant(listed: list[Any], meant: list[str]) -> None:
    assert written(listed) == meant
