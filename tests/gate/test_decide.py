"""The exit code, as a table."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from smsl.gate.decide import exit_code
from smsl.model.evidence import Subject, Verdict
from smsl.model.finding import Area, Finding, Rule, Severity
from smsl.model.origin import Assumption, Gap
from smsl.model.report import Compared, NamedUnknown, Report
from smsl.model.snapshot import Source

GAP = Gap("kms:GetKeyPolicy", "AccessDenied", "kms:GetKeyPolicy")
KNOWN = Compared(
    "b", 0, 0, frozenset({NamedUnknown("arn", "prod/db", ("the key policy was not read",))}), frozenset({GAP})
)
GUESS = Assumption(
    "SCPs: assumed not to deny", "organizations:ListPolicies", "AccessDenied", "organizations:ListPolicies"
)


def report(verdict: str | None, *severities: str, **changes: Any) -> Report:
    subjects = ()
    if verdict is not None:
        wanted = SimpleNamespace(text="prod/db")
        access = SimpleNamespace(verdict=Verdict(verdict), wanted=wanted, unknowns=("the key policy was not read",))
        function = SimpleNamespace(qualified_arn="arn", variables=())
        subject = SimpleNamespace(function=function, verdict=Verdict(verdict), accesses=(access,))
        subjects = (cast(Subject, subject),)
    findings = tuple(
        Finding(
            Rule("a-rule", Area.ROLE, Severity[each.strip("~?").upper()], "", "", preview=each.startswith("?")),
            "arn",
            "r",
            "m",
            suppressed="agreed" if each.startswith("~") else None,
        )
        for each in severities
    )
    rules = changes.pop("rules", (Rule("read-denied", Area.ROLE, Severity.CRITICAL, "", ""),))
    moment = datetime(2026, 9, 1, tzinfo=UTC)
    return Report("smsl", Source("live", None, None), moment, subjects, findings, rules, **changes)


@pytest.mark.parametrize(
    ("told", "fail_on", "fail", "warn"),
    [
        (report("readable"), "high", 0, 0),
        (report("readable", "medium", "low"), "high", 0, 0),
        (report("readable", "medium"), "medium", 1, 1),
        (report("readable", "high"), "high", 1, 1),
        (report("readable", "high"), "critical", 0, 0),
        (report("blocked", "critical"), "critical", 1, 1),
        (report("readable", "~critical"), "low", 0, 0),
        (report("no-secret-named"), "low", 0, 0),
        (report("unknown"), "high", 3, 0),
        (report("unknown", "low"), "critical", 3, 0),
        (report("unknown", "high"), "high", 1, 1),
        (report("readable", gaps=(GAP,)), "high", 3, 0),
        (report("readable", "critical", gaps=(GAP,)), "high", 1, 1),
        (report("readable", assumptions=(GUESS,)), "low", 0, 0),
        (report("unknown", rules=(Rule("plaintext-secret", Area.ENV, Severity.HIGH, "", ""),)), "high", 0, 0),
        (report("readable", "?critical"), "low", 0, 0),
        (report("readable", "?critical", "low"), "low", 1, 1),
        (report("readable", "?critical", previews=True), "high", 1, 1),
        (report("unknown", compared=KNOWN), "high", 0, 0),
        (report("unknown", "high", compared=KNOWN), "high", 1, 1),
        (report("unknown", compared=Compared("b", 0, 0)), "high", 3, 0),
        (report("unknown", compared=KNOWN, gaps=(GAP,)), "high", 0, 0),
        (report("unknown", compared=KNOWN, gaps=(GAP, replace(GAP, call="iam:GetRole"))), "high", 3, 0),
        (report(None, compared=KNOWN, gaps=(GAP,)), "high", 2, 2),
        (report(None), "high", 2, 2),
        (report(None, gaps=(GAP,)), "high", 3, 2),
    ],
)
def test_exit_code(told: Report, fail_on: str, fail: int, warn: int) -> None:
    assert exit_code(told, Severity[fail_on.upper()]) == fail
    assert exit_code(told, Severity[fail_on.upper()], fail_on_unknown=False) == warn
