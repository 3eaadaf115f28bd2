"""What networks of every kind and an organization make smsl ask: each of it failing is said, and opens no path."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import boto3
import pytest

from smsl.audit import audit
from smsl.lab.account import Lab
from smsl.model.report import Report
from smsl.sources.aws.calls import OPERATIONS
from smsl.sources.aws.capture import Capture, capture
from smsl.sources.aws.connection import Connection
from smsl.sources.aws.convert import convert
from smsl.sources.aws.request import Request, parse_target

HERE = Path(__file__).parent
_SPEC = importlib.util.spec_from_file_location("test_networks", HERE / "test_networks.py")
assert _SPEC is not None
assert _SPEC.loader is not None
networks = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(networks)

ASKED = (
    "ec2:DescribeEgressOnlyInternetGateways", "ec2:DescribeVpcPeeringConnections",
    "ec2:DescribeTransitGatewayVpcAttachments", "ec2:DescribeTransitGatewayRouteTables",
    "ec2:GetTransitGatewayRouteTableAssociations", "ec2:SearchTransitGatewayRoutes", "ec2:GetManagedPrefixListEntries",
    "route53:ListResourceRecordSets", "route53resolver:ListResolverRules", "organizations:DescribeAccount",
    "organizations:ListPoliciesForTarget", "organizations:DescribePolicy",
)  # fmt: skip
"""What no function of the sample account, and none behind a NAT gateway, gives reason to ask."""
SHARED = (
    "ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups",
    "ec2:DescribeNetworkAcls", "ec2:DescribeVpcEndpoints", "ec2:DescribeNetworkInterfaces", "ec2:DescribeNatGateways",
    "ec2:DescribeInternetGateways", "route53:ListHostedZonesByVPC", "route53resolver:ListResolverRuleAssociations",
)  # fmt: skip
"""What every network gives reason to ask, and means more where the path leads through several VPCs."""
KINDS = ("refuse", "throttle", "hang", "garbage")
PATIENT, HANGING = 60.0, 15.0
"""Seconds for an audit: plenty, for a busy machine; a call that hangs is waited for a fifth of it."""
ROWS = {row["id"]: row for row in (*networks.NEW, *networks.EDITED)}
BUILT = (
    "egress-only", "peering-carries-no-nat", "prefix-list-in-group", "prefix-list-in-group-others", "transit-egress",
    "transit-propagated-one-way", "forward-rule-parent",
)  # fmt: skip
EXPECTED = {name: networks.VERDICTS[ROWS[name]["verdict"]] for name in BUILT}


@pytest.fixture(scope="module")
def account(other_account: Lab) -> Lab:
    """One account with a function in each network, the management account of an organization."""
    for name in BUILT:
        row = ROWS[name]
        case = networks.edits.edited(networks.edits.base(row["base"]), row["edits"])
        networks.builder.inhabited(other_account, case, name)
    organize(other_account)
    return other_account


def organize(lab: Lab) -> None:
    client = boto3.client("organizations", region_name="us-east-1", endpoint_url=lab.url)
    client.create_organization(FeatureSet="ALL")
    (root,) = client.list_roots()["Roots"]
    client.enable_policy_type(RootId=root["Id"], PolicyType="SERVICE_CONTROL_POLICY")
    statement = {"Effect": "Deny", "Action": "secretsmanager:DeleteSecret", "Resource": "*"}
    content = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = client.create_policy(Name="keep", Description="", Content=content, Type="SERVICE_CONTROL_POLICY")
    client.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=root["Id"])


def taken(deadline: float = PATIENT) -> Capture:
    request = Request(tuple(map(parse_target, BUILT)), False, ("eu-west-1",))
    return capture(request, Connection(deadline=deadline))


def verdicts(report: Report) -> dict[str, str]:
    return {subject.function.name: str(subject.verdict) for subject in report.subjects}


def disturbed(lab: Lab, operation: str, kind: str) -> None:
    service, _, name = operation.partition(":")
    lab.set_faults({"service": service, "operation": name, "kind": kind})
    try:
        read = taken(HANGING if kind == "hang" else PATIENT)
        if all(call.name != operation for call in read.facts):  # a busy machine: the rounds before it took too long
            read = taken()
        report = audit(convert(read))
    finally:
        lab.clear_faults()
    found = verdicts(report)
    for function, expected in EXPECTED.items():
        assert found[function] in (expected, "unknown"), function
    told = [gap.call for gap in report.gaps] + [assumption.call for assumption in report.assumptions]
    assert any(each.startswith(operation) for each in told), f"{operation} failed and nobody says so"
    if OPERATIONS[operation].required:
        assert any(found[function] != EXPECTED[function] for function in EXPECTED), f"nothing hangs on {operation}"
    else:
        assert found == EXPECTED


def test_everything_read(account: Lab) -> None:
    read = taken()
    report = audit(convert(read))

    assert verdicts(report) == EXPECTED
    assert (report.gaps, report.assumptions) == ((), ())
    assert {call.name for call in read.facts} >= {*ASKED, *SHARED}


@pytest.mark.parametrize("operation", ASKED[::6])
def test_refused(account: Lab, operation: str) -> None:
    disturbed(account, operation, "refuse")


@pytest.mark.verify
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", ASKED)
def test_every_way_to_fail(account: Lab, operation: str, kind: str) -> None:
    disturbed(account, operation, kind)


@pytest.mark.verify
@pytest.mark.parametrize("operation", SHARED)
def test_refused_on_the_way_through_several_vpcs(account: Lab, operation: str) -> None:
    disturbed(account, operation, "refuse")
