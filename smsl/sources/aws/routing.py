"""Route tables of VPCs and transit gateways from EC2's answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from smsl.model.network import Route, RouteState, RouteTable, Target, TransitAttachment, TransitRoute, TransitTable
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.aws.answers import (
    MalformedError,
    Row,
    block,
    each,
    known_state,
    mapping,
    members,
    one_of,
    optional,
    present,
    rows,
    text,
    texts,
)

_MEMBERS = {
    "NatGatewayId": Target.NAT_GATEWAY,
    "EgressOnlyInternetGatewayId": Target.EGRESS_ONLY_GATEWAY,
    "TransitGatewayId": Target.TRANSIT_GATEWAY,
    "VpcPeeringConnectionId": Target.PEERING,
    "LocalGatewayId": Target.OPAQUE,
    "CarrierGatewayId": Target.OPAQUE,
    "CoreNetworkArn": Target.OPAQUE,
    "OdbNetworkArn": Target.OPAQUE,
    "NetworkInterfaceId": Target.INTERFACE,
    "InstanceId": Target.INTERFACE,
}
_TABLE_STATES = frozenset({"associating", "associated", "disassociating", "disassociated", "failing", "failed"})
_GONE = frozenset({"disassociated", "failed"})
_ATTACHMENT_STATES = frozenset(
    {
        *("initiating", "initiatingrequest", "pendingacceptance", "rollingback", "pending", "available", "modifying"),
        *("deleting", "deleted", "failed", "rejected", "rejecting", "failing"),
    }
)
_TRANSIT_ASSOCIATIONS = frozenset({"associating", "associated", "disassociating", "disassociated"})
_TRANSIT_STATES = frozenset({"pending", "active", "blackhole", "deleting", "deleted"})
_GATEWAYS = {
    "igw": Target.INTERNET_GATEWAY,
    "vpce": Target.ENDPOINT,
    "eigw": Target.EGRESS_ONLY_GATEWAY,
    "nat": Target.NAT_GATEWAY,
    **dict.fromkeys(("vgw", "lgw", "cagw"), Target.OPAQUE),
}


def route_table(row: Row) -> RouteTable:
    """Return a row of DescribeRouteTables."""
    needs = "ec2:DescribeRouteTables"
    try:
        found: Maybe[tuple[Row, ...]] = tuple(members(row, "Routes"))
    except MalformedError:
        found = Unknown("Routes is malformed", (needs,))
    if row.get("Routes") is None:
        found = Unknown("Routes is absent", (needs,))
    live = [
        one
        for one in members(row, "Associations")
        if one_of(mapping(one, "AssociationState"), "State", _TABLE_STATES, "associated") not in _GONE
    ]
    if not all(one.get("Main") is True or optional(one, "SubnetId") or optional(one, "GatewayId") for one in live):
        raise MalformedError("Associations")
    return RouteTable(
        text(row, "RouteTableId"),
        optional(row, "VpcId"),
        each(found, _route, needs),
        tuple(optional(one, "SubnetId") for one in live if optional(one, "SubnetId")),
        tuple(optional(one, "GatewayId") for one in live if optional(one, "GatewayId")),
        any(one.get("Main") is True for one in live),
        row.get("Associations") is not None,
    )


def _route(row: Row) -> Route:
    state = optional(row, "State")
    if state not in tuple(RouteState):
        raise MalformedError("State")
    target, name = _target(row)
    propagated = row.get("Origin") == "EnableVgwRoutePropagation"
    listed = optional(row, "DestinationPrefixListId")
    if listed:
        return Route(target, name, None, listed, RouteState(state), propagated)
    member = "DestinationCidrBlock" if row.get("DestinationCidrBlock") else "DestinationIpv6CidrBlock"
    return Route(target, name, block(row, member), "", RouteState(state), propagated)


def _target(row: Row) -> tuple[Target, str]:
    gateway = optional(row, "GatewayId")
    if gateway == "local":
        return Target.LOCAL, "local"
    if gateway:
        kind = _GATEWAYS.get(gateway.split("-")[0])
        if kind is None:
            raise MalformedError("GatewayId")
        return kind, gateway
    for member, target in _MEMBERS.items():
        if optional(row, member):
            return target, optional(row, member)
    if row.get("State") == RouteState.BLACKHOLE:
        return Target.OPAQUE, ""
    raise MalformedError("Routes")


def transit_attachment(row: Row) -> TransitAttachment:
    """Return a row of DescribeTransitGatewayVpcAttachments."""
    return TransitAttachment(
        text(row, "TransitGatewayAttachmentId"),
        text(row, "TransitGatewayId"),
        text(row, "VpcId"),
        known_state(row, "State", _ATTACHMENT_STATES),
        texts(present(row, "SubnetIds"), "SubnetIds"),
        optional(mapping(row, "Options"), "ApplianceModeSupport") == "enable",
    )


def transit_table(associations: Mapping[str, object], routes: Mapping[str, object]) -> Callable[[Row], TransitTable]:
    """Return the conversion of a row of DescribeTransitGatewayRouteTables, given the answers by table."""

    def make(row: Row) -> TransitTable:
        name = text(row, "TransitGatewayRouteTableId")
        return TransitTable(
            name,
            text(row, "TransitGatewayId"),
            _associated(associations.get(name)),
            _transit_routes(routes.get(name)),
        )

    return make


def _associated(answer: object) -> Maybe[tuple[str, ...]]:
    needs = "ec2:GetTransitGatewayRouteTableAssociations"
    if not isinstance(answer, Mapping):
        return Unknown("the transit gateway table's associations were not read", (needs,))
    found = rows(answer, "Associations", needs)
    made = each(found, _association, needs)
    return made if isinstance(made, Unknown) else tuple(name for name in made if name)


def _association(row: Row) -> str:
    """Return the attachment of an association in force; empty for one that is not."""
    state = one_of(row, "State", _TRANSIT_ASSOCIATIONS, "associated")
    return text(row, "TransitGatewayAttachmentId") if state == "associated" else ""


def _transit_routes(answer: object) -> Maybe[tuple[TransitRoute, ...]]:
    needs = "ec2:SearchTransitGatewayRoutes"
    if not isinstance(answer, Mapping):
        return Unknown("the transit gateway table's routes were not read", (needs,))
    found = rows(answer, "Routes", needs)
    made = each(found, _transit_route, needs)
    return made if isinstance(made, Unknown) else tuple(route for route in made if route is not None)


def _transit_route(row: Row) -> TransitRoute | None:
    """Return a row of a transit gateway table; None for one that is not in force."""
    state = one_of(present(row, "State"), "State", _TRANSIT_STATES, "")
    if state not in ("active", "blackhole"):
        return None
    ends = tuple(text(one, "TransitGatewayAttachmentId") for one in members(row, "TransitGatewayAttachments"))
    if state == "active" and not ends:
        raise MalformedError("TransitGatewayAttachments")
    return TransitRoute(block(row, "DestinationCidrBlock"), state == "blackhole", ends, row.get("Type") != "propagated")
