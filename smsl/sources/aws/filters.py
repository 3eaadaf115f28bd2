"""Security groups, network ACLs and prefix lists from EC2's answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from smsl.model.network import (
    AclEntry,
    GroupReference,
    GroupRule,
    IpNetwork,
    NetworkAcl,
    PrefixList,
    SecurityGroup,
)
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.aws.answers import MalformedError, Row, block, each, members, number, one_of, optional, rows, text

T = TypeVar("T")

_TCP, _ALL = "6", "-1"
_PEERING_STATES = frozenset(
    {
        *("", "initiating-request", "pending-acceptance", "active", "deleted", "rejected", "failed", "expired"),
        *("provisioning", "deleting"),
    }
)
_NAMED = {"tcp": _TCP, "udp": "17", "icmp": "1", "icmpv6": "58", "all": _ALL, _ALL: _ALL}


def _part(row: Row, name: str, make: Callable[[Row], T], needs: str) -> Maybe[tuple[T, ...]]:
    """Return a list inside a row converted, or Unknown: the row itself stays usable."""
    try:
        found = tuple(members(row, name)) if row.get(name) is not None else None
    except MalformedError:
        found = None
    return each(Unknown(f"{name} is absent or malformed", (needs,)) if found is None else found, make, needs)


def network_acl(row: Row) -> NetworkAcl:
    """Return a row of DescribeNetworkAcls."""
    entries = _part(row, "Entries", _entry, "ec2:DescribeNetworkAcls")
    if not isinstance(entries, Unknown):
        entries = tuple(sorted(entries, key=lambda entry: entry.number))
    subnets = tuple(text(one, "SubnetId") for one in members(row, "Associations") if one.get("SubnetId"))
    return NetworkAcl(text(row, "NetworkAclId"), optional(row, "VpcId"), entries, subnets)


def _entry(row: Row) -> AclEntry:
    if row.get("RuleAction") not in ("allow", "deny") or not isinstance(row.get("Egress"), bool):
        raise MalformedError("Entries")
    protocol = _protocol(row, "Protocol")
    ports = None
    if protocol == _TCP:
        span = row.get("PortRange")
        if not isinstance(span, Mapping):
            raise MalformedError("PortRange")
        ports = (number(span, "From"), number(span, "To"))
    cidr = block(row, "CidrBlock") if row.get("CidrBlock") else block(row, "Ipv6CidrBlock")
    return AclEntry(number(row, "RuleNumber"), row["RuleAction"] == "allow", row["Egress"], cidr, protocol, ports)


def _protocol(row: Row, name: str) -> str:
    """Return a protocol by its number as text, -1 for all.

    Raises:
        MalformedError: It is absent or none that is known.
    """
    found = text(row, name).lower()
    if found in _NAMED:
        return _NAMED[found]
    if not found.isdecimal():
        raise MalformedError(name)
    return found


def security_group(row: Row) -> SecurityGroup:
    """Return a row of DescribeSecurityGroups."""
    needs = "ec2:DescribeSecurityGroups"
    return SecurityGroup(
        text(row, "GroupId"),
        optional(row, "VpcId"),
        _part(row, "IpPermissions", _rule, needs),
        _part(row, "IpPermissionsEgress", _rule, needs),
    )


def _rule(row: Row) -> GroupRule:
    protocol = _protocol(row, "IpProtocol")
    protocol = "tcp" if protocol == _TCP else protocol
    ports = None
    if protocol == "tcp":
        ports = (number(row, "FromPort"), number(row, "ToPort"))
        if ports == (-1, -1):
            ports = None
    return GroupRule(
        protocol,
        ports,
        (
            *(block(one, "CidrIp") for one in members(row, "IpRanges")),
            *(block(one, "CidrIpv6") for one in members(row, "Ipv6Ranges")),
        ),
        tuple(text(one, "PrefixListId") for one in members(row, "PrefixListIds")),
        tuple(_reference(one) for one in members(row, "UserIdGroupPairs")),
        all(row.get(name) is not None for name in ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs")),
    )


def _reference(row: Row) -> GroupReference:
    active = one_of(row, "PeeringStatus", _PEERING_STATES, "active") in ("", "active")
    return GroupReference(text(row, "GroupId"), optional(row, "VpcPeeringConnectionId"), active)


def prefix_list(entries: Mapping[str, object]) -> Callable[[Row], PrefixList]:
    """Return the conversion of a row of DescribeManagedPrefixLists, given the entries by list."""

    def make(row: Row) -> PrefixList:
        name = text(row, "PrefixListId")
        needs = "ec2:GetManagedPrefixListEntries"
        answer = entries.get(name)
        listed: Maybe[tuple[Row, ...]] = Unknown("the prefix list's entries were not read", (needs,))
        if isinstance(answer, Mapping):
            listed = rows(answer, "Entries", needs)
        found: Maybe[tuple[IpNetwork, ...]] = each(listed, lambda one: block(one, "Cidr"), needs)
        return PrefixList(name, optional(row, "PrefixListName"), row.get("OwnerId") == "AWS", found)

    return make
