"""Route tables: those that are declared, the main table of each VPC, and what is declared for tables of the account.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from smsl.model.network import Route, RouteTable, Target, Vpc
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.declared.implicit import main_table
from smsl.sources.declared.network_pieces import RoutePiece, TablePiece, TableUsePiece
from smsl.sources.declared.sorted import Sorted

Routes = Maybe[tuple[Route, ...]]


def tables_of(pieces: Sorted, vpcs: Mapping[str, Vpc], live: Mapping[str, RouteTable]) -> dict[str, RouteTable]:
    """Return the tables that are declared or changed, the main ones of declared VPCs among them."""
    routes: defaultdict[str, list[Route | Unknown]] = defaultdict(list)
    for route in pieces.of(RoutePiece):
        routes[route.table].append(route.route)
    users: defaultdict[str, list[str]] = defaultdict(list)
    for use in pieces.of(TableUsePiece):
        users[use.table].append(use.user)
    homes = _homes(pieces, vpcs, live)
    mains = _mains(pieces, vpcs)
    found = {
        table: _table(table, home, vpcs.get(home), routes[table], users[table], main=mains.get(home) == table)
        for table, home in homes.items()
    }
    return {**_left(live, found, users, mains), **found, **_grown(live, found, routes, users)}


def _homes(pieces: Sorted, vpcs: Mapping[str, Vpc], live: Mapping[str, RouteTable]) -> dict[str, str]:
    """Return the VPC of each declared table; the main table of a VPC is declared with it."""
    implicit = {main_table(vpc): vpc for vpc in vpcs if main_table(vpc) not in live}
    return {**implicit, **{each.id: each.vpc for each in pieces.of(TablePiece)}}


def _mains(pieces: Sorted, vpcs: Mapping[str, Vpc]) -> dict[str, str]:
    """Return the main table of each VPC of which that is declared."""
    said = {each.vpc: each.id for each in pieces.of(TablePiece) if each.main}
    used = {each.user: each.table for each in pieces.of(TableUsePiece)}
    apart = {vpc: table for vpc, table in used.items() if vpc in vpcs}
    return {**{vpc: main_table(vpc) for vpc in vpcs}, **said, **apart}


def _table(
    table: str, home: str, vpc: Vpc | None, routes: list[Route | Unknown], users: list[str], *, main: bool
) -> RouteTable:
    local = tuple(Route(Target.LOCAL, "local", cidr) for cidr in vpc.cidrs) if vpc is not None else ()
    return RouteTable(
        id=table,
        vpc=home,
        routes=_with(local, routes) if vpc is not None else _lacking_local(home),
        subnets=tuple(sorted({*users} - {home})),
        gateways=(),
        main=main,
    )


def _lacking_local(vpc: str) -> Unknown:
    return Unknown(
        f"the CIDR blocks of {vpc}, which a table's local routes lead to, are not declared here", ("--capture",)
    )


def _with(before: Routes, routes: Iterable[Route | Unknown]) -> Routes:
    """Return the routes with those that are declared; one to the same destination takes the other's place."""
    if isinstance(before, Unknown):
        return before
    found = {(route.cidr, route.prefix_list): route for route in before}
    for route in routes:
        if isinstance(route, Unknown):
            return route
        found[route.cidr, route.prefix_list] = route
    return tuple(found.values())


def _grown(
    live: Mapping[str, RouteTable],
    declared: Mapping[str, RouteTable],
    routes: Mapping[str, list[Route | Unknown]],
    users: Mapping[str, list[str]],
) -> dict[str, RouteTable]:
    """Return the account's tables that get routes or subnets by what is declared."""
    found = {}
    for name, table in live.items():
        if name in declared or not (routes.get(name) or users.get(name)):
            continue
        subnets = tuple(dict.fromkeys((*table.subnets, *users.get(name, ()))))
        found[name] = replace(table, routes=_with(table.routes, routes.get(name, ())), subnets=subnets)
    return found


def _left(
    live: Mapping[str, RouteTable],
    declared: Mapping[str, RouteTable],
    users: Mapping[str, list[str]],
    mains: Mapping[str, str],
) -> dict[str, RouteTable]:
    """Return the account's tables that lose subnets, or their place as main table, to others."""
    taken = {user: table for table, each in users.items() for user in each}
    found = {}
    for name, table in live.items():
        kept = tuple(each for each in table.subnets if taken.get(each, name) == name)
        main = table.main and mains.get(table.vpc, name) == name
        if name not in declared and (kept, main) != (table.subnets, table.main):
            found[name] = replace(table, subnets=kept, main=main)
    return found
