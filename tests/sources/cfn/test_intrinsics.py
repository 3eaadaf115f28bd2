"""Each intrinsic function, parameter and reference by a table of what a variable's value comes to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smsl.sources.declared.declaration import Place
from tests.sources.cfn.reading import HERE, shown, value

CASES = json.loads((Path(__file__).parent / "intrinsics.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_value(case: dict[str, Any]) -> None:
    place = HERE if case.get("place", True) else Place()
    found = value(case.get("head", []), case["value"], place, **case.get("parameters", {}))
    assert shown(found) == case["is"]
