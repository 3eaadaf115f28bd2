"""What exactly let a packet pass or stopped it, in one line: the rule or the route, with its ids."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, summarize_address_range

from smsl.model.network import AclEntry, IpNetwork, Route, RouteState
from smsl.net.boxes import Box, Region

_SHOWN = 3
_IPV6_SUBNET = 44
"""The shortest prefix of a subnet's IPv6 block."""
_DEFAULT_RULE = 32767
"""The number of the rule that every network ACL ends with, shown as ``*``."""


def ports(first: int, last: int) -> str:
    """Return a range of ports as consoles show it."""
    return str(first) if first == last else f"{first}-{last}"


def remote(where: Box, version: int) -> str:
    """Return an address, the block of a subnet, or the public addresses, which are judged in pieces."""
    low, high = _address(where.low, version), _address(where.high, version)
    if low == high:
        return str(low)
    blocks: list[IpNetwork] = list(_blocks(low, high))
    ours = len(blocks) == 1 and (blocks[0].prefixlen >= _IPV6_SUBNET if version == 6 else not blocks[0].is_global)
    return str(blocks[0]) if ours else "the public addresses"


def _address(number: int, version: int) -> IPv4Address | IPv6Address:
    return IPv4Address(number) if version == 4 else IPv6Address(number)


def _blocks(low: IPv4Address | IPv6Address, high: IPv4Address | IPv6Address) -> Iterable[IpNetwork]:
    if isinstance(low, IPv4Address) and isinstance(high, IPv4Address):
        return summarize_address_range(low, high)
    if isinstance(low, IPv6Address) and isinstance(high, IPv6Address):
        return summarize_address_range(low, high)
    return ()


def region(parts: Region, version: int) -> str:
    """Return the addresses of a region as CIDR blocks, the first few of many."""
    spans = {(part.low, part.high) for part in parts}
    blocks = [
        str(block) for low, high in sorted(spans) for block in _blocks(_address(low, version), _address(high, version))
    ]
    more = [f"{len(blocks) - _SHOWN} more"] if len(blocks) > _SHOWN else []
    return ", ".join([*blocks[:_SHOWN], *more])


def route(table: str, taken: Route) -> str:
    """Return a row of a route table: ``rtb-1: 0.0.0.0/0 -> blackhole nat-2``."""
    state = "blackhole " if taken.state is RouteState.BLACKHOLE else ""
    return f"{table}: {taken.cidr or taken.prefix_list} -> {state}{taken.target_id}".rstrip()


def rule_number(entry: AclEntry) -> str:
    """Return the number of a network ACL's entry as consoles show it."""
    return "*" if entry.number >= _DEFAULT_RULE else str(entry.number)


def acl_rule(acl: str, entry: AclEntry | None, packets: Box, version: int, *, egress: bool) -> str:
    """Return what a network ACL's entry does to packets; None stands for the rule that denies the rest."""
    way, word = ("outbound", "to") if egress else ("inbound", "from")
    number = "*" if entry is None else rule_number(entry)
    verb = "allows" if entry is not None and entry.allow else "denies"
    block = remote(packets, version) if entry is None else str(entry.cidr)
    return f"{acl}: rule {number} {verb} {way} tcp {ports(packets.first, packets.last)} {word} {block}"


def some(found: Iterable[str]) -> str:
    """Return the first few of many rules in words, each once."""
    rules = list(dict.fromkeys(found))
    more = [f"{len(rules) - _SHOWN} more"] if len(rules) > _SHOWN else []
    return "; ".join([*rules[:_SHOWN], *more])
