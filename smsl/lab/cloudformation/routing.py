"""EC2's resource types for routes, and for endpoints, which some routes lead to.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_EC2.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from smsl.lab.cloudformation.kind import Call, Kind, Made, Wanted, names
from smsl.lab.cloudformation.network import tagged

_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock")
_TARGETS = (
    "EgressOnlyInternetGatewayId", "GatewayId", "NatGatewayId", "NetworkInterfaceId", "TransitGatewayId",
    "VpcPeeringConnectionId",
)  # fmt: skip
_ENDPOINT = (
    "DnsOptions", "IpAddressType", "PrivateDnsEnabled", "RouteTableIds", "SecurityGroupIds", "ServiceName", "SubnetIds",
    "VpcEndpointType", "VpcId",
)  # fmt: skip


def _table(wanted: Wanted) -> Made:
    specification = tagged(wanted, "route-table")
    table = wanted.call("ec2", "CreateRouteTable", TagSpecifications=specification, **wanted.only("VpcId"))[
        "RouteTable"
    ]
    return Made(table["RouteTableId"], {"RouteTableId": table["RouteTableId"]})


def _delete_table(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("ec2", "DeleteRouteTable", RouteTableId=made.id)


def _route(wanted: Wanted) -> Made:
    wanted.call("ec2", "CreateRoute", **wanted.properties)
    destination = next((str(wanted.properties[name]) for name in _DESTINATIONS if name in wanted.properties), "")
    return Made(f"{wanted.properties['RouteTableId']}|{destination}", {"CidrBlock": destination})


def _delete_route(_made: Made, properties: Mapping[str, Any], call: Call) -> None:
    named = {name: properties[name] for name in ("RouteTableId", *_DESTINATIONS) if name in properties}
    call("ec2", "DeleteRoute", **named)


def _association(wanted: Wanted) -> Made:
    made = wanted.call("ec2", "AssociateRouteTable", **wanted.properties)
    return Made(made["AssociationId"], {"Id": made["AssociationId"]})


def _delete_association(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("ec2", "DisassociateRouteTable", AssociationId=made.id)


def _endpoint(wanted: Wanted) -> Made:
    policy = wanted.get("PolicyDocument")
    document = {} if policy is None else {"PolicyDocument": policy if isinstance(policy, str) else json.dumps(policy)}
    # CloudFormation's endpoints are without private DNS unless told otherwise, those of the API with it.
    kind = str(wanted.get("VpcEndpointType", "Gateway"))
    dns = {"PrivateDnsEnabled": False} if kind == "Interface" else {}
    endpoint = wanted.call(
        "ec2",
        "CreateVpcEndpoint",
        TagSpecifications=tagged(wanted, "vpc-endpoint"),
        **{**dns, "VpcEndpointType": kind, **wanted.only(*_ENDPOINT)},
        **document,
    )["VpcEndpoint"]
    entries = [f"{each.get('HostedZoneId', '')}:{each['DnsName']}" for each in endpoint.get("DnsEntries") or ()]
    return Made(
        endpoint["VpcEndpointId"],
        {
            "Id": endpoint["VpcEndpointId"],
            "DnsEntries": entries,
            "NetworkInterfaceIds": endpoint.get("NetworkInterfaceIds") or [],
        },
    )


def _delete_endpoint(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("ec2", "DeleteVpcEndpoints", VpcEndpointIds=[made.id])


KINDS = (
    Kind("AWS::EC2::RouteTable", names("Tags VpcId"), _table, _delete_table, required=("VpcId",)),
    Kind(
        "AWS::EC2::Route",
        frozenset({"RouteTableId", *_DESTINATIONS, *_TARGETS}),
        _route,
        _delete_route,
        required=("RouteTableId",),
    ),
    Kind(
        "AWS::EC2::SubnetRouteTableAssociation",
        names("RouteTableId SubnetId"),
        _association,
        _delete_association,
        required=("RouteTableId", "SubnetId"),
    ),
    Kind(
        "AWS::EC2::GatewayRouteTableAssociation",
        names("GatewayId RouteTableId"),
        _association,
        _delete_association,
        required=("GatewayId", "RouteTableId"),
    ),
    Kind(
        "AWS::EC2::VPCEndpoint",
        frozenset({"PolicyDocument", "Tags", *_ENDPOINT}),
        _endpoint,
        _delete_endpoint,
        required=("VpcId",),
    ),
)
