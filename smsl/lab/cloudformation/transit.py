"""EC2's resource types for what joins VPCs: peering connections and transit gateways.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_EC2.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from smsl.lab.cloudformation.kind import Call, Kind, Made, Wanted, names
from smsl.lab.cloudformation.network import tagged

_OPTIONS = (
    "AmazonSideAsn", "AutoAcceptSharedAttachments", "DefaultRouteTableAssociation", "DefaultRouteTablePropagation",
    "DnsSupport", "VpnEcmpSupport",
)  # fmt: skip
_TABLE = "TransitGatewayRouteTableId"
_ATTACHMENT = "TransitGatewayAttachmentId"


def _peering(wanted: Wanted) -> Made:
    """Make a connection and accept it, as CloudFormation does within an account."""
    connection = wanted.call(
        "ec2",
        "CreateVpcPeeringConnection",
        TagSpecifications=tagged(wanted, "vpc-peering-connection"),
        **wanted.only("PeerVpcId", "VpcId"),
    )["VpcPeeringConnection"]
    identifier = str(connection["VpcPeeringConnectionId"])
    wanted.began(identifier)
    wanted.call("ec2", "AcceptVpcPeeringConnection", VpcPeeringConnectionId=identifier)
    return Made(identifier, {"Id": identifier})


def _delete_peering(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("ec2", "DeleteVpcPeeringConnection", VpcPeeringConnectionId=made.id)


def _gateway(wanted: Wanted) -> Made:
    gateway = wanted.call(
        "ec2",
        "CreateTransitGateway",
        TagSpecifications=tagged(wanted, "transit-gateway"),
        Options=wanted.only(*_OPTIONS),
        **wanted.only("Description"),
    )["TransitGateway"]
    return Made(gateway["TransitGatewayId"], {"Id": gateway["TransitGatewayId"]})


def _delete_gateway(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("ec2", "DeleteTransitGateway", TransitGatewayId=made.id)


def _attachment(wanted: Wanted) -> Made:
    attachment = wanted.call(
        "ec2",
        "CreateTransitGatewayVpcAttachment",
        **wanted.only("SubnetIds", "TransitGatewayId", "VpcId"),
    )["TransitGatewayVpcAttachment"]
    identifier = str(attachment[_ATTACHMENT])
    wanted.began(identifier)
    wanted.call("ec2", "CreateTags", Resources=[identifier], Tags=wanted.all_tags())  # moto leaves them out before
    return Made(identifier, {"Id": identifier})


def _delete_attachment(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("ec2", "DeleteTransitGatewayVpcAttachment", TransitGatewayAttachmentId=made.id)


def _table(wanted: Wanted) -> Made:
    table = wanted.call(
        "ec2",
        "CreateTransitGatewayRouteTable",
        TagSpecifications=tagged(wanted, "transit-gateway-route-table"),
        **wanted.only("TransitGatewayId"),
    )["TransitGatewayRouteTable"]
    return Made(table[_TABLE], {_TABLE: table[_TABLE]})


def _delete_table(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("ec2", "DeleteTransitGatewayRouteTable", TransitGatewayRouteTableId=made.id)


def _route(wanted: Wanted) -> Made:
    wanted.call("ec2", "CreateTransitGatewayRoute", **wanted.properties)
    return Made(f"{wanted.properties[_TABLE]}|{wanted.properties['DestinationCidrBlock']}")


def _delete_route(_made: Made, properties: Mapping[str, Any], call: Call) -> None:
    named = {name: properties[name] for name in (_TABLE, "DestinationCidrBlock")}
    call("ec2", "DeleteTransitGatewayRoute", **named)


def _joined(operation: str) -> Callable[[Wanted], Made]:
    """Return how an attachment is joined to a route table."""

    def join(wanted: Wanted) -> Made:
        wanted.call("ec2", operation, **wanted.properties)
        return Made(f"{wanted.properties[_TABLE]}|{wanted.properties[_ATTACHMENT]}")

    return join


def _parted(operation: str) -> Callable[[Made, Mapping[str, Any], Call], None]:
    def part(_made: Made, properties: Mapping[str, Any], call: Call) -> None:
        call("ec2", operation, **properties)

    return part


_ATTACHED = (names("SubnetIds Tags TransitGatewayId VpcId"), _attachment, _delete_attachment)
_JOINT = frozenset({_TABLE, _ATTACHMENT})

KINDS = (
    Kind(
        "AWS::EC2::VPCPeeringConnection",
        names("PeerVpcId Tags VpcId"),
        _peering,
        _delete_peering,
        required=("PeerVpcId", "VpcId"),
    ),
    Kind("AWS::EC2::TransitGateway", frozenset({"Description", "Tags", *_OPTIONS}), _gateway, _delete_gateway),
    Kind("AWS::EC2::TransitGatewayAttachment", *_ATTACHED, required=("SubnetIds", "TransitGatewayId", "VpcId")),
    Kind("AWS::EC2::TransitGatewayVpcAttachment", *_ATTACHED, required=("SubnetIds", "TransitGatewayId", "VpcId")),
    Kind(
        "AWS::EC2::TransitGatewayRouteTable",
        names("Tags TransitGatewayId"),
        _table,
        _delete_table,
        required=("TransitGatewayId",),
    ),
    Kind(
        "AWS::EC2::TransitGatewayRoute",
        frozenset({"Blackhole", "DestinationCidrBlock", *_JOINT}),
        _route,
        _delete_route,
        required=("DestinationCidrBlock", _TABLE),
    ),
    Kind(
        "AWS::EC2::TransitGatewayRouteTableAssociation",
        _JOINT,
        _joined("AssociateTransitGatewayRouteTable"),
        _parted("DisassociateTransitGatewayRouteTable"),
        required=tuple(_JOINT),
    ),
    Kind(
        "AWS::EC2::TransitGatewayRouteTablePropagation",
        _JOINT,
        _joined("EnableTransitGatewayRouteTablePropagation"),
        _parted("DisableTransitGatewayRouteTablePropagation"),
        required=tuple(_JOINT),
    ),
)
