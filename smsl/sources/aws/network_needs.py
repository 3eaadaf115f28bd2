"""What to ask EC2 and Route 53 about the path of a function, from ids alone.

Nothing is decided here: any NAT gateway, transit gateway or prefix list that a table of the function's subnets names
is asked for, and the solver judges.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from smsl.sources.aws.facts import Call, Facts, answered, call

_CHUNK = 150
"""Values of one filter: EC2 takes 200.

What routes name is asked for by filter, never by id: a route outlives its target, as a black hole, and EC2 refuses a
call for the ids of which one is gone.
"""


@dataclass(frozen=True, slots=True)
class Place:
    """The VPCs, subnets and groups of the functions of one region."""

    region: str
    vpcs: tuple[str, ...]
    subnets: tuple[str, ...]
    groups: tuple[str, ...]
    targets: tuple[str, ...]
    """Regions whose Secrets Manager is called."""


def network_calls(place: Place, facts: Facts) -> Iterator[Call]:
    """Yield every call that the path may need, as far as the facts name ids."""
    if not place.subnets:
        return
    yield from _first(place)
    yield from _followed(place, facts)


def _filtered(operation: str, region: str, name: str, values: Iterable[str]) -> Iterator[Call]:
    ordered = sorted(set(values))
    for start in range(0, len(ordered), _CHUNK):
        chunk = ordered[start : start + _CHUNK]
        yield call("ec2", operation, region, Filters=[{"Name": name, "Values": chunk}])


def subnet_calls(place: Place) -> tuple[Call, ...]:
    """Return the calls that list the subnets of the VPCs."""
    return tuple(_filtered("DescribeSubnets", place.region, "vpc-id", place.vpcs))


def _first(place: Place) -> Iterator[Call]:
    region = place.region
    yield from subnet_calls(place)
    yield from _filtered("DescribeSecurityGroups", region, "group-id", place.groups)
    for operation in ("DescribeVpcs", "DescribeRouteTables", "DescribeNetworkAcls"):
        yield from _filtered(operation, region, "vpc-id", place.vpcs)
    yield from _endpoint_calls(place)
    for vpc in place.vpcs:
        yield from _vpc_calls(vpc, region)


def _vpc_calls(vpc: str, region: str) -> Iterator[Call]:
    for attribute in ("enableDnsSupport", "enableDnsHostnames"):
        yield call("ec2", "DescribeVpcAttribute", region, VpcId=vpc, Attribute=attribute)
    yield call("route53", "ListHostedZonesByVPC", region, VPCId=vpc, VPCRegion=region)
    yield call(
        "route53resolver",
        "ListResolverRuleAssociations",
        region,
        Filters=[{"Name": "VPCId", "Values": [vpc]}],
    )
    yield call("route53resolver", "ListFirewallRuleGroupAssociations", region, VpcId=vpc)


def _endpoint_calls(place: Place) -> tuple[Call, ...]:
    names = [
        f"com.amazonaws.{target}.{name}"
        for target in place.targets
        for name in ("secretsmanager", "secretsmanager-fips")
    ]
    return tuple(_filtered("DescribeVpcEndpoints", place.region, "service-name", names))


def _members(facts: Facts, calls: Iterable[Call], member: str) -> list[Mapping[str, Any]]:
    return [row for each in calls for row in answered(facts, each).get(member, []) if isinstance(row, Mapping)]


def _read(facts: Facts, region: str, operation: str, member: str) -> list[Mapping[str, Any]]:
    calls = [each for each in facts if each.service == "ec2" and each.operation == operation and each.region == region]
    return _members(facts, calls, member)


def _tables_of(
    tables: list[Mapping[str, Any]], subnets: frozenset[str], vpcs: frozenset[str]
) -> list[Mapping[str, Any]]:
    """Return the route tables of the subnets, and the main tables that stand in for an association."""
    chosen = []
    for table in tables:
        associations = table.get("Associations") or []
        if any(row.get("SubnetId") in subnets for row in associations) or (
            table.get("VpcId") in vpcs and any(row.get("Main") for row in associations)
        ):
            chosen.append(table)
    return chosen


def _to_gateway_endpoint(route: Mapping[str, Any]) -> bool:
    """Tell S3's and DynamoDB's routes, which never carry a call to Secrets Manager."""
    return bool(route.get("DestinationPrefixListId")) and str(route.get("GatewayId") or "").startswith("vpce-")


def _followed(place: Place, facts: Facts) -> Iterator[Call]:
    region = place.region
    vpcs = _read(facts, region, "DescribeVpcs", "Vpcs")
    dhcp = {str(row["DhcpOptionsId"]) for row in vpcs if row.get("DhcpOptionsId")}
    if dhcp:
        yield call("ec2", "DescribeDhcpOptions", region, DhcpOptionsIds=sorted(dhcp))
    names = tuple(_dns_calls(place, facts))
    yield from names
    tables = _read(facts, region, "DescribeRouteTables", "RouteTables")
    ours = _tables_of(tables, frozenset(place.subnets), frozenset(place.vpcs))
    routes = [route for table in ours for route in table.get("Routes") or [] if not _to_gateway_endpoint(route)]
    yield from _route_calls(place, facts, routes)
    zones = any(each.operation == "ListResourceRecordSets" for each in names)  # they may name an endpoint anywhere
    elsewhere = zones or any(route.get("TransitGatewayId") or route.get("VpcPeeringConnectionId") for route in routes)
    yield from _endpoint_parts(place, facts, elsewhere=elsewhere)
    yield from _prefix_list_calls(region, routes, _read(facts, region, "DescribeSecurityGroups", "SecurityGroups"))


def _dns_calls(place: Place, facts: Facts) -> Iterator[Call]:
    names = {
        f"{name}.{target}.amazonaws.com."
        for target in place.targets
        for name in ("secretsmanager", "secretsmanager-fips")
    }
    rules = False
    for vpc in place.vpcs:
        zones_call = call("route53", "ListHostedZonesByVPC", place.region, VPCId=vpc, VPCRegion=place.region)
        for zone in answered(facts, zones_call).get("HostedZoneSummaries", []):
            zone_name = str(zone.get("Name", "")).lower().rstrip(".") + "."
            if any(name == zone_name or name.endswith("." + zone_name) for name in names):
                yield call(
                    "route53",
                    "ListResourceRecordSets",
                    place.region,
                    HostedZoneId=str(zone.get("HostedZoneId")),
                )
        associations = call(
            "route53resolver",
            "ListResolverRuleAssociations",
            place.region,
            Filters=[{"Name": "VPCId", "Values": [vpc]}],
        )
        rules = rules or bool(answered(facts, associations).get("ResolverRuleAssociations"))
    if rules:
        yield call("route53resolver", "ListResolverRules", place.region)


def _endpoint_parts(place: Place, facts: Facts, *, elsewhere: bool) -> Iterator[Call]:
    """Ask for the interfaces and groups of the endpoints that the function's VPCs hold, or may reach."""
    region = place.region
    endpoints = _members(facts, _endpoint_calls(place), "VpcEndpoints")
    near = [row for row in endpoints if elsewhere or row.get("VpcId") in place.vpcs]
    interfaces = sorted({str(eni) for row in near for eni in row.get("NetworkInterfaceIds") or []})
    for start in range(0, len(interfaces), _CHUNK):
        chunk = interfaces[start : start + _CHUNK]
        yield call("ec2", "DescribeNetworkInterfaces", region, NetworkInterfaceIds=chunk)
    groups = {str(group["GroupId"]) for row in near for group in row.get("Groups") or [] if group.get("GroupId")}
    yield from _filtered("DescribeSecurityGroups", region, "group-id", groups - set(place.groups))
    far = sorted({str(row.get("VpcId")) for row in near} - set(place.vpcs))
    yield from _far_calls(region, far)


def _far_calls(region: str, vpcs: Iterable[str]) -> Iterator[Call]:
    far = sorted(set(vpcs))
    for operation in (
        "DescribeVpcs",
        "DescribeSubnets",
        "DescribeRouteTables",
        "DescribeNetworkAcls",
        "DescribeNatGateways",
    ):
        if operation == "DescribeNatGateways":
            for start in range(0, len(far), _CHUNK):
                yield call(
                    "ec2",
                    operation,
                    region,
                    Filter=[{"Name": "vpc-id", "Values": far[start : start + _CHUNK]}],
                )
        else:
            yield from _filtered(operation, region, "vpc-id", far)
    yield from _filtered("DescribeInternetGateways", region, "attachment.vpc-id", far)


def _ids(routes: list[Mapping[str, Any]], member: str, prefix: str = "") -> list[str]:
    return sorted(
        {
            str(route[member])
            for route in routes
            if str(route.get(member) or "").startswith(prefix or "") and route.get(member)
        }
    )


def _route_calls(place: Place, facts: Facts, routes: list[Mapping[str, Any]]) -> Iterator[Call]:
    region = place.region
    nats = _ids(routes, "NatGatewayId")
    if nats:
        nat_call = call("ec2", "DescribeNatGateways", region, Filter=[{"Name": "nat-gateway-id", "Values": nats}])
        yield nat_call
        yield from _nat_tables(place, facts, answered(facts, nat_call).get("NatGateways", []))
    gateways = _ids(routes, "GatewayId", "igw-")
    interfaces = _ids(routes, "NetworkInterfaceId", "eni-")
    if gateways or nats or interfaces:
        yield from _filtered("DescribeInternetGateways", region, "attachment.vpc-id", place.vpcs)
    egress_only = _ids(routes, "EgressOnlyInternetGatewayId")
    if egress_only:  # all of them: by id the call would fail for one that is deleted, and it has no filter but tags
        yield call("ec2", "DescribeEgressOnlyInternetGateways", region)
    if gateways or nats or interfaces or egress_only:
        yield call("ec2", "DescribeVpcBlockPublicAccessOptions", region)
        yield call("ec2", "DescribeVpcBlockPublicAccessExclusions", region)
    yield from _instance_calls(place, facts, interfaces)
    yield from _filtered("DescribeVpcEndpoints", region, "vpc-endpoint-id", _ids(routes, "GatewayId", "vpce-"))
    yield from _peering_calls(region, facts, _ids(routes, "VpcPeeringConnectionId"), place.vpcs)
    yield from _transit_calls(region, facts, _ids(routes, "TransitGatewayId"), place.vpcs)


def _instance_calls(place: Place, facts: Facts, interfaces: list[str]) -> Iterator[Call]:
    """Ask for the interfaces of NAT instances that routes name, and for their groups."""
    named = tuple(_filtered("DescribeNetworkInterfaces", place.region, "network-interface-id", interfaces))
    yield from named
    rows = _members(facts, named, "NetworkInterfaces")
    groups = {str(group["GroupId"]) for row in rows for group in row.get("Groups") or [] if group.get("GroupId")}
    yield from _filtered("DescribeSecurityGroups", place.region, "group-id", groups - set(place.groups))


def _nat_tables(place: Place, facts: Facts, gateways: list[Mapping[str, Any]]) -> Iterator[Call]:
    """Ask for what a NAT gateway's own routes name beyond the internet gateway."""
    tables = _read(facts, place.region, "DescribeRouteTables", "RouteTables")
    subnets = frozenset(str(gateway.get("SubnetId")) for gateway in gateways)
    own = {str(gateway.get("RouteTableId")) for gateway in gateways if gateway.get("RouteTableId")}
    beyond = [route for table in _tables_of(tables, subnets, frozenset()) for route in table.get("Routes") or []]
    yield from _transit_calls(place.region, facts, _ids(beyond, "TransitGatewayId"), place.vpcs)
    read = {str(table.get("RouteTableId")) for table in tables}
    yield from _filtered("DescribeRouteTables", place.region, "route-table-id", own - read)


def _peering_calls(region: str, facts: Facts, peerings: list[str], vpcs: tuple[str, ...]) -> Iterator[Call]:
    if not peerings:
        return
    named = tuple(_filtered("DescribeVpcPeeringConnections", region, "vpc-peering-connection-id", peerings))
    yield from named
    far: set[str] = set()
    for row in _members(facts, named, "VpcPeeringConnections"):
        for side in ("AccepterVpcInfo", "RequesterVpcInfo"):
            info = row.get(side) or {}
            if info.get("Region", region) == region and info.get("VpcId"):
                far.add(str(info["VpcId"]))
    yield from _far_calls(region, far - set(vpcs))


def _transit_calls(region: str, facts: Facts, gateways: list[str], vpcs: tuple[str, ...]) -> Iterator[Call]:
    if not gateways:
        return
    attachments = tuple(_filtered("DescribeTransitGatewayVpcAttachments", region, "transit-gateway-id", gateways))
    tables = tuple(_filtered("DescribeTransitGatewayRouteTables", region, "transit-gateway-id", gateways))
    yield from (*attachments, *tables)
    for table in _members(facts, tables, "TransitGatewayRouteTables"):
        table_id = str(table.get("TransitGatewayRouteTableId"))
        yield call("ec2", "GetTransitGatewayRouteTableAssociations", region, TransitGatewayRouteTableId=table_id)
        yield call(
            "ec2", "SearchTransitGatewayRoutes", region, TransitGatewayRouteTableId=table_id,
            Filters=[{"Name": "state", "Values": ["active", "blackhole"]}],
        )  # fmt: skip
    far = {
        str(row.get("VpcId"))
        for row in _members(facts, attachments, "TransitGatewayVpcAttachments")
        if row.get("VpcId")
    }
    yield from _far_calls(region, far - set(vpcs))


def _prefix_list_calls(region: str, routes: list[Mapping[str, Any]], groups: list[Mapping[str, Any]]) -> Iterator[Call]:
    lists = set(_ids(routes, "DestinationPrefixListId"))
    for group in groups:
        for permission in (*(group.get("IpPermissions") or []), *(group.get("IpPermissionsEgress") or [])):
            lists.update(
                str(row["PrefixListId"]) for row in permission.get("PrefixListIds") or [] if row.get("PrefixListId")
            )
    for each in sorted(lists):
        yield call("ec2", "GetManagedPrefixListEntries", region, PrefixListId=each)
