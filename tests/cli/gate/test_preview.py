"""A made-up rule in preview: shown, and failing nothing until that is asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from smsl.cli.gate.asked import Asked
from smsl.cli.gate.gate import gate_of
from smsl.cli.gate.judged import judge
from smsl.model.evidence import Subject, Verdict
from smsl.model.finding import Area, Finding, Rule, Severity
from smsl.model.report import Report
from smsl.model.snapshot import Source

NEW = Rule("made-up", Area.ROLE, Severity.CRITICAL, "", "", preview=True)


def report(*rules: Rule) -> Report:
    names = dict.fromkeys(("arn", "qualified_arn", "name", "label"), "arn")
    subject = SimpleNamespace(function=SimpleNamespace(**names), verdict=Verdict.READABLE, accesses=())
    findings = tuple(Finding(rule, "arn", "r", "m") for rule in rules)
    moment = datetime(2026, 9, 1, tzinfo=UTC)
    return Report("smsl", Source("live", None, None), moment, (cast(Subject, subject),), findings, rules)


@pytest.mark.parametrize(
    ("asked", "settings", "code"),
    [({}, "", 0), ({"preview": True}, "", 1), ({}, "preview = true\n", 1), ({}, "preview = false\n", 0)],
)
def test_a_preview_counts_when_it_is_asked_for(work: Path, asked: dict[str, Any], settings: str, code: int) -> None:
    (work / "smsl.toml").write_text(settings)
    told = judge(report(NEW), gate_of(Asked(**asked)))
    assert (told.code, len(told.report.findings)) == (code, 1)
