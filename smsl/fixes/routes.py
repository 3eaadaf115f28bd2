"""Steps on routes, on what forwards packets, and on how the function takes part in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from smsl.fixes.places import subnets_of, vpcs_of
from smsl.fixes.policies import Candidate
from smsl.model.evidence import Access, Blocker
from smsl.model.finding import Step
from smsl.model.network import NatGateway, Network, Route, RouteState, RouteTable, Subnet, Target
from smsl.model.unknown import Unknown

_ALL = "0.0.0.0/0"


def lead_to_nat(network: Network, access: Access, _: Blocker) -> Iterator[Candidate]:
    """Yield a default route to each NAT gateway that works in the function's VPC, one in the same zone first.

    A route is replaced where it leads nowhere, and made where there is none; one that works is left alone.
    """
    tables = _tables(network, access)
    if not tables or len({table.vpc for table, _ in tables}) != 1:
        return
    for gateway in _gateways(network, tables[0][0].vpc, tables[0][1]):
        steps, undo, final = [], [], []
        for table, _subnet in tables:
            default = _default(table)
            if default is not None and not _is_dead(network, default):
                continue
            parameters = {"RouteTableId": table.id, "DestinationCidrBlock": _ALL, "NatGatewayId": gateway.id}
            where = {"RouteTableId": table.id, "DestinationCidrBlock": _ALL}
            steps.append(_step(access, "CreateRoute" if default is None else "ReplaceRoute", parameters))
            if default is None:
                undo.append(_step(access, "DeleteRoute", where))
            elif default.state is RouteState.BLACKHOLE:
                final.append("the route led nowhere before")
            else:
                undo.append(_step(access, "ReplaceRoute", {**where, "NatGatewayId": default.target_id}))
        if steps:
            names = ", ".join(str(step.parameters["RouteTableId"]) for step in steps)
            yield Candidate(
                f"leads the default route of {names} to {gateway.id}, which is there and works",
                tuple(steps),
                () if final else tuple(reversed(undo)),
                no_undo=final[0] if final else "",
                notes=(f"Every subnet that uses {names} then reaches the internet through {gateway.id}.",),
            )


def _tables(network: Network, access: Access) -> list[tuple[RouteTable, Subnet]]:
    """Return the tables of the function's subnets, each once."""
    tables = {} if isinstance(network.route_tables, Unknown) else network.route_tables
    found: dict[str, tuple[RouteTable, Subnet]] = {}
    for subnet in subnets_of(network, access):
        table = tables.get(network.table_of_subnet.get(subnet.id) or network.main_table.get(subnet.vpc) or "")
        if table is not None:
            found.setdefault(table.id, (table, subnet))
    return list(found.values())


def _default(table: RouteTable) -> Route | None:
    routes = () if isinstance(table.routes, Unknown) else table.routes
    return next((each for each in routes if str(each.cidr) == _ALL), None)


def _is_dead(network: Network, route: Route) -> bool:
    """Tell a route that leads nowhere: its target is gone, or is a NAT gateway that does not work."""
    if route.state is RouteState.BLACKHOLE:
        return True
    gateways = {} if isinstance(network.nat_gateways, Unknown) else network.nat_gateways
    found = gateways.get(route.target_id)
    return route.target is Target.NAT_GATEWAY and found is not None and not _works(found)


def _works(gateway: NatGateway) -> bool:
    return gateway.state == "available" and gateway.public is True


def _gateways(network: Network, vpc: str, near: Subnet) -> list[NatGateway]:
    gateways = {} if isinstance(network.nat_gateways, Unknown) else network.nat_gateways
    subnets = {} if isinstance(network.subnets, Unknown) else network.subnets
    zones = {name: subnet.az for name, subnet in subnets.items()}
    found = [each for each in gateways.values() if each.vpc == vpc and _works(each)]
    return sorted(found, key=lambda each: (zones.get(each.subnet) != near.az, each.id))


def lead_back(network: Network, access: Access, blocker: Blocker) -> Iterator[Candidate]:
    """Yield the routes from the far side back to the function's VPC, by the way that the request came."""
    faults = () if access.reach is None else access.reach.blockers
    way = next((each.data.get("tgw|pcx", "") for each in faults if each.component == blocker.resource), "")
    target = {"tgw": "TransitGatewayId", "pcx": "VpcPeeringConnectionId"}.get(way.split("-")[0])
    tables = {} if isinstance(network.route_tables, Unknown) else network.route_tables
    table = tables.get(blocker.resource)
    if target is None or table is None or isinstance(table.routes, Unknown):
        return
    there = {str(route.cidr) for route in table.routes}
    blocks = [str(cidr) for vpc in vpcs_of(network, access) for cidr in vpc.cidrs if cidr.version == 4]
    wheres = [{"RouteTableId": table.id, "DestinationCidrBlock": each} for each in blocks if each not in there]
    if wheres:
        yield Candidate(
            f"adds the way back to {', '.join(each['DestinationCidrBlock'] for each in wheres)} to {table.id}",
            tuple(_step(access, "CreateRoute", {**where, target: way}) for where in wheres),
            tuple(_step(access, "DeleteRoute", where) for where in wheres),
        )


def let_forward(_: Network, access: Access, blocker: Blocker) -> Iterator[Candidate]:
    """Yield the switch that lets a NAT instance forward what is not its own.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_NAT_Instance.html
    """
    if not blocker.resource.startswith("eni-"):
        return
    where = {"NetworkInterfaceId": blocker.resource}
    operation = "ModifyNetworkInterfaceAttribute"
    yield Candidate(
        f"switches off the source/destination check of {blocker.resource}",
        (_step(access, operation, {**where, "SourceDestCheck": {"Value": False}}),),
        (_step(access, operation, {**where, "SourceDestCheck": {"Value": True}}),),
    )


def allow_ipv6(_: Network, access: Access, __: Blocker) -> Iterator[Candidate]:
    """Yield the switch that lets the function use IPv6; subnets and groups are given as they are.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-ipv6
    """
    function = access.function
    if function.version != "$LATEST":
        return
    config = {"SubnetIds": list(function.subnets), "SecurityGroupIds": list(function.security_groups)}

    def step(allowed: bool) -> Step:
        parameters = {"FunctionName": function.name, "VpcConfig": {**config, "Ipv6AllowedForDualStack": allowed}}
        return Step("lambda", "UpdateFunctionConfiguration", parameters, function.region)

    yield Candidate("lets the function use IPv6, in the subnets and groups that it has", (step(True),), (step(False),))


def _step(access: Access, operation: str, parameters: dict[str, Any]) -> Step:
    return Step("ec2", operation, parameters, access.function.region)
