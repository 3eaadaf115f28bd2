"""Whatever is changed in a plan, it is read, or refused in a sentence; and nothing of a value is in what is said."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.model.errors import InputError
from smsl.sources.declared.assemble import assemble
from smsl.sources.declared.declaration import Place
from smsl.sources.tfplan.read import read_plan

PLANS = Path(__file__).parent / "plans"
INFRASTRUCTURES = PLANS.parent.parent.parent / "infrastructures"
TEXTS = [
    (INFRASTRUCTURES / "10-vpc-endpoint" / "plan.json").read_text(),
    *(
        next((PLANS / name).glob("*.json")).read_text()
        for name in ("module-each", "dynamic-blocks", "separate-network", "default-network", "update", "state", "keys")
    ),
]
PLANTED = "not-a-real-password-4711"
_NAMES = st.sampled_from(["references", "id", "x"])
_WORDS = st.sampled_from(
    [
        *(PLANTED, "", "⟨x⟩", "⟪x⟫", "10.0.0.0/8", "]", "a[", "{}"),
        *("aws_vpc.main.id", "var.x", "module.place", "each.value"),
    ]
)
ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | _WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def changed(draw: st.DrawFn) -> str:
    """Draw a plan with a few of its members taken away or put in another's place."""
    document = copy.deepcopy(json.loads(draw(st.sampled_from(TEXTS))))
    for _ in range(draw(st.integers(1, 4))):
        _change(draw, document)
    return json.dumps(document)


def _change(draw: st.DrawFn, document: Any) -> None:
    inner = document
    while True:
        keys = list(inner) if isinstance(inner, dict) else list(range(len(inner)))
        if not keys:
            return
        key = draw(st.sampled_from(keys))
        if not isinstance(inner[key], dict | list) or not draw(st.integers(0, 5)):
            break
        inner = inner[key]
    match draw(st.sampled_from(["gone", "odd", "twice"])):
        case "gone":
            del inner[key]
        case "odd":
            inner[key] = draw(ODD)
        case _ if isinstance(inner, list):
            inner.append(inner[key])
        case _:
            inner[draw(st.sampled_from(["references", "after", "statement", "route"]))] = inner[key]


def read(text: str) -> None:
    refused: InputError | None = None
    try:
        found = read_plan("plan.json", text, Place())
    except InputError as error:
        refused = error
    assert PLANTED not in str(refused)
    if refused is not None:
        return
    assemble([found], datetime(2026, 1, 2, tzinfo=UTC))
    assert PLANTED not in "".join(found.left_out.values())


@settings(max_examples=60)
@given(changed())
def test_a_changed_plan_is_read_or_refused(text: str) -> None:
    read(text)


@pytest.mark.verify
@settings(max_examples=800)
@given(changed())
def test_many_changed_plans_are_read_or_refused(text: str) -> None:
    read(text)


@settings(max_examples=60)
@given(st.sampled_from(TEXTS), st.floats(0, 1), st.sampled_from(["", PLANTED, "}", '"', "\x00", "é"]))
def test_a_text_that_is_cut_is_refused(text: str, at: float, end: str) -> None:
    read(text[: int(at * len(text))] + end)


def test_references_that_multiply_are_followed_in_bounded_time(b: Any) -> None:
    """Each output refers thirty times to the one before it: thirty to the power of thirty ends."""
    modules: dict[str, Any] = {}
    rows: dict[str, Any] = {
        f"aws_secretsmanager_secret.s{i}": {"values": {"name": f"s{i}"}, "unknown": ["arn"]} for i in range(30)
    }
    before = [f"aws_secretsmanager_secret.s{i}.arn" for i in range(30)]
    for depth in range(30):
        modules[f"m{depth}"] = {"given": {"x": before}, "outputs": {f"o{i}": ["var.x"] for i in range(30)}}
        before = [f"module.m{depth}.o{i}" for i in range(30)]
    rows["aws_lambda_function.fn"] = {
        "values": {"function_name": "f", "role": "r", "layers": [None]},
        "unknown": {"layers": [True]},
        "written": {"layers": before},
    }

    found = read_plan("plan.json", json.dumps(b.planned(rows, modules)), Place())

    assert [each for each in found.pieces if type(each).__name__ == "FunctionPiece"]
