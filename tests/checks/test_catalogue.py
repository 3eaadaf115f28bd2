"""The catalogue: one name per rule, every module listed, each docstring with a fix and a source."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import cast

import pytest

import smsl.checks
from smsl.checks import CHECKS, Check

HERE = Path(__file__).parent
ROOM = Path(smsl.checks.__file__).parent
CATALOGUE: dict[str, dict[str, list[str]]] = json.loads((HERE / "catalogue.json").read_text())
BY_RULE = {check.RULE.id: check for check in CHECKS}


def test_the_catalogue_gives_area_and_severity() -> None:
    placed = {
        rule: (area, severity)
        for area, severities in CATALOGUE.items()
        for severity, rules in severities.items()
        for rule in rules
    }

    assert {rule: (str(c.RULE.area), str(c.RULE.severity)) for rule, c in BY_RULE.items()} == placed


def test_every_module_is_listed_once() -> None:
    modules = {path.stem for path in ROOM.glob("*.py")} - {"__init__"}

    assert {_module(check).__name__.rsplit(".", 1)[-1] for check in CHECKS} == modules
    assert len(BY_RULE) == len(CHECKS) == len(modules)


def test_every_rule_has_its_cases_and_no_other() -> None:
    assert {path.stem for path in (HERE / "cases").glob("*.json")} == set(BY_RULE)


@pytest.mark.parametrize("rule", BY_RULE)
def test_one_name(rule: str) -> None:
    assert _module(BY_RULE[rule]).__name__ == f"smsl.checks.{rule.replace('-', '_')}"


@pytest.mark.parametrize("rule", BY_RULE)
def test_the_docstring_says_what_why_how_and_where_from(rule: str) -> None:
    doc = BY_RULE[rule].RULE.doc

    assert doc == _module(BY_RULE[rule]).__doc__
    first, _, rest = doc.partition("\n\n")
    assert first.endswith(".")
    assert "\n" not in first
    assert rest.strip()
    assert "\nFix: " in doc
    assert "\nSource: https://" in doc
    assert len(BY_RULE[rule].RULE.title) <= 50


@pytest.mark.verify
@pytest.mark.parametrize("module", sorted(path.stem for path in ROOM.glob("*.py") if path.stem != "__init__"))
def test_a_check_imports_alone(module: str) -> None:
    subprocess.run([sys.executable, "-c", f"import smsl.checks.{module}"], check=True)


def _module(check: Check) -> ModuleType:
    return cast(ModuleType, check)
