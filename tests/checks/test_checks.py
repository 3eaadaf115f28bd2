"""Every check on its own: what it says of one Evidence, and that it is silent on the next."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from smsl.checks import CHECKS
from smsl.model.evidence import Evidence
from smsl.model.finding import Confidence

CASES = Path(__file__).parent / "cases"
BY_RULE = {check.RULE.id: check for check in CHECKS}
TABLE: list[tuple[str, dict[str, Any]]] = [
    (path.stem, case) for path in sorted(CASES.glob("*.json")) for case in json.loads(path.read_text())
]


@pytest.mark.parametrize(("rule", "case"), TABLE, ids=[f"{rule}: {case['case']}" for rule, case in TABLE])
def test_case(rule: str, case: dict[str, Any], evidence_of: Callable[[Mapping[str, Any]], Evidence]) -> None:
    evidence = evidence_of(case["evidence"])
    found = list(BY_RULE[rule].check(evidence))

    assert [finding.message for finding in found] == case["found"]
    assert all(finding.rule.id == rule and finding.detail for finding in found)
    assert all(finding.function == evidence.snapshot.functions[0].qualified_arn for finding in found)
    if "because" in case:
        assert [list(finding.because) for finding in found] == case["because"]
    if "resource" in case:
        assert [finding.resource for finding in found] == case["resource"]
    if "confidence" in case:
        assert [finding.confidence for finding in found] == [Confidence(each) for each in case["confidence"]]
    assert len({(finding.resource, finding.detail) for finding in found}) == len(found), "fingerprints collide"


@pytest.mark.parametrize("rule", BY_RULE)
def test_a_check_fires_and_is_silent(rule: str) -> None:
    found = [case["found"] for stem, case in TABLE if stem == rule]

    assert any(found), f"no case in which {rule} fires"
    assert not all(found), f"no case in which {rule} is silent"
