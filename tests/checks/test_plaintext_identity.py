"""A plaintext secret is recognised by its variable's name and its kind, and by nothing of its value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from smsl.checks.plaintext_secret import check
from smsl.model.evidence import Evidence
from smsl.render.fingerprint import fingerprint

Build = Callable[[Mapping[str, Any]], Evidence]
LEAK = {"leak": ["password", "high", None]}


def identity(evidence: Evidence) -> str:
    [finding] = check(evidence)
    return fingerprint(finding)


@pytest.mark.parametrize(
    "leak",
    [
        LEAK,
        {"leak": ["password", "medium", None]},
        {"leak": ["password", "high", "JSON member"]},
        {**LEAK, "same": ["orders/DB_PASSWORD"], "more": 3},
    ],
)
@pytest.mark.parametrize("key", [None, "arn:aws:kms:eu-west-1:123456789012:key/1234abcd"])
def test_it_stays(leak: dict[str, Any], key: str | None, evidence_of: Build) -> None:
    first = identity(evidence_of({"variables": {"DB_PASSWORD": LEAK}}))

    assert identity(evidence_of({"variables": {"DB_PASSWORD": leak}, "function": {"environment_key": key}})) == first


def test_a_longer_value_is_the_same(evidence_of: Build) -> None:
    evidence = evidence_of({"variables": {"DB_PASSWORD": LEAK}})
    [subject] = evidence.subjects
    assert isinstance(subject.function.variables, tuple)
    longer = tuple(replace(each, length=99) for each in subject.function.variables)
    other = replace(evidence, subjects=(replace(subject, function=replace(subject.function, variables=longer)),))

    assert identity(other) == identity(evidence)


@pytest.mark.parametrize(
    "variables", [{"PGPASSWORD": LEAK}, {"DB_PASSWORD": {"leak": ["stripe-key", "high", None]}}], ids=["name", "kind"]
)
def test_another_name_or_kind_is_another(variables: dict[str, Any], evidence_of: Build) -> None:
    assert identity(evidence_of({"variables": variables})) != identity(
        evidence_of({"variables": {"DB_PASSWORD": LEAK}})
    )
