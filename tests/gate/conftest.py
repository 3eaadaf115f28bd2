"""Built reports: functions that are nothing but their names, and findings that are nothing but their identity."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from smsl.model.evidence import Subject, Verdict
from smsl.model.finding import Area, Finding, Rule, Severity
from smsl.model.report import Report
from smsl.model.snapshot import Source

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:"
TAKEN = datetime(2026, 9, 1, 23, 30, tzinfo=UTC)


def a_rule(name: str = "read-wildcard", severity: Severity = Severity.HIGH, **changes: Any) -> Rule:
    return Rule(name, Area.ROLE, severity, name, "Why.", **changes)


def a_subject(name: str, verdict: Verdict = Verdict.READABLE, *accesses: Any) -> Subject:
    base = name.partition(":")[0]
    function = SimpleNamespace(arn=f"{ARN}{base}", qualified_arn=f"{ARN}{name}", name=base, label=name, variables=())
    return cast(Subject, SimpleNamespace(function=function, verdict=verdict, accesses=accesses, wanted_from="its code"))


def an_access(secret: str, verdict: Verdict, *unknowns: str) -> Any:
    return SimpleNamespace(
        verdict=verdict, wanted=SimpleNamespace(text=secret), unknowns=unknowns, needs=(), secret=None, blockers=()
    )


def a_finding(name: str = "checkout", rule: Rule | None = None, **changes: Any) -> Finding:
    fields: dict[str, Any] = {"resource": f"{name}-exec", "message": "m", "detail": "all secrets"}
    return Finding(rule or a_rule(), f"{ARN}{name}", **(fields | changes))


def a_report(*findings: Finding, subjects: tuple[Subject, ...] = (), **changes: Any) -> Report:
    fields: dict[str, Any] = {"rules": (a_rule(),)}
    subjects = subjects or (a_subject("checkout"),)
    return Report("smsl", Source("live", None, None), TAKEN, subjects, findings, **(fields | changes))


@pytest.fixture(scope="session")
def built() -> Any:
    """The makers, by name."""
    makers = (a_rule, a_subject, an_access, a_finding, a_report)
    return SimpleNamespace(**{each.__name__: each for each in makers})
