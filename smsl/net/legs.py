"""The legs of a connection through a network ACL, each judged over all clients of a subnet.

NACLs are stateless, so the request and the reply are separate legs, and they are not asked inside one subnet.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html#nacl-basics
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from smsl.model.network import NetworkAcl
from smsl.model.unknown import Unknown
from smsl.net.boxes import Box, Region, meet, subtract
from smsl.net.filters import Passage, admitted
from smsl.net.site import Site
from smsl.net.step import Step, failed, incomplete, partly, passed
from smsl.net.words import acl_rule, rule_number, some


@dataclass(frozen=True, slots=True)
class Codes:
    """What a leg is called when it is shut, and when only part of the ports may pass."""

    shut: str
    ports: str


FN_OUT = Codes("FN_NACL_EGRESS", "FN_NACL_EGRESS")
FN_BACK = Codes("FN_NACL_INGRESS", "FN_NACL_EPHEMERAL_PARTIAL")
EP_IN = Codes("EP_NACL_INGRESS", "EP_NACL_INGRESS")
EP_BACK = Codes("EP_NACL_EGRESS", "EP_NACL_EPHEMERAL_PARTIAL")
NAT_ANY = Codes("NAT_NACL", "NAT_NACL")


def request_towards(site: Site, acl: NetworkAcl, codes: Codes, remote: Box, version: int, *, egress: bool) -> Step:
    """Judge the request at an ACL that sees the server's address: all clients or none."""
    packets = Box(remote.low, remote.high, site.flow.port, site.flow.port)

    def clients(found: Passage, _: Box) -> Region:
        return () if subtract((packets,), found.open) else site.clients(version)

    return _judge(site, acl, codes, [(packets, packets)], clients, version, egress=egress)


def reply_from(site: Site, acl: NetworkAcl, codes: Codes, remote: Box, version: int, *, egress: bool) -> Step:
    """Judge the reply at an ACL that sees the server's address: all clients, some ports."""
    packets = Box(remote.low, remote.high, *site.flow.source_ports)

    def clients(found: Passage, _: Box) -> Region:
        every = site.clients(version)
        return tuple(Box(each.low, each.high, part.first, part.last) for each in every for part in found.open)

    return _judge(site, acl, codes, [(packets, packets)], clients, version, egress=egress)


def request_of(site: Site, acl: NetworkAcl, codes: Codes, version: int, *, egress: bool) -> Step:
    """Judge the request at an ACL that sees the clients' addresses: some clients, all their ports."""
    port = site.flow.port

    def clients(found: Passage, client: Box) -> Region:
        return tuple(Box(part.low, part.high, client.first, client.last) for part in found.open)

    seen = [(Box(client.low, client.high, port, port), client) for client in site.clients(version)]
    return _judge(site, acl, codes, seen, clients, version, egress=egress)


def reply_to(site: Site, acl: NetworkAcl, codes: Codes, version: int, *, egress: bool) -> Step:
    """Judge the reply at an ACL that sees the clients' addresses and ports."""
    seen = [(client, client) for client in site.clients(version)]
    return _judge(site, acl, codes, seen, lambda found, _: found.open, version, egress=egress)


def _judge(
    site: Site,
    acl: NetworkAcl,
    codes: Codes,
    seen: Sequence[tuple[Box, Box]],
    clients: Callable[[Passage, Box], Region],
    version: int,
    *,
    egress: bool,
) -> Step:
    """Judge a leg.

    Args:
        site: The function's side.
        acl: The rules.
        codes: What the leg is called.
        seen: The packets as the ACL sees them, each with the clients whose packets they are.
        clients: Turns what the ACL lets by into client addresses x source ports.
        version: 4 or 6.
        egress: The direction, as seen from the ACL's subnet.
    """
    open_: Region = ()
    allowing: list[str] = []
    denying, rule = "", "*"
    for packets, client in seen:
        found = admitted(acl, packets, version, egress=egress)
        if isinstance(found, Unknown):
            return incomplete(acl.id, "network_acl", found)
        open_ += clients(found, client)
        allowing += [acl_rule(acl.id, entry, packets, version, egress=egress) for entry in found.by]
        if found.shut is not None and not denying:
            denying = acl_rule(acl.id, found.against, found.shut, version, egress=egress)
            rule = "*" if found.against is None else rule_number(found.against)
    whole = site.clients(version)
    left = meet(whole, open_)
    if not subtract(whole, left):
        return passed(acl.id, "network_acl", some(allowing) or "its rules allow the packets")
    data = site.ids(acl=acl.id, rule=rule)
    if not left:
        return failed(codes.shut, acl.id, "network_acl", denying, **data)
    first, last = site.flow.source_ports
    whole_ports = all(part.first <= first and last <= part.last for part in left)
    return partly(codes.shut if whole_ports else codes.ports, acl.id, "network_acl", left, denying, **data)
