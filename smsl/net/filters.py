"""Security groups and network ACLs as regions of addresses x ports.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
Source: https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from smsl.model.network import GroupReference, GroupRule, Network, NetworkAcl, SecurityGroup, Span
from smsl.model.unknown import Maybe, Unknown
from smsl.net.boxes import Box, Region, around, overlap, subtract, union
from smsl.net.routes import prefix_list

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


def acl_of(network: Network, subnet: str) -> Maybe[NetworkAcl]:
    """Return the network ACL of a subnet; every subnet has one."""
    if isinstance(network.network_acls, Unknown):
        return network.network_acls
    name = network.acl_of_subnet.get(subnet)
    if name is None:
        return Unknown("no network ACL of the subnet was read", ("ec2:DescribeNetworkAcls",))
    return network.network_acls[name]


def admitted(acl: NetworkAcl, remote: Box, version: int, *, egress: bool) -> Maybe[Region]:
    """Return the part of remote addresses x destination ports that an ACL lets by; the lowest rule that matches wins.

    Args:
        acl: The rules.
        remote: Destinations for egress, sources for ingress, times the packet's destination ports.
        version: 4 or 6; the families have separate rules.
        egress: The direction, as seen from the subnet.
    """
    if isinstance(acl.entries, Unknown):
        return acl.entries
    left: Region = (remote,)
    allowed: list[Box] = []
    for entry in acl.entries:
        if entry.egress is not egress or entry.span.version != version or entry.protocol not in ("-1", "6"):
            continue
        rule = _box(entry.span, None if entry.protocol == "-1" else entry.ports)
        rest: Region = ()
        for part in left:
            shared = overlap(part, rule)
            if shared is not None and entry.allow:
                allowed.append(shared)
            rest += (part,) if shared is None else around(part, shared)
        if not rest:
            break
        left = rest
    return tuple(allowed)


def lowest_deny(acl: NetworkAcl, remote: Box, version: int, *, egress: bool) -> str:
    """Return the number of the first rule that denies a part of the packets, for the fix's text."""
    if isinstance(acl.entries, Unknown):
        return "*"
    for entry in acl.entries:
        same = entry.egress is egress and entry.span.version == version and entry.protocol in ("-1", "6")
        if same and not entry.allow and overlap(_box(entry.span, entry.ports), remote) is not None:
            return "*" if entry.number >= 32767 else str(entry.number)
    return "*"


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
            spans, unlisted = _sources(network, rule, version)
            hidden = hidden or unlisted
            opened.extend(shared for each in spans if (shared := overlap(_box(each), remote)) is not None)
            if any(reference.active and refers(reference) for reference in rule.groups):
                referred = (remote,)
    region = union([*opened, *(referred if honoured else ())])
    return Opening(region, () if honoured else subtract(referred, region), unread, hidden)


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
    return groups.get(group) or Unknown("a security group was not read", ("ec2:DescribeSecurityGroups",))


def _sources(network: Network, rule: GroupRule, version: int) -> tuple[list[Span], str]:
    spans = [span for span in rule.spans if span.version == version]
    hidden = ""
    for name in rule.prefix_lists:
        found = prefix_list(network, name)
        if isinstance(found.entries, Unknown):
            hidden = hidden if found.aws else name
        else:
            spans.extend(span for span in found.spans if span.version == version)
    return spans, hidden


def blocks_of(network: Network, groups: Iterable[str], version: int) -> Iterable[Span]:
    """Yield every block that the egress rules of some groups name, to cut the public space by."""
    for group in groups:
        found = _rules(network, group, egress=True)
        if not isinstance(found, Unknown):
            for rule in found:
                yield from _sources(network, rule, version)[0]
