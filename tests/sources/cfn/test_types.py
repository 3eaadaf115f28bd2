"""Each type of resource by a table of the pieces that it makes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smsl.sources.cfn.read import READERS
from tests.sources.cfn.reading import agrees, read, shown

CASES = json.loads((Path(__file__).parent / "types.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_pieces(case: dict[str, Any]) -> None:
    declaration = read(case["text"])
    found = [{"kind": type(piece).__name__.removesuffix("Piece"), **shown(piece)} for piece in declaration.pieces]
    expected = [_without_type(piece) for piece in case["pieces"]]
    assert agrees(expected, found), found
    assert dict(declaration.left_out) == case.get("left_out", {})
    assert dict(declaration.unread) == case.get("unread", {})


def _without_type(piece: dict[str, Any]) -> dict[str, Any]:
    """Return an expected piece; what kind of network thing it has is told by the thing's own members."""
    thing = piece.get("thing")
    if thing is None:
        return piece
    kept = {name: value for name, value in thing.items() if name != "type" or thing["type"] in {"Interface", "Gateway"}}
    return {**piece, "thing": kept}


def test_every_type_has_a_row() -> None:
    text = json.dumps(CASES)
    assert [kind for kind in READERS if kind not in text] == []
