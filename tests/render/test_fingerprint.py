"""A finding's identity stands on what it is, not on how or where it is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smsl.model.finding import Area, Finding, Rule, Severity
from smsl.model.origin import Origin
from smsl.render.fingerprint import fingerprint

RULE = Rule("plaintext-secret", Area.ENV, Severity.HIGH, "Secret in plain text", "")
FINDING = Finding(RULE, "arn:function", "DB_PASSWORD", "message", detail="password")


def test_it_is_fixed_for_all_time() -> None:
    assert fingerprint(FINDING) == "5eba77d6bddcb601"
    assert fingerprint(replace(FINDING, message="other", location=Origin("a.tf", "", 9))) == "5eba77d6bddcb601"


@pytest.mark.parametrize(
    "other",
    [
        replace(FINDING, function="arn:functio", resource="nDB_PASSWORD"),
        replace(FINDING, detail="key"),
        replace(FINDING, resource="API_KEY"),
        replace(FINDING, rule=replace(RULE, id="plaintext-readers")),
    ],
)
def test_another_fault_has_another(other: Finding) -> None:
    assert fingerprint(other) != fingerprint(FINDING)
