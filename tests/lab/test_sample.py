"""The sample account: it is complete, each function is broken as it says, and ids repeat from run to run."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from smsl.lab.account import Lab, embedded
from smsl.lab.sample import SAMPLE
from smsl.lab.scale import seed_scale
from smsl.lab.stage import Stage, open_stage

KNOWN = {each.name: each for each in SAMPLE}


@pytest.fixture(scope="module")
def filled() -> Iterator[Lab]:
    with embedded() as running:
        yield running


@pytest.fixture(scope="module")
def stage(filled: Lab) -> Stage:
    return open_stage(filled.url)


def configuration(stage: Stage, name: str, **more: str) -> dict[str, Any]:
    return stage.functions.get_function_configuration(FunctionName=name, **more)


def statements(stage: Stage, name: str) -> list[dict[str, Any]]:
    policy = stage.iam.get_role_policy(RoleName=f"{name}-exec", PolicyName="secrets")
    return policy["PolicyDocument"]["Statement"]


def secret_of(stage: Stage, name: str) -> dict[str, Any]:
    variables = configuration(stage, name)["Environment"]["Variables"]
    named = next(value for key, value in variables.items() if "_SECRET_" in key)
    return stage.secrets.describe_secret(SecretId=named)


def test_every_function_is_there_once_and_says_what_it_is(filled: Lab, stage: Stage) -> None:
    listed = [row["FunctionName"] for row in stage.functions.list_functions()["Functions"]]
    assert sorted(listed) == sorted(KNOWN)
    assert len(KNOWN) == len(SAMPLE) >= 20
    assert all(each.about for each in SAMPLE)
    assert [each.name for each in SAMPLE if not each.broken] == ["newsletter", "checkout", "thumbnails"]


def test_checkout_has_all_that_a_careful_team_would_have(stage: Stage) -> None:
    found = configuration(stage, "checkout")
    (endpoint,) = stage.ec2.describe_vpc_endpoints(
        Filters=[{"Name": "vpc-id", "Values": [found["VpcConfig"]["VpcId"]]}]
    )["VpcEndpoints"]

    assert len(found["VpcConfig"]["SubnetIds"]) == 2
    assert endpoint["PrivateDnsEnabled"] is True
    assert endpoint["State"] == "available"
    assert len(endpoint["SubnetIds"]) == 2
    assert "AWS-Parameters-and-Secrets-Lambda-Extension:" in found["Layers"][0]["Arn"]
    conditions = [row["Condition"] for row in statements(stage, "checkout") if "Condition" in row]
    assert conditions == [{"StringEquals": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}}]
    attached = stage.iam.list_attached_role_policies(RoleName="checkout-exec")["AttachedPolicies"]
    assert [row["PolicyName"] for row in attached] == ["AWSLambdaVPCAccessExecutionRole"]
    assert secret_of(stage, "checkout")["KmsKeyId"].startswith("arn:aws:kms:eu-west-1:")


def test_keys_are_out_of_reach_each_in_its_way(stage: Stage) -> None:
    assert [row["Action"] for row in statements(stage, "invoices")] == ["secretsmanager:GetSecretValue"]
    tags = stage.iam.list_role_tags(RoleName="invoices-exec")["Tags"]
    assert tags == [{"Key": "aws:cloudformation:stack-name", "Value": "invoices-prod"}]
    assert "us-east-1" in json.dumps(statements(stage, "shipping"))
    key = secret_of(stage, "payroll")["KmsKeyId"]
    policy = json.loads(stage.kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    assert [row["Principal"]["AWS"].rpartition("/")[2] for row in policy["Statement"]] == ["key-admin"]
    key = secret_of(stage, "search")["KmsKeyId"]
    assert stage.kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"


def test_secrets_and_policies_are_spoilt_each_in_its_way(stage: Stage) -> None:
    assert "DeletedDate" in secret_of(stage, "coupons")
    assert "VersionIdsToStages" not in secret_of(stage, "partners")
    policy = json.loads(stage.secrets.get_resource_policy(SecretId="prod/refunds/db")["ResourcePolicy"])
    assert policy["Statement"][0]["Effect"] == "Deny"
    assert statements(stage, "loyalty")[0]["Resource"].endswith(":secret:prod/loyalty/db")
    role = stage.iam.get_role(RoleName="forecasts-exec")["Role"]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith("policy/team-boundary")
    assert statements(stage, "reports")[0]["Action"] == "secretsmanager:*"
    trusted = stage.iam.get_role(RoleName="webhooks-exec")["Role"]["AssumeRolePolicyDocument"]
    assert trusted["Statement"][0]["Principal"] == {"Service": ["ec2.amazonaws.com"]}


def test_networks_fail_each_in_its_way(stage: Stage) -> None:
    def endpoints(name: str) -> list[dict[str, Any]]:
        vpc = configuration(stage, name)["VpcConfig"]["VpcId"]
        return stage.ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["VpcEndpoints"]

    assert endpoints("ledger") == []
    (closed,) = endpoints("inventory")
    group = closed["Groups"][0]["GroupId"]
    (described,) = stage.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert [row["IpRanges"][0]["CidrIp"] for row in described["IpPermissions"]] == ["10.99.0.0/16"]
    assert [each["PrivateDnsEnabled"] for each in endpoints("pricing")] == [False]
    (uneven,) = endpoints("tracking")
    used = configuration(stage, "tracking")["VpcConfig"]["SubnetIds"]
    assert uneven["SubnetIds"] == used[:1]
    filters = [{"Name": "association.subnet-id", "Values": [used[1]]}]
    (acl,) = stage.ec2.describe_network_acls(Filters=filters)["NetworkAcls"]
    egress = [(row["RuleNumber"], row["RuleAction"]) for row in acl["Entries"] if row["Egress"]]
    assert sorted(egress) == [(90, "deny"), (100, "allow"), (32767, "deny")]


def test_functions_are_configured_wrong_each_in_its_way(stage: Stage) -> None:
    advice = configuration(stage, "advice")
    assert advice["Architectures"] == ["arm64"]
    assert "Arm64" not in advice["Layers"][0]["Arn"]
    variables = configuration(stage, "signup")["Environment"]["Variables"]
    assert set(variables) == {"DB_SECRET_ARN", "DB_PASSWORD", "DATABASE_URL", "MAIL_API_KEY"}
    served = configuration(stage, "orders", Qualifier="live")["Environment"]["Variables"]["DB_SECRET_ARN"]
    latest = configuration(stage, "orders")["Environment"]["Variables"]["DB_SECRET_ARN"]
    assert "legacy/orders" in served
    assert statements(stage, "orders")[0]["Resource"] == latest != served


@pytest.mark.verify
def test_the_same_account_has_the_same_ids_and_no_calls_every_time(stage: Stage) -> None:
    def ids(of: Stage) -> list[str]:
        functions = of.functions.list_functions()["Functions"]
        secrets = of.secrets.list_secrets(MaxResults=100)["SecretList"]
        endpoints = of.ec2.describe_vpc_endpoints()["VpcEndpoints"]
        return [
            *(json.dumps(row.get("VpcConfig"), sort_keys=True) for row in functions),
            *(row["ARN"] for row in secrets),
            *(row["VpcEndpointId"] for row in endpoints),
        ]

    with embedded() as again:
        assert again.calls() == []
        assert ids(open_stage(again.url)) == ids(stage)


def test_an_account_of_any_size_is_filled_for_benchmarks(lab: Lab) -> None:
    before = time.monotonic()
    seed_scale(lab.url, 60)
    assert time.monotonic() - before < 20
    functions = open_stage(lab.url).functions
    pages = list(functions.get_paginator("list_functions").paginate())
    assert [len(page["Functions"]) for page in pages] == [50, 10]
    assert all(call["status"] < 400 for call in lab.calls())
