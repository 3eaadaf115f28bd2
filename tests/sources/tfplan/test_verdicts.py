"""Plans that a real Terraform made, and what comes of each function that they deploy."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smsl.audit import audit
from smsl.sources.declared.assemble import assemble
from smsl.sources.declared.declaration import Place
from smsl.sources.tfplan.read import read_plan

HERE = Path(__file__).parent
CASES = json.loads((HERE / "verdicts.json").read_text())


@pytest.mark.parametrize("name", CASES)
def test_what_comes_of_each_function(name: str) -> None:
    text = (HERE / "plans" / name / "plan.json").read_text()
    plan = read_plan("plan.json", text, Place("123456789012", "eu-west-1"))

    report = audit(assemble([plan], datetime(2026, 1, 2, tzinfo=UTC)))

    assert {each.function.name: each.verdict.value for each in report.subjects} == CASES[name]
