"""Out to the internet by way of a transit gateway and a NAT gateway in a central VPC.

Source: https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-nat-igw.html
"""

from __future__ import annotations

from smsl.model.network import Network, Route, RouteState, Span, Subnet, Target, TransitAttachment, span_of
from smsl.model.unknown import Unknown
from smsl.net import words
from smsl.net.boxes import Box, Region
from smsl.net.crossing import hidden
from smsl.net.filters import acl_of
from smsl.net.legs import NAT_ANY, reply_from, request_towards
from smsl.net.nat import Entry, Ways, blocks, gateway
from smsl.net.routes import Hidden, choose, grouped, rows, table_of
from smsl.net.site import Site, subnet_of
from smsl.net.step import Step, failed, incomplete, undecided
from smsl.net.transit import attachment, back, ends_near, forth, handed, table_for


def through(site: Site, name: str, part: Region) -> Ways:
    """Judge a transit gateway as the way to a range of public IPv4 addresses."""
    ways: Ways = []
    for sub in grouped(part, _cuts(site.network, name, site.vpc.id)):
        steps, reached = forth(site, name, sub[0], 4, None)
        if reached is None:
            ways.append((sub, steps))
            continue
        steps += back(site, name, reached, 4)
        ends = ends_near(site, reached, site.subnet)
        if not ends:
            missing = Unknown("the far attachment's subnets were not read", ("ec2:DescribeSubnets",))
            ways.append(
                (sub, [*steps, undecided("RT_OPAQUE_TARGET", reached.id, "transit_gateway", site.ids(), missing)])
            )
        for end in ends:
            ways += [(piece, [*steps, *more]) for piece, more in _from_hub(site, name, reached, end, sub)]
    return ways


def _cuts(network: Network, name: str, vpc: str) -> list[Span]:
    near = attachment(network, name, vpc)
    if not isinstance(near, TransitAttachment):
        return []
    table = table_for(network, name, near.id)
    if table is None or isinstance(table, Unknown) or isinstance(table.routes, Unknown):
        return []
    return [span_of(route.cidr) for route in table.routes if route.cidr.version == 4]


def _from_hub(site: Site, name: str, reached: TransitAttachment, end: Subnet, part: Region) -> Ways:
    """Judge the way from the attachment's subnet in the central VPC."""
    table = table_of(site.network, end.id, end.vpc)
    if isinstance(table, Unknown):
        return [(part, [undecided("RT_OPAQUE_TARGET", reached.id, "route", site.ids(), table)])]
    if isinstance(table.routes, Unknown):
        return [(part, [incomplete(table.id, "route", table.routes)])]
    known, hidden = rows(site.network, table.routes, 4)
    ways: Ways = []
    acl = acl_of(site.network, end.id)
    cuts = () if isinstance(acl, Unknown) else blocks(acl)
    for sub in grouped(part, (*(row.span for row in known), *cuts)):
        choice = choose(known, hidden, sub[0])
        if isinstance(choice, Route) and choice.state is RouteState.ACTIVE and choice.target is Target.NAT_GATEWAY:
            entry = Entry(end, Target.TRANSIT_GATEWAY, name)
            nat = choice.target_id
            between = [*_filters(site, end, sub[0], nat), *_homeward(site, name, reached, nat)]
            ways += [(piece, [*between, *steps]) for piece, steps in gateway(site, nat, sub, entry)]
        else:
            ways.append((sub, [_dead_end(site, table.id, choice)]))
    return ways


def _nat_subnet(site: Site, name: str) -> Subnet | None:
    """Return the subnet of a zonal NAT gateway, if it was read."""
    gateways = site.network.nat_gateways
    found = None if isinstance(gateways, Unknown) else gateways.get(name)
    end = None if found is None or found.regional else subnet_of(site.network, found.subnet)
    return end if isinstance(end, Subnet) else None


def _filters(site: Site, end: Subnet, part: Box, nat: str) -> list[Step]:
    """Judge the ACL of the attachment's subnet, unless the NAT gateway is in it too.

    Source: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
    """
    beyond = _nat_subnet(site, nat)
    if beyond is not None and beyond.id == end.id:
        return []
    acl = acl_of(site.network, end.id)
    if isinstance(acl, Unknown):
        return [incomplete(end.id, "network_acl", acl)]
    return [
        request_towards(site, acl, NAT_ANY, part, 4, egress=True),
        reply_from(site, acl, NAT_ANY, part, 4, egress=False),
    ]


def _homeward(site: Site, name: str, reached: TransitAttachment, nat: str) -> list[Step]:
    """Judge whether the NAT gateway's zone can hand replies to the transit gateway."""
    beyond = _nat_subnet(site, nat)
    return [] if beyond is None else list(handed(site, name, beyond, reached, site.ids(tgw=name, az=beyond.az)))


def _dead_end(site: Site, table: str, choice: Route | Hidden | None) -> Step:
    data = site.ids(rtb=table)
    if isinstance(choice, Hidden):
        return undecided("PL_ENTRIES_UNKNOWN", choice.prefix_list, "route", data, because=hidden(table, choice))
    if choice is None:
        return failed("RT_NO_ROUTE", table, "route", f"{table} has no route for the public addresses", **data)
    taken = words.route(table, choice)
    if choice.state is RouteState.BLACKHOLE:
        dest = str(choice.cidr or choice.prefix_list)
        return failed("RT_BLACKHOLE", table, "route", taken, **{**data, "dest": dest})
    if choice.target is Target.INTERNET_GATEWAY:
        return failed("RT_IGW_NO_PUBLIC_IP", table, "route", taken, **data)
    if choice.target is Target.PEERING:
        return failed("RT_PEERING_NO_TRANSIT", table, "route", taken, **data)
    if choice.target in (Target.ENDPOINT, Target.INTERFACE):
        return undecided("RT_MIDDLEBOX", choice.target_id, "route", data, because=taken)
    if choice.target in (Target.OPAQUE, Target.TRANSIT_GATEWAY):
        return undecided("RT_OPAQUE_TARGET", choice.target_id, "route", data, because=taken)
    return failed("RT_NO_ROUTE", table, "route", taken, **data)
