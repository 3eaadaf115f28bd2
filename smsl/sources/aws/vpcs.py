"""VPCs, subnets and DHCP options from EC2's answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Network, IPv6Network

from smsl.model.network import BlockMode, IpNetwork, Subnet, Vpc
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.aws.answers import (
    MalformedError,
    Row,
    block,
    known_flag,
    mapping,
    members,
    number,
    one_of,
    optional,
    text,
)


def vpc(attributes: Mapping[str, object], block_mode: Callable[[Row], Maybe[BlockMode]]) -> Callable[[Row], Vpc]:
    """Return the conversion of a row of DescribeVpcs, given DescribeVpcAttribute's answers by VPC."""

    def make(row: Row) -> Vpc:
        name = text(row, "VpcId")
        return Vpc(
            name,
            optional(row, "OwnerId"),
            _blocks(row),
            optional(row, "DhcpOptionsId") or Unknown("DhcpOptionsId is absent", ("ec2:DescribeVpcs",)),
            _attribute(attributes, name, "EnableDnsSupport"),
            _attribute(attributes, name, "EnableDnsHostnames"),
            block_mode(row),
        )

    return make


def _attribute(attributes: Mapping[str, object], name: str, attribute: str) -> Maybe[bool]:
    found = known_flag(mapping(mapping(attributes, name), attribute), "Value")
    if isinstance(found, Unknown):
        return Unknown(f"{attribute} was not read", ("ec2:DescribeVpcAttribute",))
    return found


_STATES = frozenset({"associating", "associated", "disassociating", "disassociated", "failing", "failed"})


def _live(row: Row, state: str) -> bool:
    return one_of(mapping(row, state), "State", _STATES, "associated") in ("associated", "associating")


def _blocks(row: Row) -> tuple[IpNetwork, ...]:
    found = [block(row, "CidrBlock")] if row.get("CidrBlock") else []
    for kind in ("", "Ipv6"):
        associations = members(row, f"{kind}CidrBlockAssociationSet")
        found.extend(block(one, f"{kind}CidrBlock") for one in associations if _live(one, f"{kind}CidrBlockState"))
    return tuple(dict.fromkeys(found))


def subnet(block_mode: Callable[[Row], Maybe[BlockMode]]) -> Callable[[Row], Subnet]:
    """Return the conversion of a row of DescribeSubnets."""

    def make(row: Row) -> Subnet:
        home = text(row, "VpcId")
        ipv4 = None if row.get("CidrBlock") is None else block(row, "CidrBlock")
        ipv6 = [
            block(m, "Ipv6CidrBlock")
            for m in members(row, "Ipv6CidrBlockAssociationSet")
            if _live(m, "Ipv6CidrBlockState")
        ]
        if ipv4 is not None and not isinstance(ipv4, IPv4Network):
            raise MalformedError("CidrBlock")
        return Subnet(
            text(row, "SubnetId"),
            home,
            optional(row, "OwnerId"),
            optional(row, "AvailabilityZone"),
            optional(row, "AvailabilityZoneId"),
            ipv4,
            tuple(one for one in ipv6 if isinstance(one, IPv6Network)),
            row.get("Ipv6Native") is True,
            row.get("Ipv6CidrBlockAssociationSet") is not None,
            number(row, "AvailableIpAddressCount") if "AvailableIpAddressCount" in row else None,
            block_mode(row),
        )

    return make


def name_servers(row: Row) -> tuple[str, ...]:
    """Return the domain name servers of a row of DescribeDhcpOptions."""
    return tuple(
        text(value, "Value")
        for configuration in members(row, "DhcpConfigurations")
        if configuration.get("Key") == "domain-name-servers"
        for value in members(configuration, "Values")
    )
