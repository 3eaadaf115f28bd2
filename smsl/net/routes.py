"""Route tables: which row a destination takes, and how a table cuts up an address space.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from smsl.model.network import IpNetwork, Network, PrefixList, Route, RouteState, RouteTable, Span, Target, span_of
from smsl.model.unknown import Maybe, Unknown
from smsl.net.boxes import Box, Region, box


@dataclass(frozen=True, slots=True)
class Hidden:
    """A prefix list without entries decides where the destination goes."""

    prefix_list: str


@dataclass(frozen=True, slots=True)
class Row:
    """A route with one destination of its prefix list."""

    route: Route
    length: int
    """Of the prefix."""
    span: Span


def _row(route: Route, cidr: IpNetwork) -> Row:
    return Row(route, cidr.prefixlen, span_of(cidr))


_INSIDE = (Target.NAT_GATEWAY, Target.INTERFACE, Target.ENDPOINT)
"""What a route that is more specific than the local one may point at; no other takes packets from it."""

Choice = Route | Hidden | None
"""The route taken, a prefix list that hides it, or no route."""


def table_of(network: Network, subnet: str, vpc: str) -> Maybe[RouteTable]:
    """Return the table of a subnet: the explicitly associated one, else the main table of its VPC."""
    if isinstance(network.route_tables, Unknown):
        return network.route_tables
    name = network.table_of_subnet.get(subnet)
    if name is None and vpc not in network.doubtful_table:
        name = network.main_table.get(vpc)
    if name is None:
        return Unknown("no route table of the subnet was read", ("ec2:DescribeRouteTables",))
    return network.route_tables[name]


def prefix_list(network: Network, name: str) -> PrefixList:
    """Return a prefix list; one that was not read has unknown entries."""
    lists = network.prefix_lists
    found = None if isinstance(lists, Unknown) else lists.get(name)
    return found or PrefixList(name, entries=Unknown("entries not read", ("ec2:GetManagedPrefixListEntries",)))


def _to_gateway_endpoint(network: Network, route: Route) -> bool:
    """Tell the routes of S3 and DynamoDB gateway endpoints, which no Secrets Manager address matches."""
    if route.target is not Target.ENDPOINT or not route.prefix_list:
        return False
    known = None if isinstance(network.endpoints, Unknown) else network.endpoints.get(route.target_id)
    if known is not None:
        return known.type == "Gateway"
    listed = None if isinstance(network.prefix_lists, Unknown) else network.prefix_lists.get(route.prefix_list)
    return listed is None or listed.aws or not listed.owner_read


def rows(network: Network, routes: Iterable[Route], version: int) -> tuple[tuple[Row, ...], tuple[Route, ...]]:
    """Return a table's rows of one family, prefix lists expanded, and the routes whose lists have no entries.

    Args:
        network: Where the prefix lists are.
        routes: The table.
        version: 4 or 6.
    """
    known: list[Row] = []
    hidden: list[Route] = []
    for route in routes:
        if route.state is RouteState.FILTERED or _to_gateway_endpoint(network, route):
            continue
        if route.cidr is not None:
            if route.cidr.version == version:
                known.append(_row(route, route.cidr))
            continue
        entries = prefix_list(network, route.prefix_list)
        if isinstance(entries.entries, Unknown):
            # AWS's own lists hold no address of Secrets Manager, nor a private one.
            hidden.extend([] if entries.aws else [route])
        else:
            known.extend(_row(route, cidr) for cidr in entries.entries if cidr.version == version)
    return tuple(known), tuple(hidden)


def _rank(row: Row) -> tuple[int, int]:
    """Order rows that match: longest prefix, then local, static, prefix list, propagated."""
    route = row.route
    if route.target is Target.LOCAL:
        kind = 3
    elif route.propagated:
        kind = 0
    else:
        kind = 1 if route.prefix_list else 2
    return row.length, kind


def choose(known: Iterable[Row], hidden: Iterable[Route], part: Box) -> Choice:
    """Return the route that a part of the address space takes; the rows must not cut the part."""
    matching = [row for row in known if row.span.low <= part.low and part.high <= row.span.high]
    best = max(matching, key=_rank).route if matching else None
    for route in hidden:
        same = best is not None and (best.target_id, best.state) == (route.target_id, route.state)
        within = best is not None and best.target is Target.LOCAL and route.target not in _INSIDE
        if not same and not within:
            return Hidden(route.prefix_list)
    return best


def cut(parts: Iterable[Box], spans: Iterable[Span]) -> Iterator[Box]:
    """Yield address ranges cut wherever one of the blocks begins or ends, so that each block takes all or nothing."""
    edges = sorted({edge for span in spans for edge in (span.low, span.high + 1)})
    for part in parts:
        low = part.low
        for edge in edges[bisect_right(edges, low) : bisect_right(edges, part.high)]:
            yield Box(low, edge - 1)
            low = edge
        yield Box(low, part.high)


def grouped(region: Region, spans: Iterable[Span]) -> Iterable[Region]:
    """Return the parts of a region that blocks cut out, those together that lie in the same blocks.

    What asks only whether these blocks hold an address treats all boxes of a group alike: judging the first is enough.
    The public space has more than a dozen boxes, and most tables and filters tell no two of them apart.
    """
    blocks = frozenset(spans)
    groups: dict[tuple[Span, ...], list[Box]] = {}
    for part in cut(region, blocks):
        inside = tuple(span for span in blocks if span.low <= part.low <= span.high)
        groups.setdefault(inside, []).append(part)
    return [tuple(parts) for parts in groups.values()]


def choices(network: Network, table: RouteTable, where: IpNetwork) -> Maybe[tuple[tuple[Box, Choice], ...]]:
    """Return, for each part of a block that a table treats alike, the route it takes."""
    if isinstance(table.routes, Unknown):
        return table.routes
    known, hidden = rows(network, table.routes, where.version)
    whole = box(where)
    inside = [row.span for row in known if row.span.low <= whole.high and whole.low <= row.span.high]
    return tuple((part, choose(known, hidden, part)) for part in cut([Box(whole.low, whole.high)], inside))
