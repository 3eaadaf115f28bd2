"""From the function's subnet to an address in some VPC and back: local, over a peering, or through a transit gateway.

Source: https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-limitations
"""

from __future__ import annotations

from enum import Enum
from ipaddress import ip_network

from smsl.model.network import IpNetwork, Peering, Route, RouteState, RouteTable, Subnet, Target
from smsl.model.unknown import Maybe, Unknown
from smsl.net import words
from smsl.net.boxes import Box, Region, meet, subtract
from smsl.net.routes import Choice, Hidden, choices, table_of
from smsl.net.site import Site
from smsl.net.step import Step, failed, incomplete, partly, passed, undecided
from smsl.net.transit import back, forth


class Via(Enum):
    """How packets get to the far address; it decides whether security group references count."""

    LOCAL = "local"
    PEERING = "peering"
    TRANSIT = "transit gateway"
    NOWHERE = "nowhere"


def cross(site: Site, address: str, far: Subnet) -> tuple[list[Step], Via, str]:
    """Judge the routes to an address in a subnet and back.

    Returns:
        The steps, the kind of way, and the id of the peering connection if that is the way.
    """
    host = ip_network(address)
    chosen = choices(site.network, site.table, host)
    if isinstance(chosen, Unknown):
        return [incomplete(site.table.id, "route", chosen)], Via.NOWHERE, ""
    choice = chosen[0][1]
    data = site.ids(rtb=site.table.id, dest=address)
    stopped = stop(choice, data)
    if stopped is not None:
        return [stopped], Via.NOWHERE, ""
    if not isinstance(choice, Route):
        return [failed("RT_NO_ROUTE", site.table.id, "route", **data)], Via.NOWHERE, ""
    taken = words.route(site.table.id, choice)
    step = passed(site.table.id, "route", taken)
    if choice.target is Target.LOCAL:
        if far.vpc != site.vpc.id:
            return [failed("RT_NO_ROUTE", site.table.id, "route", f"{taken}, not {far.vpc}", **data)], Via.NOWHERE, ""
        return [step, *_return(site, far, Target.LOCAL, "local", host.version)], Via.LOCAL, ""
    if choice.target is Target.INTERFACE:
        return [undecided("RT_MIDDLEBOX", choice.target_id, "route", data, because=taken)], Via.NOWHERE, ""
    if choice.target is Target.PEERING:
        steps, peering = _peering(site, choice.target_id, far)
        return [step, *steps, *_return(site, far, Target.PEERING, choice.target_id, host.version)], Via.PEERING, peering
    if choice.target is Target.TRANSIT_GATEWAY:
        number = int(host.network_address)
        steps, reached = forth(site, choice.target_id, Box(number, number), host.version, far)
        steps = [step, *steps]
        if reached is not None:
            steps += back(site, choice.target_id, reached, host.version)
        steps += _return(site, far, Target.TRANSIT_GATEWAY, choice.target_id, host.version)
        return steps, Via.TRANSIT, ""
    beside = f"{taken}, which is no way to {address} in {far.vpc}"
    return [failed("RT_NO_ROUTE", site.table.id, "route", beside, **data)], Via.NOWHERE, ""


def stop(choice: Choice, data: dict[str, str]) -> Step | None:
    """Return the step for a choice that no packet can be followed along, whatever its destination."""
    table = data["rtb"]
    if choice is None:
        return failed("RT_NO_ROUTE", table, "route", f"{table} has no route for {data['dest']}", **data)
    if isinstance(choice, Hidden):
        return undecided("PL_ENTRIES_UNKNOWN", choice.prefix_list, "route", data, because=hidden(table, choice))
    taken = words.route(table, choice)
    if choice.state is RouteState.BLACKHOLE:
        dest = str(choice.cidr or choice.prefix_list)
        return failed("RT_BLACKHOLE", table, "route", taken, **{**data, "dest": dest, "target": choice.target_id})
    if choice.target is Target.OPAQUE:
        return undecided("RT_OPAQUE_TARGET", choice.target_id or table, "route", data, because=taken)
    if choice.target is Target.ENDPOINT:
        return undecided("RT_MIDDLEBOX", choice.target_id, "route", data, because=taken)
    return None


def hidden(table: str, choice: Hidden) -> str:
    """Return why a prefix list without entries leaves a table's answer open."""
    return f"{table} routes {choice.prefix_list}, whose entries were not read"


def _peering(site: Site, name: str, far: Subnet) -> tuple[list[Step], str]:
    found = peering_of(site, name)
    if isinstance(found, Unknown):
        return [incomplete(name, "peering", found)], name
    data = site.ids(pcx=name)
    if isinstance(found.state, Unknown):
        return [incomplete(name, "peering", found.state)], name
    if found.state != "active":
        return [failed("PCX_NOT_ACTIVE", name, "peering", f"{name} is {found.state}", **data)], name
    if set(found.vpcs) != {site.vpc.id, far.vpc}:
        ends = " and ".join(found.vpcs)
        return [failed("RT_PEERING_NO_TRANSIT", name, "peering", f"{name} joins {ends}, not {far.vpc}", **data)], name
    return [passed(name, "peering", f"{name} is active")], name


def peering_of(site: Site, name: str) -> Maybe[Peering]:
    """Return a peering connection."""
    peerings = site.network.peerings
    if isinstance(peerings, Unknown):
        return peerings
    return peerings.get(name) or Unknown("a peering was not read", ("ec2:DescribeVpcPeeringConnections",))


def _return(site: Site, far: Subnet, target: Target, name: str, version: int) -> list[Step]:
    return [returns(site, block, far, target, name) for block in site.blocks(version)]


def returns(site: Site, block: IpNetwork, far: Subnet, target: Target, name: str) -> Step:
    """Judge whether a far subnet's table sends replies for a block of the function's subnet back the same way."""
    table = site.table if far.id == site.subnet.id else table_of(site.network, far.id, far.vpc)
    if isinstance(table, Unknown):
        return incomplete(far.id, "route", table)
    return sends_back(site, table, block, target, name)


def sends_back(site: Site, table: RouteTable, block: IpNetwork, target: Target, name: str) -> Step:
    """Judge whether a table sends replies for a block of the function's subnet the same way back."""
    chosen = choices(site.network, table, block)
    if isinstance(chosen, Unknown):
        return incomplete(table.id, "route", chosen)
    way = {"pcx": name} if target is Target.PEERING else {"tgw": name}
    data = site.ids(rtb=table.id, **way, **{"tgw|pcx": name})
    open_: Region = ()
    taken = lost = ""
    for part, choice in chosen:
        if isinstance(choice, Hidden):
            return undecided("PL_ENTRIES_UNKNOWN", choice.prefix_list, "route", data, because=hidden(table.id, choice))
        if choice is None or choice.state is RouteState.BLACKHOLE:
            lost = lost or (f"{table.id} has no route" if choice is None else words.route(table.id, choice))
            continue
        if choice.target is target and (target is Target.LOCAL or choice.target_id == name):
            open_ += (Box(part.low, part.high, *site.flow.source_ports),)
            taken = words.route(table.id, choice)
        elif choice.target in (Target.ENDPOINT, Target.INTERFACE):
            return undecided("RT_MIDDLEBOX", choice.target_id, "route", data, because=words.route(table.id, choice))
        else:
            lost = lost or words.route(table.id, choice)
    whole = (Box(int(block.network_address), int(block.broadcast_address), *site.flow.source_ports),)
    left = meet(whole, open_)
    if not subtract(whole, left):
        return passed(table.id, "route", f"{taken}, for the replies")
    if not left:
        return failed("RT_RETURN_MISSING", table.id, "route", f"{lost}, for the replies to {block}", **data)
    return partly("RT_RETURN_MISSING", table.id, "route", left, f"{lost}, for some replies to {block}", **data)
