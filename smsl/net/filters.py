"""Security groups and network ACLs as regions of addresses x ports.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
Source: https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from smsl.model.network import (
    AclEntry,
    GroupReference,
    GroupRule,
    IpNetwork,
    Network,
    NetworkAcl,
    SecurityGroup,
    Span,
)
from smsl.model.unknown import Maybe, Unknown
from smsl.net.boxes import Box, Region, around, overlap, subtract, union
from smsl.net.routes import prefix_list
from smsl.net.unread import not_read

_TCP = ("tcp", "6", "-1")


@dataclass(frozen=True, slots=True)
class Opening:
    """The remote addresses that the groups together admit on a port, and what might admit more if it were known."""

    region: Region
    by_reference: Region = ()
    """What a reference would admit that is not honoured on this path."""
    unread: Unknown | None = None
    hidden_list: str = ""
    """A prefix list without entries that might admit more."""
    rules: tuple[str, ...] = ()
    """The rules that admit something, in words."""


def acl_of(network: Network, subnet: str) -> Maybe[NetworkAcl]:
    """Return the network ACL of a subnet; every subnet has one."""
    if isinstance(network.network_acls, Unknown):
        return network.network_acls
    name = network.acl_of_subnet.get(subnet)
    if name is None:
        return Unknown("no network ACL of the subnet was read", ("ec2:DescribeNetworkAcls",))
    return network.network_acls[name]


@dataclass(frozen=True, slots=True)
class Passage:
    """What a network ACL does to packets."""

    open: Region
    """The part of remote addresses x destination ports that it lets by."""
    by: tuple[AclEntry, ...] = ()
    """The entries that let something by."""
    shut: Box | None = None
    """The first part that it stops."""
    against: AclEntry | None = None
    """The entry that stops it; None for the rule that denies what no entry matched."""


def admitted(acl: NetworkAcl, packets: Box, version: int, *, egress: bool) -> Maybe[Passage]:
    """Return what an ACL does to remote addresses x destination ports; the lowest rule that matches wins.

    Args:
        acl: The rules.
        packets: Destinations for egress, sources for ingress, times the packet's destination ports.
        version: 4 or 6; the families have separate rules.
        egress: The direction, as seen from the subnet.
    """
    if isinstance(acl.entries, Unknown):
        return acl.entries
    left: Region = (packets,)
    allowed: list[Box] = []
    by: list[AclEntry] = []
    shut: tuple[Box, AclEntry | None] | None = None
    for entry in acl.entries:
        if entry.egress is not egress or entry.span.version != version or entry.protocol not in ("-1", "6"):
            continue
        rule = _box(entry.span, None if entry.protocol == "-1" else entry.ports)
        rest: Region = ()
        matched = False
        for part in left:
            shared = overlap(part, rule)
            if shared is None:
                rest += (part,)
                continue
            matched = True
            rest += around(part, shared)
            if entry.allow:
                allowed.append(shared)
            elif shut is None:
                shut = (shared, entry)
        if matched and entry.allow:
            by.append(entry)
        left = rest
        if not left:
            break
    if left and shut is None:
        shut = (left[0], None)
    return Passage(tuple(allowed), tuple(by), *(shut or ()))


def _box(span: Span, ports: tuple[int, int] | None = None) -> Box:
    return Box(span.low, span.high, *(ports or ()))


def admit(
    network: Network,
    groups: Iterable[str],
    remote: Box,
    version: int,
    port: int,
    *,
    egress: bool,
    refers: Callable[[GroupReference], bool],
    honoured: bool,
) -> Opening:
    """Return which remote addresses a set of security groups admits on a TCP port.

    Args:
        network: Where groups and prefix lists are.
        groups: Their rules add up.
        remote: The range of remote addresses.
        version: 4 or 6.
        port: The destination port.
        egress: The direction.
        refers: Tells whether a referenced group is one that the remote interfaces carry.
        honoured: Whether references count on this path.
    """
    opened: list[Box] = []
    words: list[str] = []
    referred: Region = ()
    unread: Unknown | None = None
    hidden = ""
    for group in groups:
        found = _rules(network, group, egress=egress)
        if isinstance(found, Unknown):
            unread = found
            continue
        for rule in found:
            if rule.protocol not in _TCP or not _covers_port(rule, port):
                continue
            if not rule.whole:
                unread = Unknown(f"a rule of {group} was not read whole", ("ec2:DescribeSecurityGroups",))
            sources, unlisted = _sources(network, rule, version)
            hidden = hidden or unlisted
            matched = []
            for cidr, span in sources:
                if span.low > remote.high or remote.low > span.high:
                    continue
                opened.append(Box(max(span.low, remote.low), min(span.high, remote.high), remote.first, remote.last))
                matched.append(cidr)
            meant = [each.group for each in rule.groups if each.active and refers(each)]
            referred = (remote,) if meant else referred
            named = [*(str(cidr) for cidr in matched), *(meant if honoured else ())]
            words.extend(_words(group, rule, port, name, egress=egress) for name in named)
    region = union([*opened, *(referred if honoured else ())])
    return Opening(region, () if honoured else subtract(referred, region), unread, hidden, tuple(words))


def _words(group: str, rule: GroupRule, port: int, name: str, *, egress: bool) -> str:
    traffic = "all traffic" if rule.protocol == "-1" else f"tcp {port}"
    return f"{group} allows {traffic} {'to' if egress else 'from'} {name}"


def _covers_port(rule: GroupRule, port: int) -> bool:
    if rule.protocol == "-1" or rule.ports is None:
        return True
    return rule.ports[0] <= port <= rule.ports[1]


def _rules(network: Network, group: str, *, egress: bool) -> Maybe[tuple[GroupRule, ...]]:
    found = group_of(network, group)
    if isinstance(found, Unknown):
        return found
    return found.egress if egress else found.ingress


def group_of(network: Network, group: str) -> Maybe[SecurityGroup]:
    """Return a security group."""
    groups = network.security_groups
    if isinstance(groups, Unknown):
        return groups
    return groups.get(group) or not_read("security group", group, "ec2:DescribeSecurityGroups")


def _sources(network: Network, rule: GroupRule, version: int) -> tuple[list[tuple[IpNetwork, Span]], str]:
    """Return the blocks that a rule names, itself or by prefix lists, and a list whose entries might add more."""
    blocks = list(zip(rule.cidrs, rule.spans, strict=True))
    hidden = ""
    for name in rule.prefix_lists:
        found = prefix_list(network, name)
        if isinstance(found.entries, Unknown):
            hidden = hidden if found.aws else name
        else:
            blocks.extend(zip(found.entries, found.spans, strict=True))
    return [block for block in blocks if block[1].version == version], hidden


def blocks_of(network: Network, groups: Iterable[str], version: int) -> Iterable[Span]:
    """Yield every block that the egress rules of some groups name, to cut the public space by."""
    for group in groups:
        found = _rules(network, group, egress=True)
        if not isinstance(found, Unknown):
            for rule in found:
                yield from (span for _, span in _sources(network, rule, version)[0])
