"""VPC endpoints and network interfaces from EC2's answers."""

from __future__ import annotations

from smsl.model.network import Endpoint, NetworkInterface
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.aws.answers import (
    MalformedError,
    Row,
    address,
    known_flag,
    known_state,
    known_text,
    mapping,
    members,
    optional,
    text,
    texts,
)

_FAMILIES = {"ipv4": ("ipv4",), "ipv6": ("ipv6",), "dualstack": ("ipv4", "ipv6")}
_STATES = frozenset(
    {"pendingacceptance", "pending", "available", "deleting", "deleted", "rejected", "failed", "expired", "partial"}
)
_TYPES = frozenset({"Interface", "Gateway", "GatewayLoadBalancer", "Resource", "ServiceNetwork"})


def endpoint(row: Row) -> Endpoint:
    """Return a row of DescribeVpcEndpoints.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html
    """
    kind = optional(row, "VpcEndpointType")
    state = known_state(row, "State", _STATES)
    if kind not in _TYPES:  # one that may be an interface endpoint must not be passed over
        kind, state = "Interface", Unknown("VpcEndpointType is none that is known", ("ec2:DescribeVpcEndpoints",))
    return Endpoint(
        text(row, "VpcEndpointId"),
        optional(row, "VpcId") or Unknown("the endpoint's VpcId is absent"),
        kind,
        known_text(row, "ServiceName"),
        state,
        _private_dns(row),
        _interfaces(row),
        _groups(row),
        _record_types(row),
        tuple(name.lower().rstrip(".") for entry in members(row, "DnsEntries") if (name := optional(entry, "DnsName"))),
        optional(row, "PolicyDocument") or None,
    )


def _interfaces(row: Row) -> Maybe[tuple[str, ...]]:
    if row.get("NetworkInterfaceIds") is None:
        return Unknown("the endpoint's NetworkInterfaceIds are absent", ("ec2:DescribeVpcEndpoints",))
    return texts(row, "NetworkInterfaceIds")


def _groups(row: Row) -> Maybe[tuple[str, ...]]:
    if row.get("Groups") is None:
        return Unknown("the endpoint's Groups are absent", ("ec2:DescribeVpcEndpoints",))
    return tuple(text(group, "GroupId") for group in members(row, "Groups"))


def _private_dns(row: Row) -> Maybe[bool]:
    """Tell whether the service's name leads to the endpoint inside the VPC.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DnsOptions.html
    """
    if mapping(row, "DnsOptions").get("PrivateDnsOnlyForInboundResolverEndpoint") is True:
        return False  # the name is then private for networks that ask an inbound resolver endpoint only
    return known_flag(row, "PrivateDnsEnabled")


def _record_types(row: Row) -> Maybe[tuple[str, ...]]:
    """Return the families of the endpoint's DNS records; ``service-defined`` follows its addresses."""
    kind = optional(mapping(row, "DnsOptions"), "DnsRecordIpType").lower()
    if kind in ("", "service-defined"):
        kind = optional(row, "IpAddressType").lower() or "ipv4"
    return _FAMILIES.get(kind, Unknown("the endpoint's DnsRecordIpType is none that is known"))


def _public(row: Row) -> Maybe[bool]:
    """Tell whether an interface has a public address: without one there is no association at all."""
    if row.get("Association") is None:
        return False
    if optional(mapping(row, "Association"), "PublicIp"):
        return True
    return Unknown("Association is malformed", ("ec2:DescribeNetworkInterfaces",))


def network_interface(row: Row) -> NetworkInterface:
    """Return a row of DescribeNetworkInterfaces."""
    first = [address(row, "PrivateIpAddress")] if row.get("PrivateIpAddress") else []
    private = [*first, *(address(one, "PrivateIpAddress") for one in members(row, "PrivateIpAddresses"))]
    if row.get("Groups") is not None and not isinstance(row.get("Groups"), list):
        raise MalformedError("Groups")
    return NetworkInterface(
        text(row, "NetworkInterfaceId"),
        optional(row, "VpcId"),
        optional(row, "SubnetId"),
        optional(row, "InterfaceType") or "interface",
        tuple(dict.fromkeys(private)),
        tuple(address(one, "Ipv6Address") for one in members(row, "Ipv6Addresses")),
        tuple(text(one, "GroupId") for one in members(row, "Groups")),
        _public(row),
        known_flag(row, "SourceDestCheck"),
    )
