"""NAT, internet and egress-only gateways and peering connections from EC2's answers."""

from __future__ import annotations

from smsl.model.network import Gateway, NatGateway, Peering
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.aws.answers import Row, known_text, mapping, members, optional, text

_PUBLIC = {"public": True, "private": False, "": True}
"""Gateways made before private ones existed may lack the member."""


def nat_gateway(row: Row) -> NatGateway:
    """Return a row of DescribeNatGateways.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
    """
    kind = optional(row, "ConnectivityType")
    subnet = optional(row, "SubnetId")
    mode = optional(row, "AvailabilityMode") or ("zonal" if subnet else "regional")
    public: Maybe[bool] = _PUBLIC.get(kind, Unknown("ConnectivityType is none that is known"))
    state = known_text(row, "State")
    if mode not in ("zonal", "regional"):
        state = Unknown("AvailabilityMode is none that is known")
    zones = {
        optional(one, name)
        for one in members(row, "NatGatewayAddresses")
        if one.get("Status", "succeeded") == "succeeded"
        for name in ("AvailabilityZone", "AvailabilityZoneId")
    }
    return NatGateway(
        text(row, "NatGatewayId"),
        optional(row, "VpcId"),
        state,
        public,
        mode == "regional",
        subnet,
        optional(row, "RouteTableId"),
        optional(row, "AutoProvisionZones") != "disabled",
        tuple(sorted(zones - {""})),
        optional(row, "FailureMessage"),
    )


def gateway(row: Row) -> Gateway:
    """Return a row of DescribeInternetGateways."""
    return Gateway(text(row, "InternetGatewayId"), _attached(row))


def egress_only_gateway(row: Row) -> Gateway:
    """Return a row of DescribeEgressOnlyInternetGateways."""
    return Gateway(text(row, "EgressOnlyInternetGatewayId"), _attached(row))


def _attached(row: Row) -> tuple[str, ...]:
    live = ("available", "attached")
    return tuple(text(one, "VpcId") for one in members(row, "Attachments") if one.get("State", "attached") in live)


def peering(row: Row) -> Peering:
    """Return a row of DescribeVpcPeeringConnections."""
    ends = [mapping(row, "RequesterVpcInfo"), mapping(row, "AccepterVpcInfo")]
    first, second = (optional(end, "VpcId") for end in ends)
    here, there = (optional(end, "Region") for end in ends)
    name = text(row, "VpcPeeringConnectionId")
    return Peering(name, known_text(mapping(row, "Status"), "Code"), (first, second), (here, there))
