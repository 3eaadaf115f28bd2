"""Settings that send the call to another name, region or host: the path judged is that one, or said to be unknown."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from smsl.audit import audit
from smsl.lab.account import Lab
from smsl.render.console import render
from smsl.sources.aws.capture import capture
from smsl.sources.aws.connection import Connection
from smsl.sources.aws.convert import convert
from smsl.sources.aws.request import Request, parse_target

HERE = Path(__file__).parent
_SPEC = importlib.util.spec_from_file_location("test_networks", HERE / "test_networks.py")
assert _SPEC is not None
assert _SPEC.loader is not None
networks = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(networks)

TABLE: list[dict[str, Any]] = json.loads((HERE / "networks" / "steered.json").read_text())
NORMAL = (
    "proxy-where-nothing-else-leads-out",
    "dual-stack-name",
    "fips-by-nat",
    "another-region-beside-an-endpoint-of-this-one",
)
PRIVATE_DNS = ["ec2", "DescribeVpcEndpoints", "VpcEndpoints", "vpce-a", "PrivateDnsEnabled"]
SERVICE = [*PRIVATE_DNS[:-1], "ServiceName"]
PLACES: dict[str, tuple[str, list[list[Any]]]] = {
    "endpoint": ("endpoint", []),
    "unnamed": ("endpoint", [["set", PRIVATE_DNS, False]]),
    "nat": ("nat", []),
    "nothing": ("nothing", []),
    "crossing": ("endpoint", [["set", SERVICE, "com.amazonaws.us-east-1.secretsmanager"]]),
}


@pytest.fixture(scope="module")
def account(other_account: Lab) -> Lab:
    """An account with a function in each place; the same name is that of a secret in either of two regions."""
    for name, (base, edits) in PLACES.items():
        case = networks.edits.edited(networks.edits.base(base), edits)
        networks.builder.inhabited(other_account, case, name)
    return other_account


def secret_in(lab: Lab, place: str, region: str) -> str:
    """Return the ARN of the place's secret in a region, made and granted to the function's role if need be."""
    client = boto3.client("secretsmanager", region_name=region, endpoint_url=lab.url)
    name = f"prod/{place}/db"
    if not client.list_secrets(Filters=[{"Key": "name", "Values": [name]}])["SecretList"]:
        client.create_secret(Name=name, SecretString="x")
    arn = str(client.describe_secret(SecretId=name)["ARN"])
    statement = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": arn}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam = boto3.client("iam", endpoint_url=lab.url)
    iam.put_role_policy(RoleName=f"{place}-exec", PolicyName="also", PolicyDocument=document)
    return arn


def steered(account: Lab, row: dict[str, Any]) -> None:
    place = row["place"]
    arn = secret_in(account, place, row.get("secret", "eu-west-1"))
    networks.builder.stage_of(account.url).functions.update_function_configuration(
        FunctionName=place, Environment={"Variables": {"DB_SECRET_ARN": arn, **row["environment"]}}
    )

    request = Request((parse_target(place),), False, ("eu-west-1",))
    report = audit(convert(capture(request, Connection(deadline=networks.PATIENT))))

    (access,) = report.subjects[0].accesses
    assert access.verdict.value == row["verdict"]
    assert access.reach is not None
    assert access.reach.name == row["name"]
    assert row["said"] in " ".join(render(report, width=100).split())
    assert report.gaps == ()


@pytest.mark.parametrize("row", [row for row in TABLE if row["id"] in NORMAL], ids=lambda row: row["id"])
def test_a_setting_that_steers(account: Lab, row: dict[str, Any]) -> None:
    steered(account, row)


@pytest.mark.verify
@pytest.mark.parametrize("row", [row for row in TABLE if row["id"] not in NORMAL], ids=lambda row: row["id"])
def test_every_setting_that_steers(account: Lab, row: dict[str, Any]) -> None:
    steered(account, row)
