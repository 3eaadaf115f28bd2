"""NAT, internet and egress-only gateways and peering connections from EC2's answers."""

from __future__ import annotations

from smsl.model.network import Gateway, NatGateway, Peering
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.aws.answers import MalformedError, Row, known_state, mapping, members, one_of, optional, present, text

_PUBLIC = {"public": True, "private": False, "": True}
"""Gateways made before private ones existed may lack the member."""
_AUTOMATIC = {"enabled": True, "disabled": False}
_NAT_STATES = frozenset({"pending", "failed", "available", "deleting", "deleted"})
_PEERING_STATES = frozenset(
    {
        *("initiating-request", "pending-acceptance", "active", "deleted", "rejected", "failed", "expired"),
        *("provisioning", "deleting"),
    }
)
_ADDRESS_STATES = frozenset({"assigning", "unassigning", "associating", "disassociating", "succeeded", "failed"})
_LIVE = frozenset({"available", "attached"})
_ATTACHMENT_STATES = frozenset({*_LIVE, "attaching", "detaching", "detached"})


def nat_gateway(row: Row) -> NatGateway:
    """Return a row of DescribeNatGateways.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
    """
    kind = optional(row, "ConnectivityType")
    subnet = optional(row, "SubnetId")
    mode = optional(row, "AvailabilityMode") or ("zonal" if subnet else "regional")
    public: Maybe[bool] = _PUBLIC.get(kind, Unknown("ConnectivityType is none that is known"))
    state = known_state(row, "State", _NAT_STATES)
    if mode not in ("zonal", "regional"):
        state = Unknown("AvailabilityMode is none that is known")
    return NatGateway(
        text(row, "NatGatewayId"),
        optional(row, "VpcId"),
        state,
        public,
        mode == "regional",
        subnet,
        optional(row, "RouteTableId"),
        _AUTOMATIC.get(optional(row, "AutoProvisionZones"), Unknown("AutoProvisionZones is none that is known")),
        _zones(row) if mode == "regional" else (),
        optional(row, "FailureMessage"),
    )


def _zones(row: Row) -> Maybe[tuple[str, ...]]:
    """Return the names and ids of the zones where a regional gateway has an address."""
    try:
        live = [
            one
            for one in members(present(row, "NatGatewayAddresses"), "NatGatewayAddresses")
            if one_of(one, "Status", _ADDRESS_STATES, "succeeded") == "succeeded"
        ]
        named = [{optional(one, "AvailabilityZone"), optional(one, "AvailabilityZoneId")} - {""} for one in live]
    except MalformedError as error:
        return Unknown(f"{error} is absent or malformed", ("ec2:DescribeNatGateways",))
    if not all(named):
        return Unknown("the zone of an address was not read", ("ec2:DescribeNatGateways",))
    return tuple(sorted({name for names in named for name in names}))


def gateway(row: Row) -> Gateway:
    """Return a row of DescribeInternetGateways."""
    return Gateway(text(row, "InternetGatewayId"), _attached(row))


def egress_only_gateway(row: Row) -> Gateway:
    """Return a row of DescribeEgressOnlyInternetGateways."""
    return Gateway(text(row, "EgressOnlyInternetGatewayId"), _attached(row))


def _attached(row: Row) -> tuple[str, ...]:
    return tuple(
        text(one, "VpcId")
        for one in members(present(row, "Attachments"), "Attachments")
        if one_of(one, "State", _ATTACHMENT_STATES, "attached") in _LIVE
    )


def peering(row: Row) -> Peering:
    """Return a row of DescribeVpcPeeringConnections."""
    ends = [mapping(row, "RequesterVpcInfo"), mapping(row, "AccepterVpcInfo")]
    first, second = (optional(end, "VpcId") for end in ends)
    here, there = (optional(end, "Region") for end in ends)
    name = text(row, "VpcPeeringConnectionId")
    state = known_state(mapping(row, "Status"), "Code", _PEERING_STATES)
    if not first or not second or bool(here) != bool(there):
        state = Unknown("an end of the peering is absent or malformed", ("ec2:DescribeVpcPeeringConnections",))
    return Peering(name, state, (first, second), (here, there))
