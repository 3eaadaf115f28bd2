"""The recorded cases, and cases made by small edits of base networks."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from smsl.cli.reach import judge
from smsl.model.reach import LAYER_OF_CODE
from smsl.net.codes import FIX, MEANING

HERE = Path(__file__).parent
_SPEC = importlib.util.spec_from_file_location("net_edits", HERE / "edits.py")
assert _SPEC is not None
assert _SPEC.loader is not None
edits = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(edits)

RECORDED = sorted((HERE / "cases").glob("*.json"))
EDITED: list[dict[str, Any]] = [
    row
    for name in ("edited_cases", "adverse_cases")
    for row in json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_recorded(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    expected = case["expected"]
    found = judge(case["name"], case)
    assert found["verdict"] in {expected["verdict"], *expected["also_accept"]}
    assert found["per_subnet"] == expected["per_subnet"]
    assert set(expected["blockers"]) <= set(found["blockers"])
    assert set(found["blockers"]) <= {*expected["blockers"], *expected["optional_blockers"]}
    assert found["warnings"] == expected["warnings"]
    if found["verdict"] in {"reachable", "partial"}:
        assert found["path"] in expected["path_any"]


@pytest.mark.parametrize("row", EDITED, ids=lambda row: row["id"])
def test_edited(row: dict[str, Any]) -> None:
    found = judge(row["id"], edits.edited(edits.base(row["base"]), row["edits"]))
    assert (found["verdict"], sorted(found["blockers"])) == (row["verdict"], sorted(row["blockers"])), row["why"]
    assert sorted(found["warnings"]) == sorted(row["warnings"])
    assert found["path"] == row.get("path", found["path"])
    assert found["per_subnet"] == row.get("per_subnet", found["per_subnet"])


def test_each_edited_case_is_one_of_a_kind_and_cited() -> None:
    assert len({row["id"] for row in EDITED}) == len(EDITED)
    assert all(row["source"].startswith("https://docs.aws.amazon.com/") and row["why"] for row in EDITED)


def test_every_code_is_expected_twice_over() -> None:
    assert len(EDITED) >= 150
    counts = Counter(code for row in EDITED for code in (*row["blockers"], *row["warnings"]))
    assert {code: counts[code] for code in MEANING if counts[code] < 2} == {}


def test_every_code_has_a_layer_and_a_fix() -> None:
    assert set(LAYER_OF_CODE) == set(MEANING) == set(FIX)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_every_no_has_a_hop_to_point_at(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    found = judge(case["name"], case)
    for subnet, verdict in found["per_subnet"].items():
        stopped = [hop for hop in found["hops"][subnet] if hop["passed"] is not True]
        assert bool(stopped) == (verdict != "reachable")
