"""What a suppression silences, as a table."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from smsl.gate.baseline import identity
from smsl.gate.suppress import Trust, same, standing, suppressed
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
    trust = Trust(inline)
    return suppressed(report, [standing(each, report.taken_at, trust) for each in suppressions])


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


def test_what_is_written_elsewhere_too_is_silenced_there(built: Any) -> None:
    report = built.a_report(built.a_finding(location=PLACE, related=(Origin("f.tf", "aws_lambda_function.f", 2),)))
    for suppression in (a_suppression("inline", ("f.tf", "aws_lambda_function.f")), a_suppression(address="*.f")):
        assert [each.suppressed for each in apply(report, suppression).findings] == ["agreed"]


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


KNOWN = a_suppression("inline", ("main.tf", "checkout"))


@pytest.mark.parametrize(
    ("trust", "suppression", "expected"),
    [
        (Trust(), KNOWN, (Standing.IN_FORCE, None)),
        (Trust(known=frozenset()), KNOWN, (Standing.IN_FORCE, True)),
        (Trust(known=frozenset({identity(KNOWN)})), KNOWN, (Standing.IN_FORCE, False)),
        (Trust(known=frozenset({identity(KNOWN)})), replace(KNOWN, reason="x"), (Standing.IN_FORCE, False)),
        (Trust(known=frozenset({identity(KNOWN)})), replace(KNOWN, rules=("*",)), (Standing.IN_FORCE, True)),
        (Trust(known=frozenset({identity(KNOWN)})), replace(KNOWN, until=date(2027, 1, 1)), (Standing.IN_FORCE, True)),
        (Trust(revision="main"), KNOWN, (Standing.UNTRUSTED, True)),
        (Trust(revision="main", known=frozenset({identity(KNOWN)})), KNOWN, (Standing.IN_FORCE, False)),
        (Trust(False, frozenset({identity(KNOWN)}), "main"), KNOWN, (Standing.IGNORED, False)),
        (Trust(revision="main"), replace(KNOWN, until=date(2026, 1, 1)), (Standing.EXPIRED, True)),
        (Trust(), a_suppression(), (Standing.IN_FORCE, None)),
        (Trust(known=frozenset()), a_suppression(), (Standing.IN_FORCE, None)),
        (Trust(revision="main"), a_suppression(), (Standing.IN_FORCE, False)),
    ],
)
def test_whom_to_trust(trust: Trust, suppression: Suppression, expected: tuple[Standing, bool | None]) -> None:
    found = standing(suppression, datetime(2026, 9, 1, tzinfo=UTC), trust)
    assert (found.standing, found.new) == expected


def test_the_same_is_what_silences_the_same() -> None:
    one = a_suppression(function="a")
    assert same(one, replace(one, reason="other", origin=Origin("pyproject.toml", "", 1)))
    for other in ({"function": "b"}, {"rules": ("x",)}, {"until": date(2027, 1, 1)}, {"variable": "*"}):
        assert not same(one, replace(one, **other))
