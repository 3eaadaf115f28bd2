"""A healthy function, role and secret around a network: whatever is wrong, the network is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from smsl.model.policy import parse_policy
from smsl.model.snapshot import (
    Function,
    Organization,
    Readiness,
    Role,
    Rotation,
    Secret,
    SecretId,
    SecretVersion,
    Snapshot,
    Source,
)
from smsl.sources.aws.network import convert, flow

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
READ = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}


def around(case: dict[str, Any]) -> Snapshot:
    way, account = flow(case), case.get("account_id") or "123456789012"
    role = f"arn:aws:iam::{account}:role/fn-exec"
    secret = f"arn:aws:secretsmanager:{way.target_region}:{account}:secret:db-AbCdEf"
    function = Function(
        f"arn:aws:lambda:{way.region}:{account}:function:fn", "fn", way.region, account, None, "$LATEST", role,
        "x86_64", "Zip", "python3.12", 9, Readiness("Active", None, "Successful", None), (), (), None, way.subnets,
        way.security_groups, way.ipv6_allowed, False, (),
    )  # fmt: skip
    trust, read = (parse_policy(name, {"Statement": [one]}) for name, one in (("trust", TRUST), ("read", READ)))
    fact = Secret(
        secret, "db", way.target_region, account, None, None, (SecretVersion("1", ("AWSCURRENT",)),),
        Rotation(False, None, None, None), None, None, (),
    )  # fmt: skip
    return Snapshot(
        Source("capture", account, way.region),
        datetime(2026, 9, 1, tzinfo=UTC),
        (function,),
        {role: Role(role, "fn-exec", account, "AROAFN", trust, (read,), (), None)},
        {SecretId(way.target_region, secret): fact},
        {},
        {way.region: convert(case)},
        {account: Organization((), ())},
        extra_secrets=(secret,),
    )


@pytest.fixture(scope="session")
def snapshot() -> Callable[[dict[str, Any]], Snapshot]:
    return around
