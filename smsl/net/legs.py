"""The legs of a connection through a network ACL, each judged over all clients of a subnet.

NACLs are stateless, so the request and the reply are separate legs, and they are not asked inside one subnet.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html#nacl-basics
"""

from __future__ import annotations

from dataclasses import dataclass

from smsl.model.network import NetworkAcl
from smsl.model.unknown import Unknown
from smsl.net.boxes import Box, Region, meet, subtract
from smsl.net.filters import admitted, lowest_deny
from smsl.net.site import Site
from smsl.net.step import Step, failed, incomplete, partly, passed


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
    found = admitted(acl, packets, version, egress=egress)
    if isinstance(found, Unknown):
        return incomplete(acl.id, "network_acl", found)
    open_ = site.clients(version) if not subtract((packets,), found) else ()
    return _judge(site, acl, codes, open_, version, packets, egress=egress)


def reply_from(site: Site, acl: NetworkAcl, codes: Codes, remote: Box, version: int, *, egress: bool) -> Step:
    """Judge the reply at an ACL that sees the server's address: all clients, some ports."""
    packets = Box(remote.low, remote.high, *site.flow.source_ports)
    found = admitted(acl, packets, version, egress=egress)
    if isinstance(found, Unknown):
        return incomplete(acl.id, "network_acl", found)
    open_ = tuple(
        Box(client.low, client.high, part.first, part.last) for client in site.clients(version) for part in found
    )
    return _judge(site, acl, codes, open_, version, packets, egress=egress)


def request_of(site: Site, acl: NetworkAcl, codes: Codes, version: int, *, egress: bool) -> Step:
    """Judge the request at an ACL that sees the clients' addresses: some clients, all their ports."""
    open_: Region = ()
    packets: Box | None = None
    for client in site.clients(version):
        packets = Box(client.low, client.high, site.flow.port, site.flow.port)
        found = admitted(acl, packets, version, egress=egress)
        if isinstance(found, Unknown):
            return incomplete(acl.id, "network_acl", found)
        open_ += tuple(Box(part.low, part.high, client.first, client.last) for part in found)
    return _judge(site, acl, codes, open_, version, packets, egress=egress)


def reply_to(site: Site, acl: NetworkAcl, codes: Codes, version: int, *, egress: bool) -> Step:
    """Judge the reply at an ACL that sees the clients' addresses and ports."""
    open_: Region = ()
    packets: Box | None = None
    for packets in site.clients(version):
        found = admitted(acl, packets, version, egress=egress)
        if isinstance(found, Unknown):
            return incomplete(acl.id, "network_acl", found)
        open_ += found
    return _judge(site, acl, codes, open_, version, packets, egress=egress)


def _judge(
    site: Site, acl: NetworkAcl, codes: Codes, open_: Region, version: int, packets: Box | None, *, egress: bool
) -> Step:
    whole = site.clients(version)
    left = meet(whole, open_)
    if not subtract(whole, left):
        return passed(acl.id, "network_acl", "rules allow the packets")
    rule = "*" if packets is None else lowest_deny(acl, packets, version, egress=egress)
    data = site.ids(acl=acl.id, rule=rule)
    if not left:
        return failed(codes.shut, acl.id, "network_acl", **data)
    first, last = site.flow.source_ports
    whole_ports = all(part.first <= first and last <= part.last for part in left)
    return partly(codes.shut if whole_ports else codes.ports, acl.id, "network_acl", left, **data)
