"""Route tables, routes, what they serve, and the gateways that they lead to."""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.network import Gateway, IpNetwork, NatGateway, Route, Target
from smsl.model.standin import is_unsettled
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.cfn.arns import own_id
from smsl.sources.cfn.stack import Resource
from smsl.sources.cfn.values import WrongTypeError, as_block, as_text, hangs
from smsl.sources.declared.network_pieces import (
    GatewayAttachmentPiece,
    GatewayPiece,
    NetworkPiece,
    RoutePiece,
    TablePiece,
    TableUsePiece,
)
from smsl.sources.declared.pieces import Piece

_TARGETS = {
    "NatGatewayId": Target.NAT_GATEWAY,
    "EgressOnlyInternetGatewayId": Target.EGRESS_ONLY_GATEWAY,
    "TransitGatewayId": Target.TRANSIT_GATEWAY,
    "VpcPeeringConnectionId": Target.PEERING,
    "VpcEndpointId": Target.ENDPOINT,
    "NetworkInterfaceId": Target.INTERFACE,
    "InstanceId": Target.INTERFACE,
    "LocalGatewayId": Target.OPAQUE,
    "CarrierGatewayId": Target.OPAQUE,
    "CoreNetworkArn": Target.OPAQUE,
    "OdbNetworkArn": Target.OPAQUE,
}
_GATEWAY_TYPES = {
    "AWS::EC2::InternetGateway": Target.INTERNET_GATEWAY,
    "AWS::EC2::VPNGateway": Target.OPAQUE,
    "AWS::EC2::VPCEndpoint": Target.ENDPOINT,
    "AWS::EC2::CarrierGateway": Target.OPAQUE,
}
_GATEWAY_PREFIXES = {"igw": Target.INTERNET_GATEWAY, "vgw": Target.OPAQUE, "vpce": Target.ENDPOINT}
"""Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-route.html."""


def table(resource: Resource) -> Iterator[Piece]:
    """Yield a route table."""
    owner = as_text(resource.get("VpcId"), "VpcId")
    yield TablePiece(resource.origin, resource.stack.place.region, own_id(resource), owner)


def route(resource: Resource) -> Iterator[Piece]:
    """Yield a route."""
    owner = as_text(resource.get("RouteTableId"), "RouteTableId")
    try:
        found = _route(resource)
    except WrongTypeError as error:
        found = Unknown(f"route {resource.address} is not understood: {error}")
    yield RoutePiece(resource.origin, resource.stack.place.region, owner, found)


def _route(resource: Resource) -> Maybe[Route]:
    found = _target(resource)
    if isinstance(found, Unknown):
        return found
    target, name = found
    listed = resource.get("DestinationPrefixListId")
    if listed is not None:
        return Route(target, name, None, as_text(listed, "DestinationPrefixListId"))
    member = "DestinationCidrBlock" if resource.get("DestinationCidrBlock") is not None else "DestinationIpv6CidrBlock"
    block: Maybe[IpNetwork] = as_block(resource.get(member), member)
    return block if isinstance(block, Unknown) else Route(target, name, block)


def _target(resource: Resource) -> Maybe[tuple[Target, str]]:
    for member, target in _TARGETS.items():
        if resource.get(member) is not None:
            return target, as_text(resource.get(member), member)
    gateway = as_text(resource.get("GatewayId"), "GatewayId")
    declared = resource.stack.world.by_id(gateway)
    if declared is not None:
        kind = _GATEWAY_TYPES.get(declared.type)
    else:
        kind = _GATEWAY_PREFIXES.get(gateway.partition("-")[0])
    if kind is not None:
        return kind, gateway
    if is_unsettled(gateway):
        return hangs("the route's gateway", gateway)
    return Unknown(f"the gateway of route {resource.address} is of no kind that is known")


def table_use(resource: Resource) -> Iterator[Piece]:
    """Yield that a table serves a subnet, or a gateway's incoming traffic."""
    member = "SubnetId" if resource.type == "AWS::EC2::SubnetRouteTableAssociation" else "GatewayId"
    yield TableUsePiece(
        resource.origin,
        resource.stack.place.region,
        as_text(resource.get("RouteTableId"), "RouteTableId"),
        as_text(resource.get(member), member),
    )


def internet_gateway(resource: Resource) -> Iterator[Piece]:
    """Yield an internet gateway."""
    yield GatewayPiece(resource.origin, resource.stack.place.region, Gateway(own_id(resource)))


def egress_only_gateway(resource: Resource) -> Iterator[Piece]:
    """Yield an egress-only internet gateway."""
    made = Gateway(own_id(resource), (as_text(resource.get("VpcId"), "VpcId"),))
    yield GatewayPiece(resource.origin, resource.stack.place.region, made, egress_only=True)


def attachment(resource: Resource) -> Iterator[Piece]:
    """Yield that a VPC has an internet gateway; a virtual private gateway's routes name it themselves."""
    if resource.get("InternetGatewayId") is not None:
        yield GatewayAttachmentPiece(
            resource.origin,
            resource.stack.place.region,
            as_text(resource.get("InternetGatewayId"), "InternetGatewayId"),
            as_text(resource.get("VpcId"), "VpcId"),
        )


def nat_gateway(resource: Resource) -> Iterator[Piece]:
    """Yield a NAT gateway: public unless it says otherwise.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-natgateway.html
    """
    kind = resource.get("ConnectivityType")
    regional = resource.get("AvailabilityMode") == "regional"
    subnet = "" if resource.get("SubnetId") is None else as_text(resource.get("SubnetId"), "SubnetId")
    public: Maybe[bool] = kind is None or kind == "public"
    if isinstance(kind, Unknown) or (isinstance(kind, str) and is_unsettled(kind)):
        public = Unknown(f"ConnectivityType of {resource.address} is not settled")
    made = NatGateway(
        own_id(resource),
        _vpc_of(resource, subnet),
        "available",
        public,
        regional,
        subnet,
        auto_zones=resource.get("AvailabilityZoneAddresses") is None,
        zones=Unknown("the zones of a regional gateway are drawn at deployment") if regional else (),
    )
    yield NetworkPiece(resource.origin, resource.stack.place.region, made)


def _vpc_of(resource: Resource, subnet: str) -> str:
    """Return the VPC of a NAT gateway, which its subnet tells; empty where the subnet is not declared here."""
    if resource.get("VpcId") is not None:
        return as_text(resource.get("VpcId"), "VpcId")
    declared = resource.stack.world.by_id(subnet)
    if declared is None or declared.type != "AWS::EC2::Subnet":
        return ""
    return as_text(declared.get("VpcId"), "VpcId")
