"""The policy templates, held against AWS's own expansion of them."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from smsl.model.unknown import Unknown
from smsl.sources.cfn.sam_policies import policy_templates

DATA = Path(__file__).parent.parent.parent.parent / "smsl/sources/cfn/data/sam_policies.json"
TABLE = policy_templates()
same_copy = pytest.mark.skipif(
    f"aws-sam-translator {version('aws-sam-translator')}," not in DATA.read_text()[:500],
    reason="the table was copied from another version of aws-sam-translator",
)
VALUES: tuple[Any, ...] = (
    "orders",
    {"Ref": "OrdersResource"},
    {"Fn::Sub": ["${Prefix}-${Stage}", {"Prefix": {"Ref": "Prefix"}}]},
    {"Fn::GetAtt": ["Orders", "Arn"]},
    {"Fn::ImportValue": {"Fn::Join": ["-", [{"Ref": "SecretArn"}, {"Ref": "TableName"}, {"Ref": "KeyId"}]]}},
)
"""The last has the names of parameters in it, which are there the stack's own."""


def test_the_table_is_dated_and_read_once() -> None:
    assert TABLE.date == "2026-10-12"
    assert TABLE.source_url.startswith("https://docs.aws.amazon.com/")
    assert policy_templates() is TABLE
    assert "KMSDecryptPolicy" in TABLE
    assert "Statement" not in TABLE


@same_copy
def test_the_table_is_what_the_generator_writes(generator: ModuleType) -> None:
    assert DATA.read_text() == generator.sam_policies()


@same_copy
def test_every_template_stands_for_what_it_is_expanded_to() -> None:
    from samtranslator.policy_template_processor.processor import PolicyTemplatesProcessor
    from samtranslator.policy_templates_data import POLICY_TEMPLATES_FILE

    templates = json.loads(Path(POLICY_TEMPLATES_FILE).read_text())
    expansion = PolicyTemplatesProcessor(templates)

    assert list(TABLE.rows) == sorted(templates["Templates"])
    for name, row in TABLE.rows.items():
        for value in VALUES:
            parameters = dict.fromkeys(row["parameters"], value) | {"NotOfTheTemplate": "x"}
            expanded = expansion.convert(name, parameters)
            assert {"Statement": list(as_tuple(TABLE.statements(name, parameters)))} == expanded


def as_tuple(found: object) -> tuple[Any, ...]:
    assert isinstance(found, tuple)
    return found


def test_a_secret_by_reference() -> None:
    assert TABLE.statements("AWSSecretsManagerGetSecretValuePolicy", {"SecretArn": {"Ref": "Secret"}}) == (
        {
            "Action": ["secretsmanager:GetSecretValue"],
            "Effect": "Allow",
            "Resource": {"Fn::Sub": ["${secretArn}", {"secretArn": {"Ref": "Secret"}}]},
        },
    )


@pytest.mark.parametrize(
    ("name", "parameters", "reason"),
    [
        ("NoSuchPolicy", {}, "policy template NoSuchPolicy is not in the table of 2026-10-12"),
        ("KMSDecryptPolicy", {"Key": "1"}, "policy template KMSDecryptPolicy is not told its KeyId"),
        (
            "DynamoDBStreamReadPolicy",
            {},
            "policy template DynamoDBStreamReadPolicy is not told its StreamName and TableName",
        ),
    ],
)
def test_what_cannot_be_told_is_unknown_by_name(name: str, parameters: dict[str, str], reason: str) -> None:
    assert TABLE.statements(name, parameters) == Unknown(reason)
