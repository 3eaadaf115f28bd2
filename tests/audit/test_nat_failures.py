"""What only a function behind a NAT gateway makes smsl ask: each of it refused, the way out is never taken for open."""

from __future__ import annotations

import pytest

from smsl.audit import audit
from smsl.lab.account import Lab
from smsl.lab.places import private_place
from smsl.lab.stage import make_function, make_role, make_secret, may_read, open_stage
from smsl.model.report import Report
from smsl.sources.aws.capture import capture
from smsl.sources.aws.connection import Connection
from smsl.sources.aws.convert import convert
from smsl.sources.aws.request import Request, parse_target

ASKED = (
    "DescribeNatGateways", "DescribeInternetGateways", "DescribeVpcBlockPublicAccessOptions",
    "DescribeVpcBlockPublicAccessExclusions",
)  # fmt: skip


@pytest.fixture(scope="module")
def behind_nat(other_account: Lab) -> Lab:
    """Two functions: `public` goes out through a public NAT gateway, `private` through a private one, to nowhere."""
    stage = open_stage(other_account.url)
    for octet, kind in ((71, "public"), (72, "private")):
        place = private_place(stage, kind, octet)
        ec2 = stage.ec2
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=place.vpc)
        outer = ec2.create_subnet(VpcId=place.vpc, CidrBlock=f"10.{octet}.200.0/24")["Subnet"]["SubnetId"]
        table = ec2.create_route_table(VpcId=place.vpc)["RouteTable"]["RouteTableId"]
        ec2.associate_route_table(RouteTableId=table, SubnetId=outer)
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        address = {"AllocationId": ec2.allocate_address()["AllocationId"]} if kind == "public" else {}
        nat = ec2.create_nat_gateway(SubnetId=outer, ConnectivityType=kind, **address)["NatGateway"]["NatGatewayId"]
        main = ec2.describe_route_tables(
            Filters=[{"Name": "vpc-id", "Values": [place.vpc]}, {"Name": "association.main", "Values": ["true"]}]
        )["RouteTables"][0]["RouteTableId"]
        ec2.create_route(RouteTableId=main, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
        rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        ec2.authorize_security_group_egress(GroupId=place.group, IpPermissions=[rule])
        arn = make_secret(stage, f"nat/{kind}")
        make_role(stage, f"{kind}-exec", [may_read(arn)])
        make_function(stage, kind, {"DB_SECRET_ARN": arn}, place=place)
    return other_account


def report_of() -> Report:
    request = Request((parse_target("public"), parse_target("private")), False, ("eu-west-1",))
    return audit(convert(capture(request, Connection())))


def verdicts(report: Report) -> dict[str, str]:
    return {subject.function.name: str(subject.verdict) for subject in report.subjects}


def test_everything_read(behind_nat: Lab) -> None:
    report = report_of()

    assert verdicts(report) == {"public": "readable", "private": "blocked"}
    assert report.gaps == ()


@pytest.mark.parametrize("operation", ASKED)
def test_refused(behind_nat: Lab, operation: str) -> None:
    behind_nat.set_faults({"service": "ec2", "operation": operation, "kind": "refuse"})
    try:
        report = report_of()
    finally:
        behind_nat.clear_faults()

    assert verdicts(report)["private"] in ("blocked", "unknown")
    assert verdicts(report)["public"] in ("readable", "unknown")
    assert any(gap.call.startswith(f"ec2:{operation}") for gap in report.gaps)
