"""The verdicts, as data: what AWS documents, each with its reason and source."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from smsl.iam.evaluate import evaluate
from smsl.iam.simulate import read_case

CASES = [
    case for table in sorted((Path(__file__).parent / "cases").glob("*.json")) for case in json.loads(table.read_text())
]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_verdict(case: dict[str, object]) -> None:
    _, request, policies = read_case(case)

    decision = evaluate(request, policies)

    assert case["expect"] == decision.result, case["why"]
    if "needs" in case:
        assert case["needs"] == list(decision.needs)
