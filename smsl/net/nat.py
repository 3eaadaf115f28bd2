"""Out through a NAT gateway (zonal, regional, private) or a NAT instance to an internet gateway, and back.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
Source: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
Source: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_NAT_Instance.html
"""

from __future__ import annotations

from collections.abc import Iterable

from smsl.model.network import (
    BlockMode,
    NatGateway,
    Network,
    NetworkAcl,
    NetworkInterface,
    Route,
    RouteState,
    RouteTable,
    Span,
    Subnet,
    Target,
)
from smsl.model.unknown import Maybe, Unknown
from smsl.net.boxes import Box, Region, subtract
from smsl.net.crossing import returns
from smsl.net.endpoint import closed
from smsl.net.filters import acl_of, admit, blocks_of
from smsl.net.legs import NAT_ANY, reply_from, reply_to, request_of, request_towards
from smsl.net.routes import Hidden, choose, grouped, rows, table_of
from smsl.net.site import Site, subnet_of, vpc_of
from smsl.net.step import Step, failed, incomplete, passed, undecided

Ways = list[tuple[Region, list[Step]]]
"""The parts of a public range that are treated alike, each with the hops it meets."""


def gateway(site: Site, name: str, part: Region, home: tuple[Target, str] = (Target.LOCAL, "local")) -> Ways:
    """Judge a NAT gateway for a range of public IPv4 addresses.

    Args:
        site: The function's side.
        name: The NAT gateway.
        part: The destinations.
        home: How replies get back to the function's subnet: locally, or by a transit gateway's id.
    """
    found = _found(site.network, name)
    data = site.ids(nat=name, az=site.subnet.az)
    if isinstance(found, Unknown):
        return [(part, [undecided("NAT_NOT_FOUND", name, "nat", data, found)])]
    for fact in (found.state, found.public):
        if isinstance(fact, Unknown):
            return [(part, [incomplete(name, "nat", fact)])]
    if found.state != "available":
        data["msg"] = found.failure
        return [(part, [failed("NAT_NOT_AVAILABLE", name, "nat", **data)])]
    if not found.public:
        return _private(site, found, part)
    if found.regional:
        return _regional(site, found, part, data)
    end = subnet_of(site.network, found.subnet)
    if isinstance(end, Unknown):
        return [(part, [incomplete(name, "nat", end)])]
    return _out_of(site, end, part, passed(name, "nat", f"available in {end.id}"), home)


def _found(network: Network, name: str) -> Maybe[NatGateway]:
    gateways = network.nat_gateways
    if isinstance(gateways, Unknown):
        return gateways
    return gateways.get(name) or Unknown("a NAT gateway was not read", ("ec2:DescribeNatGateways",))


def _private(site: Site, found: NatGateway, part: Region) -> Ways:
    """Judge a private NAT gateway: no internet, except by way of a hub that is not in the snapshot."""
    data = site.ids(nat=found.id)
    table = table_of(site.network, found.subnet, found.vpc)
    if isinstance(table, Unknown):
        return [(part, [incomplete(found.id, "nat", table)])]
    if isinstance(table.routes, Unknown):
        return [(part, [incomplete(table.id, "route", table.routes)])]
    known, hidden = rows(site.network, table.routes, 4)
    ways: Ways = []
    for sub in grouped(part, [row.span for row in known]):
        choice = choose(known, hidden, sub[0])
        target = choice.target if isinstance(choice, Route) and choice.state is RouteState.ACTIVE else None
        if target in (Target.TRANSIT_GATEWAY, Target.OPAQUE):
            step = undecided("RT_OPAQUE_TARGET", found.id, "nat", data)
        elif hidden:
            step = undecided("PL_ENTRIES_UNKNOWN", hidden[0].prefix_list, "route", data)
        else:
            step = failed("NAT_PRIVATE", found.id, "nat", **data)
        ways.append((sub, [step]))
    return ways


def _regional(site: Site, found: NatGateway, part: Region, data: dict[str, str]) -> Ways:
    """Judge a regional NAT gateway: it has a route table and no subnet."""
    steps = [passed(found.id, "nat", "available, regional")]
    here = {site.subnet.az, site.subnet.zone_id} - {""}
    if not found.auto_zones and not here & set(found.zones):
        steps = [failed("NAT_REGIONAL_AZ", found.id, "nat", **data)]
    tables = site.network.route_tables
    vpc = vpc_of(site.network, found.vpc)
    table = None if isinstance(tables, Unknown) else tables.get(found.route_table)
    if table is None:
        steps.append(incomplete(found.id, "route", Unknown("the NAT gateway's route table was not read")))
        return [(part, steps)]
    if isinstance(vpc, Unknown):
        return [(part, [*steps, incomplete(found.id, "nat", vpc)])]
    steps += _public_access(site, found.vpc, vpc.block_mode)
    return [(sub, [*steps, *more]) for sub, more in to_internet(site, table, found.vpc, part, ())]


def _public_access(site: Site, component: str, mode: Maybe[BlockMode]) -> list[Step]:
    """Judge VPC Block Public Access for a NAT: only the bidirectional mode stops it."""
    if isinstance(mode, Unknown):
        return [incomplete(component, "gateway", mode)]
    if mode is BlockMode.BIDIRECTIONAL:
        return [failed("BPA_BLOCKS", component, "gateway", **site.ids())]
    return []


def _out_of(site: Site, end: Subnet, part: Region, first: Step, home: tuple[Target, str]) -> Ways:
    """Judge the way from a NAT's subnet to the internet, and the filters and routes between it and the function."""
    table, acl = table_of(site.network, end.id, end.vpc), acl_of(site.network, end.id)
    steps = [first, *_public_access(site, end.id, end.block_mode)]
    steps += [returns(site, block, end, *home) for block in site.blocks(4)]
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
            step = undecided("PL_ENTRIES_UNKNOWN", choice.prefix_list, "route", data)
        elif choice is None or choice.state is RouteState.BLACKHOLE:
            step = failed("NAT_SUBNET_NO_IGW", table.id, "route", **data)
        elif choice.target is Target.INTERNET_GATEWAY:
            step = attached(site, choice.target_id, vpc, "NAT_SUBNET_NO_IGW", data)
        elif choice.target in (Target.OPAQUE, Target.TRANSIT_GATEWAY):
            step = undecided("RT_OPAQUE_TARGET", choice.target_id, "route", data)
        elif choice.target is Target.ENDPOINT:
            step = undecided("RT_MIDDLEBOX", choice.target_id, "route", data)
        else:
            step = failed("NAT_SUBNET_NO_IGW", table.id, "route", **data)
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
        return failed(code, name, "gateway", **data)
    tables = site.network.route_tables
    edge = None if isinstance(tables, Unknown) else tables.get(site.network.gateway_table.get(name, ""))
    if edge is not None:
        routes = () if isinstance(edge.routes, Unknown) else edge.routes
        if any(route.target is not Target.LOCAL for route in routes):
            return undecided("RT_MIDDLEBOX", edge.id, "gateway", data)
    return passed(name, "gateway", "attached")


def instance(site: Site, name: str, part: Region) -> Ways:
    """Judge an interface that a default route points at as a NAT instance's."""
    found = _interface(site.network, name)
    data = site.ids(eni=name)
    if isinstance(found, Unknown):
        return [(part, [incomplete(name, "nat", found)])]
    if found.type != "interface":
        return [(part, [undecided("RT_MIDDLEBOX", name, "nat", data)])]
    end = subnet_of(site.network, found.subnet)
    if isinstance(found.source_dest_check, Unknown):
        return [(part, [incomplete(name, "nat", found.source_dest_check)])]
    if isinstance(end, Unknown):
        return [(part, [incomplete(name, "nat", end)])]
    steps = []
    if found.source_dest_check:
        steps.append(failed("NATI_SRC_DST_CHECK", name, "nat", **data))
    if not found.public_ip:
        steps.append(failed("NATI_NO_PUBLIC_IP", name, "nat", **data))
    first = passed(name, "nat", f"NAT instance in {end.id}")
    ways: Ways = []
    for piece in grouped(part, blocks_of(site.network, found.groups, 4)):
        filters = _instance_groups(site, found, piece[0], data)
        ways += [
            (sub, [*more, *steps, *filters]) for sub, more in _out_of(site, end, piece, first, (Target.LOCAL, "local"))
        ]
    return ways


def _interface(network: Network, name: str) -> Maybe[NetworkInterface]:
    interfaces = network.interfaces
    if isinstance(interfaces, Unknown):
        return interfaces
    return interfaces.get(name) or Unknown("an interface was not read", ("ec2:DescribeNetworkInterfaces",))


def _instance_groups(site: Site, found: NetworkInterface, part: Box, data: dict[str, str]) -> list[Step]:
    """Judge the NAT instance's groups: in from the function's subnet, out to the internet."""
    component = ",".join(found.groups) or found.id
    data = {**data, "sg": component}
    steps = []
    remotes = [(Box(client.low, client.high), False) for client in site.clients(4)]
    for remote, egress in (*remotes, (part, True)):
        opening = admit(
            site.network,
            found.groups,
            remote,
            4,
            site.flow.port,
            egress=egress,
            refers=lambda reference: reference.group in site.flow.security_groups,
            honoured=not egress,  # the internet carries no group
        )
        if subtract((Box(remote.low, remote.high),), opening.region):
            steps.append(closed(opening, component, "NATI_SG", data))
        else:
            steps.append(passed(component, "security_group", "the NAT instance's groups allow the packets"))
    return steps
