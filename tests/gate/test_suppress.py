"""What a suppression silences, as a table."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from smsl.gate.suppress import standing, suppressed
from smsl.model.origin import Origin
from smsl.model.report import Report
from smsl.model.suppression import Applied, Standing, Suppression, SuppressionKind

CASES = json.loads((Path(__file__).parent / "suppressions.json").read_text())
PLACE = Origin("main.tf", 'module.app["a.b"].aws_iam_role.x', 40)


def a_suppression(kind: str = "configuration", at: tuple[str, str] = ("smsl.toml", ""), **fields: Any) -> Suppression:
    until = date.fromisoformat(fields.pop("until")) if "until" in fields else None
    rules = tuple(fields.pop("rules", ("read-wildcard",)))
    return Suppression(rules, "agreed", SuppressionKind(kind), Origin(*at, 7), until, **fields)


def apply(report: Report, *suppressions: Suppression, inline: bool = True) -> Report:
    return suppressed(report, [Applied(each, standing(each, report.taken_at, inline=inline)) for each in suppressions])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_what_is_silenced(case: dict[str, Any], built: Any) -> None:
    report = built.a_report(
        built.a_finding("checkout:live", location=PLACE, variable="DB_URL", resource="checkout-exec"),
        subjects=(built.a_subject("checkout:live"),),
    )
    suppression = a_suppression(**case["suppression"])
    told = apply(report, suppression, inline=case.get("inline", True))
    expected = ("agreed", suppression.kind) if case["silences"] else (None, None)
    assert [(each.suppressed, each.suppressed_by) for each in told.findings] == [expected]
    assert told.suppressions == (
        Applied(suppression, Standing(case.get("standing", "in force")), int(case["silences"])),
    )


def test_the_first_gives_the_reason_and_each_counts(built: Any) -> None:
    report = built.a_report(built.a_finding(), built.a_finding(detail="b"), built.a_finding("other"))
    first, second = a_suppression(function="checkout"), replace(a_suppression(), reason="the second")
    told = apply(report, first, second)
    assert [each.suppressed for each in told.findings] == ["agreed", "agreed", "the second"]
    assert [each.findings for each in told.suppressions] == [2, 3]


def test_a_finding_without_a_place_is_silenced_by_nothing_inline(built: Any) -> None:
    told = apply(
        built.a_report(built.a_finding()), a_suppression("inline", ("main.tf", "checkout")), a_suppression(variable="*")
    )
    assert [each.suppressed for each in told.findings] == [None]


def test_a_function_that_the_report_does_not_know_has_its_arns_name(built: Any) -> None:
    told = apply(built.a_report(built.a_finding("gone")), a_suppression(function="gone"))
    assert [each.suppressed for each in told.findings] == ["agreed"]
