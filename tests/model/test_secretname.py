"""What a policy's Resource, or an ARN, says of a secret's name."""

from __future__ import annotations

import pytest

from smsl.model.secretname import granted_name, lacks_suffix, name_of_arn, secret_of_parameter

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:"


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        (ARN + "prod/db-AbCdEf", "prod/db"),
        (ARN + "prod/db-??????", "prod/db"),
        (ARN + "prod/db-*", "prod/db"),
        (ARN + "prod/db*", "prod/db"),
        (ARN + "prod/db", "prod/db"),
        (ARN + "prod/*", None),
        (ARN + "*", None),
        (ARN + "prod/??/db-??????", None),
        (ARN + "${aws:PrincipalTag/team}-??????", None),
        ("*", None),
        ("arn:aws:s3:::bucket/secret:x", None),
        ("arn:aws:secretsmanager:*:*:secret:prod/db-??????", "prod/db"),
    ],
)
def test_granted_name(resource: str, name: str | None) -> None:
    assert granted_name(resource) == name


@pytest.mark.parametrize(
    ("resource", "lacks"),
    [
        (ARN + "prod/db", True),
        (ARN + "prod/db-ZzYyXx", True),
        (ARN + "prod/db-AbCdEf", False),
        (ARN + "prod/db-??????", False),
        (ARN + "prod/other", False),
        (ARN + "prod/db-backup-AbCdEf", False),
        ("*", False),
    ],
)
def test_lacks_suffix(resource: str, lacks: bool) -> None:
    assert lacks_suffix(resource, ARN + "prod/db-AbCdEf") is lacks


def test_names() -> None:
    assert name_of_arn("secret:prod/db-AbCdEf") == "prod/db"
    assert name_of_arn("secret:prod/db") == "prod/db"
    assert secret_of_parameter("/aws/reference/secretsmanager/prod/db") == "prod/db"
    assert secret_of_parameter("/prod/db") is None
