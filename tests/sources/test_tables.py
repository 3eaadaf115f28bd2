"""The shipped table of AWS managed policies, held against the documents it was copied from."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from smsl.iam.evaluate import evaluate
from smsl.iam.request import Policies, Request
from smsl.model.decision import Result
from smsl.model.policy import Policy, Statement, parse_policy
from smsl.model.unknown import Unknown
from smsl.sources.tables import managed_policies, managed_policy

ROOT = Path(__file__).parent.parent.parent
TABLE = managed_policies()
LAMBDA = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
READING = "arn:{}:iam::aws:policy/AWSSecretsManagerClientReadOnlyAccess"
SHARDS = 20
ACCOUNT = "123456789012"
ACTIONS = (
    *("secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:DescribeSecret"),
    *("kms:Decrypt", "kms:CreateGrant", "ssm:GetParameter", "ssm:PutParameter", "lambda:InvokeFunction"),
    *("lambda:GetFunctionConfiguration", "sts:AssumeRole", "iam:PassRole", "iam:GetRole", "iam:CreateRole"),
)
RESOURCES = (
    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf",
    "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "arn:aws:iam::123456789012:role/worker-exec",
)
DELEGATING = parse_policy(
    "key policy",
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                "Action": "*",
                "Resource": "*",
            }
        ],
    },
)
"""A key says nothing of the account's own policies unless it is told to, and a role's trust policy does not either."""
same_copy = pytest.mark.skipif(
    f"moto {version('moto')}," not in (ROOT / "smsl/sources/data/managed_policies.json").read_text()[:500],
    reason="the table was copied from another version of moto",
)


def test_the_table_is_dated_and_read_once() -> None:
    assert TABLE.date == "2026-09-30"
    assert TABLE.source_url.startswith("https://docs.aws.amazon.com/")
    assert managed_policies() is TABLE
    assert managed_policy(LAMBDA) is managed_policy(LAMBDA)


def test_a_policy_of_functions_is_whole() -> None:
    policy = managed_policy(LAMBDA)

    assert isinstance(policy, Policy)
    assert policy.name == "managed AWSLambdaVPCAccessExecutionRole"
    assert "ec2:CreateNetworkInterface" in (policy.statements[0].actions or ())


def test_a_policy_is_found_by_its_name_alone() -> None:
    assert TABLE.arn_of("AWSLambdaVPCAccessExecutionRole") == LAMBDA
    assert TABLE.arn_of("SecretsManagerReadWrite", "aws-cn") == "arn:aws-cn:iam::aws:policy/SecretsManagerReadWrite"
    assert TABLE.arn_of("NoSuchPolicy") is None
    assert len({path.rpartition("/")[2] for path in TABLE.rows}) == len(TABLE.rows)


def test_a_statement_keeps_its_place() -> None:
    policy = managed_policy("arn:aws:iam::aws:policy/job-function/ViewOnlyAccess")

    assert isinstance(policy, Policy)
    assert [s.index for s in policy.statements] == [place for place, _ in TABLE.rows["job-function/ViewOnlyAccess"]]


@pytest.mark.parametrize(
    ("arn", "reason"),
    [
        ("arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole", "AWSLambdaBasicExecutionRole is not in the table of 2"),
        ("arn:aws:iam::aws:policy/service-role/NoSuchPolicy", "NoSuchPolicy is not in the table of 2026-09-30"),
        ("arn:aws:iam::123456789012:policy/team/orders-secrets", "managed policy orders-secrets is none of AWS's"),
        (READING.format("aws-cn"), "AWSSecretsManagerClientReadOnlyAccess says in partition aws-cn is not in the tab"),
        ("orders-secrets", "by a text that is no ARN"),
    ],
)
def test_what_the_table_does_not_have_is_unknown_by_name(arn: str, reason: str) -> None:
    found = managed_policy(arn)

    assert isinstance(found, Unknown)
    assert reason in found.reason


def test_a_partition_has_its_own_resources() -> None:
    found = managed_policy(READING.format("aws-us-gov"))

    assert isinstance(found, Policy)
    assert found.statements[0].resources == ("arn:aws-us-gov:secretsmanager:*:*:secret:*",)


def test_a_policy_without_resources_of_its_own_is_the_same_in_every_partition() -> None:
    assert managed_policy(LAMBDA.replace("arn:aws:", "arn:aws-cn:")) == managed_policy(LAMBDA)


@same_copy
def test_the_table_is_what_the_generator_writes(generator: ModuleType) -> None:
    assert (ROOT / "smsl/sources/data/managed_policies.json").read_text() == generator.managed_policies()


@same_copy
def test_a_policy_that_is_kept_whole_is_as_an_account_gives_it() -> None:
    whole = [name for name in TABLE.rows if any(fnmatchcase(name.rpartition("/")[2], each) for each in TABLE.whole)]

    assert len(whole) > 15
    for name in whole:
        short = name.rpartition("/")[2]
        assert managed_policy(f"arn:aws:iam::aws:policy/{name}") == parse_policy(f"managed {short}", documents()[name])


@same_copy
@pytest.mark.every(10)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_a_policy_decides_as_the_whole_document_does(shard: int) -> None:
    results: Counter[str] = Counter()
    for name in sorted(TABLE.rows)[shard::SHARDS]:
        ours = managed_policy(f"arn:aws:iam::aws:policy/{name}")
        assert isinstance(ours, Policy)
        theirs = parse_policy(ours.name, documents()[name])
        for request in requests(theirs):
            trusting = DELEGATING if request.action.startswith(("kms:", "sts:")) else None
            found = evaluate(request, Policies(identity=(ours,), resource=trusting))
            expected = evaluate(request, Policies(identity=(theirs,), resource=trusting))
            assert (found.result, found.because) == (expected.result, expected.because), (name, request)
            results[expected.result] += 1
    assert min(results[Result.ALLOWED], results[Result.IMPLICITLY_DENIED]) > 20


@cache
def documents() -> Mapping[str, Any]:
    """Return every document of moto's by path and name."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    rows = json.loads(aws_managed_policies_data)
    return {row["Path"].lstrip("/") + name: row["Document"] for name, row in rows.items()}


def requests(policy: Policy) -> Iterator[Request]:
    """Yield requests for the usual actions, and for those that each statement speaks of, on its own terms."""
    principal = "arn:aws:sts::123456789012:assumed-role/worker-exec/worker"
    for action in ACTIONS:
        for resource in RESOURCES:
            yield Request(principal, action, resource, ACCOUNT)
    for statement in policy.statements:
        context = {condition.key: plain(condition.values[0]) for condition in statement.conditions}
        for action in spoken_of(statement):
            for resource in (statement.resources or statement.not_resources or ())[:3]:
                yield Request(principal, plain(action), plain(resource), ACCOUNT, context)
        yield Request(principal, "secretsmanager:GetSecretValue", RESOURCES[0], ACCOUNT, context)
        yield Request(principal, "kms:Decrypt", RESOURCES[1], ACCOUNT, context)


def spoken_of(statement: Statement) -> list[str]:
    """Return the statement's actions that may be of the table's services."""
    actions = statement.actions or statement.not_actions or ()
    return [action for action in actions if action.partition(":")[0] in TABLE.services][:6]


def plain(pattern: str) -> str:
    """Return a text that a pattern matches, a variable in it standing for itself."""
    return re.sub(r"[*]", "Any", pattern).replace("?", "x")
