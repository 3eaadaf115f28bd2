"""Out to the internet by way of a transit gateway and a NAT gateway in a central VPC.

Source: https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-nat-igw.html
"""

from __future__ import annotations

from smsl.model.network import Network, Route, RouteState, Span, Subnet, Target, TransitAttachment, span_of
from smsl.model.unknown import Unknown
from smsl.net.boxes import Region
from smsl.net.nat import Ways, gateway
from smsl.net.routes import Hidden, choose, grouped, rows, table_of
from smsl.net.site import Site
from smsl.net.step import Step, failed, incomplete, undecided
from smsl.net.transit import attachment, back, ends_near, forth, table_for


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
    for sub in grouped(part, [row.span for row in known]):
        choice = choose(known, hidden, sub[0])
        if isinstance(choice, Route) and choice.state is RouteState.ACTIVE and choice.target is Target.NAT_GATEWAY:
            ways += gateway(site, choice.target_id, sub, (Target.TRANSIT_GATEWAY, name))
        else:
            ways.append((sub, [_dead_end(site, table.id, choice)]))
    return ways


def _dead_end(site: Site, table: str, choice: Route | Hidden | None) -> Step:
    data = site.ids(rtb=table)
    if isinstance(choice, Hidden):
        return undecided("PL_ENTRIES_UNKNOWN", choice.prefix_list, "route", data)
    if choice is None:
        return failed("RT_NO_ROUTE", table, "route", **data)
    if choice.state is RouteState.BLACKHOLE:
        return failed("RT_BLACKHOLE", table, "route", **{**data, "dest": str(choice.cidr or choice.prefix_list)})
    if choice.target is Target.INTERNET_GATEWAY:
        return failed("RT_IGW_NO_PUBLIC_IP", table, "route", **data)
    if choice.target is Target.PEERING:
        return failed("RT_PEERING_NO_TRANSIT", table, "route", **data)
    if choice.target in (Target.ENDPOINT, Target.INTERFACE):
        return undecided("RT_MIDDLEBOX", choice.target_id, "route", data)
    if choice.target in (Target.OPAQUE, Target.TRANSIT_GATEWAY):
        return undecided("RT_OPAQUE_TARGET", choice.target_id, "route", data)
    return failed("RT_NO_ROUTE", table, "route", **data)
