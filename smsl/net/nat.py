"""Out through a NAT gateway (zonal, regional, private) to an internet gateway, and back.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
Source: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from smsl.model.network import (
    BlockMode,
    NatGateway,
    Network,
    NetworkAcl,
    Route,
    RouteState,
    RouteTable,
    Span,
    Subnet,
    Target,
)
from smsl.model.unknown import Maybe, Unknown
from smsl.net import words
from smsl.net.boxes import Box, Region
from smsl.net.crossing import hidden as hidden_by
from smsl.net.crossing import returns, sends_back
from smsl.net.filters import acl_of
from smsl.net.legs import NAT_ANY, reply_from, reply_to, request_of, request_towards
from smsl.net.routes import Hidden, choose, cut, grouped, rows, table_of
from smsl.net.site import Site, subnet_of, vpc_of
from smsl.net.step import Step, failed, incomplete, passed, undecided

Ways = list[tuple[Region, list[Step]]]
"""The parts of a public range that are treated alike, each with the hops it meets."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Where packets come to a NAT from: the function's subnet, or a transit gateway's in a central VPC."""

    subnet: Subnet
    target: Target = Target.LOCAL
    """How replies get back."""
    name: str = "local"


def gateway(site: Site, name: str, part: Region, entry: Entry) -> Ways:
    """Judge a NAT gateway for a range of public IPv4 addresses.

    Args:
        site: The function's side.
        name: The NAT gateway.
        part: The destinations.
        entry: Where the packets come from.
    """
    found = _found(site.network, name)
    data = site.ids(nat=name, az=site.subnet.az)
    if isinstance(found, Unknown):
        return [(part, [undecided("NAT_NOT_FOUND", name, "nat", data, found, f"{name} was not read")])]
    for fact in (found.state, found.public):
        if isinstance(fact, Unknown):
            return [(part, [incomplete(name, "nat", fact)])]
    if found.state != "available":
        data["msg"] = found.failure
        because = f"{name} is {found.state}" + (f": {found.failure}" if found.failure else "")
        return [(part, [failed("NAT_NOT_AVAILABLE", name, "nat", because, **data)])]
    if not found.public:
        return _private(site, found, part)
    if found.regional:
        return _regional(site, found, part, entry)
    end = subnet_of(site.network, found.subnet)
    if isinstance(end, Unknown):
        return [(part, [incomplete(name, "nat", end)])]
    return out_of(site, end, part, passed(name, "nat", f"{name} is available in {end.id}"), entry)


def _found(network: Network, name: str) -> Maybe[NatGateway]:
    gateways = network.nat_gateways
    if isinstance(gateways, Unknown):
        return gateways
    return gateways.get(name) or Unknown("a NAT gateway was not read", ("ec2:DescribeNatGateways",))


def _private(site: Site, found: NatGateway, part: Region) -> Ways:
    """Judge a private NAT gateway: no internet, except by way of a hub that is not in the snapshot."""
    data = site.ids(nat=found.id)
    end = subnet_of(site.network, found.subnet)
    table = end if isinstance(end, Unknown) else table_of(site.network, end.id, end.vpc)
    if isinstance(table, Unknown):
        return [(part, [incomplete(found.id, "nat", table)])]
    if isinstance(table.routes, Unknown):
        return [(part, [incomplete(table.id, "route", table.routes)])]
    known, hidden = rows(site.network, table.routes, 4)
    taken = {row.span for row in known}
    ways: dict[bool, list[Box]] = {}
    for box in part:
        leads_on = any(
            isinstance(choice := choose(known, hidden, sub), Route)
            and choice.state is RouteState.ACTIVE
            and choice.target in (Target.TRANSIT_GATEWAY, Target.OPAQUE)
            for sub in cut([box], taken)
        )
        ways.setdefault(leads_on, []).append(box)
    beyond = f"{found.id} is private, and {table.id} leads on from {found.subnet}"
    onward = undecided("RT_OPAQUE_TARGET", found.id, "nat", data, because=beyond)
    if hidden:
        stuck = undecided("PL_ENTRIES_UNKNOWN", hidden[0].prefix_list, "route", data)
    else:
        stuck = failed("NAT_PRIVATE", found.id, "nat", f"the connectivity type of {found.id} is private", **data)
    return [(tuple(boxes), [onward if leads_on else stuck]) for leads_on, boxes in ways.items()]


def _regional(site: Site, found: NatGateway, part: Region, entry: Entry) -> Ways:
    """Judge a regional NAT gateway: it has a route table and no subnet."""
    data = site.ids(nat=found.id, az=entry.subnet.az)
    steps = [passed(found.id, "nat", f"{found.id} is available, regional")]
    steps += _zone(found, entry.subnet, data)
    tables = site.network.route_tables
    vpc = vpc_of(site.network, found.vpc)
    table = None if isinstance(tables, Unknown) else tables.get(found.route_table)
    if table is None:
        steps.append(incomplete(found.id, "route", Unknown("the NAT gateway's route table was not read")))
        return [(part, steps)]
    if isinstance(vpc, Unknown):
        return [(part, [*steps, incomplete(found.id, "nat", vpc)])]
    if entry.target is not Target.LOCAL:
        steps += [sends_back(site, table, block, entry.target, entry.name) for block in site.blocks(4)]
    steps += _public_access(site, found.vpc, vpc.block_mode)
    return [(sub, [*steps, *more]) for sub, more in to_internet(site, table, found.vpc, part, ())]


def _zone(found: NatGateway, source: Subnet, data: dict[str, str]) -> list[Step]:
    """Judge whether a regional NAT gateway serves a zone: in manual mode it needs an address there."""
    here = {source.az, source.zone_id}
    zones = () if isinstance(found.zones, Unknown) else found.zones
    if here & set(zones) or found.auto_zones is True:
        return []
    unread: list[Unknown] = [fact for fact in (found.auto_zones, found.zones) if isinstance(fact, Unknown)]
    if "" in here:
        unread.append(Unknown("the zone of a subnet was not read", ("ec2:DescribeSubnets",)))
    if unread:
        return [incomplete(found.id, "nat", unread[0])]
    because = f"{found.id} has addresses in {', '.join(zones) or 'no zone'}, not in {source.az}"
    return [failed("NAT_REGIONAL_AZ", found.id, "nat", because, **data)]


def _public_access(site: Site, component: str, mode: Maybe[BlockMode], *, instance: bool = False) -> list[Step]:
    """Judge VPC Block Public Access: ingress-only spares NAT gateways, and not an instance at an internet gateway.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html
    """
    if isinstance(mode, Unknown):
        return [incomplete(component, "gateway", mode)]
    if mode is BlockMode.BIDIRECTIONAL or (instance and mode is BlockMode.INGRESS):
        because = f"{component}: the mode of VPC Block Public Access is {mode}"
        return [failed("BPA_BLOCKS", component, "gateway", because, **site.ids())]
    return []


def out_of(site: Site, end: Subnet, part: Region, first: Step, entry: Entry, *, instance: bool = False) -> Ways:
    """Judge the way from a NAT's subnet to the internet, and the filters and routes between it and the function."""
    table, acl = table_of(site.network, end.id, end.vpc), acl_of(site.network, end.id)
    steps = [first, *_public_access(site, end.id, end.block_mode, instance=instance)]
    steps += [returns(site, block, end, entry.target, entry.name) for block in site.blocks(4)]
    for unread in (table, acl):
        if isinstance(unread, Unknown):
            return [(part, [*steps, incomplete(end.id, "nat", unread)])]
    if isinstance(table, Unknown) or isinstance(acl, Unknown):
        return []
    outside = end.id != site.subnet.id
    if outside:
        steps.append(request_of(site, acl, NAT_ANY, 4, egress=False))
        steps.append(reply_to(site, acl, NAT_ANY, 4, egress=True))
    ways: Ways = []
    for sub, more in to_internet(site, table, end.vpc, part, blocks(acl)):
        ways.append((sub, [*steps, *more]))
        if outside:
            ways[-1][1].append(request_towards(site, acl, NAT_ANY, sub[0], 4, egress=True))
            ways[-1][1].append(reply_from(site, acl, NAT_ANY, sub[0], 4, egress=False))
    return ways


def blocks(acl: NetworkAcl) -> list[Span]:
    """Return the IPv4 blocks that an ACL names."""
    return [] if isinstance(acl.entries, Unknown) else [e.span for e in acl.entries if e.span.version == 4]


def to_internet(site: Site, table: RouteTable, vpc: str, part: Region, cuts: Iterable[Span]) -> Ways:
    """Judge a NAT's own table: each part of the range must go to an attached internet gateway."""
    if isinstance(table.routes, Unknown):
        return [(part, [incomplete(table.id, "route", table.routes)])]
    known, hidden = rows(site.network, table.routes, 4)
    data = site.ids(rtb=table.id)
    ways: Ways = []
    for sub in grouped(part, (*(row.span for row in known), *cuts)):
        choice = choose(known, hidden, sub[0])
        if isinstance(choice, Hidden):
            because = hidden_by(table.id, choice)
            step = undecided("PL_ENTRIES_UNKNOWN", choice.prefix_list, "route", data, because=because)
        elif choice is None:
            because = f"{table.id} has no route for the public addresses"
            step = failed("NAT_SUBNET_NO_IGW", table.id, "route", because, **data)
        elif choice.state is RouteState.BLACKHOLE:
            step = failed("NAT_SUBNET_NO_IGW", table.id, "route", words.route(table.id, choice), **data)
        elif choice.target is Target.INTERNET_GATEWAY:
            step = attached(site, choice.target_id, vpc, "NAT_SUBNET_NO_IGW", data)
        elif choice.target in (Target.OPAQUE, Target.TRANSIT_GATEWAY):
            because = words.route(table.id, choice)
            step = undecided("RT_OPAQUE_TARGET", choice.target_id, "route", data, because=because)
        elif choice.target in (Target.ENDPOINT, Target.INTERFACE):
            because = words.route(table.id, choice)
            step = undecided("RT_MIDDLEBOX", choice.target_id, "route", data, because=because)
        else:
            step = failed("NAT_SUBNET_NO_IGW", table.id, "route", words.route(table.id, choice), **data)
        ways.append((sub, [step]))
    return ways


def attached(site: Site, name: str, vpc: str, code: str, data: dict[str, str]) -> Step:
    """Judge an internet gateway: attached to the VPC, and no edge table that steers the replies elsewhere."""
    gateways = site.network.internet_gateways
    if isinstance(gateways, Unknown):
        return incomplete(name, "gateway", gateways)
    found = gateways.get(name)
    if found is None:
        return incomplete(name, "gateway", Unknown("a gateway was not read", ("ec2:DescribeInternetGateways",)))
    if vpc not in found.vpcs:
        return failed(code, name, "gateway", f"{name} is not attached to {vpc}", **data)
    tables = site.network.route_tables
    edge = None if isinstance(tables, Unknown) else tables.get(site.network.gateway_table.get(name, ""))
    if edge is not None:
        routes = () if isinstance(edge.routes, Unknown) else edge.routes
        if any(route.target is not Target.LOCAL for route in routes):
            because = f"{edge.id} of {name} steers what comes in elsewhere"
            return undecided("RT_MIDDLEBOX", edge.id, "gateway", data, because=because)
    return passed(name, "gateway", f"{name} is attached to {vpc}")
