"""Templates of the shapes that are found in public are read, audited, and say what they do not tell.

Each is written anew; its first line says where its shape was found.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smsl.audit import audit
from smsl.model.unknown import Unknown
from smsl.sources.declared.assemble import assemble
from tests.sources.cfn.reading import read

SHAPES = Path(__file__).parent / "shapes"
EXPECTED = json.loads((Path(__file__).parent / "shapes.json").read_text(encoding="utf-8"))


def test_each_shape_is_expected() -> None:
    assert sorted(EXPECTED) == sorted(path.name for path in SHAPES.iterdir())


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_shape(name: str) -> None:
    declaration = read((SHAPES / name).read_text(encoding="utf-8"), file=name)
    snapshot = assemble([declaration], datetime(2026, 1, 1, tzinfo=UTC))
    report = audit(snapshot)
    found = {
        "functions": {snapshot.origins[(each.function.arn,)].address: str(each.verdict) for each in report.subjects},
        "findings": sorted({finding.rule.id for finding in report.findings}),
    }
    if declaration.left_out:
        found["left_out"] = dict(declaration.left_out)
    assert found == EXPECTED[name]
    for piece in declaration.pieces:
        unknown = [
            value for value in (getattr(piece, each, None) for each in piece.__slots__) if isinstance(value, Unknown)
        ]
        assert all(each.reason for each in unknown)
