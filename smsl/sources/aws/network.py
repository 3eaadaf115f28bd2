"""From Describe answers, as boto3 returns them, to the network and to the flow of a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from smsl.model.errors import InputError
from smsl.model.network import Gateway, Network, PrefixList, ResolverAssociation, Vpc
from smsl.model.reach import Flow
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.aws import answers, blocking, endpoints, filters, gateways, names, routing, vpcs
from smsl.sources.aws.answers import Row

T = TypeVar("T")


def convert(case: Mapping[str, Any]) -> Network:
    """Return the network that a case's ``ec2``, ``route53`` and ``route53resolver`` answers describe.

    An answer that is absent, malformed or cut short becomes Unknown; nothing is raised.
    """
    return Network(
        vpcs=_vpcs(case),
        subnets=_keyed(case, "DescribeSubnets", "Subnets", vpcs.subnet(blocking.of_subnet(case)), "SubnetId"),
        route_tables=_keyed(case, "DescribeRouteTables", "RouteTables", routing.route_table, "RouteTableId"),
        network_acls=_keyed(case, "DescribeNetworkAcls", "NetworkAcls", filters.network_acl, "NetworkAclId"),
        security_groups=_keyed(case, "DescribeSecurityGroups", "SecurityGroups", filters.security_group, "GroupId"),
        prefix_lists=_prefix_lists(case),
        endpoints=_keyed(case, "DescribeVpcEndpoints", "VpcEndpoints", endpoints.endpoint, "VpcEndpointId"),
        nat_gateways=_keyed(case, "DescribeNatGateways", "NatGateways", gateways.nat_gateway, "NatGatewayId"),
        interfaces=_keyed(
            case,
            "DescribeNetworkInterfaces",
            "NetworkInterfaces",
            endpoints.network_interface,
            "NetworkInterfaceId",
        ),
        internet_gateways=_keyed(
            case, "DescribeInternetGateways", "InternetGateways", gateways.gateway, "InternetGatewayId"
        ),
        egress_only_gateways=_egress_only(case),
        peerings=_keyed(
            case,
            "DescribeVpcPeeringConnections",
            "VpcPeeringConnections",
            gateways.peering,
            "VpcPeeringConnectionId",
        ),
        transit_attachments=_keyed(
            case,
            "DescribeTransitGatewayVpcAttachments",
            "TransitGatewayVpcAttachments",
            routing.transit_attachment,
            "TransitGatewayAttachmentId",
        ),
        transit_tables=_keyed(
            case,
            "DescribeTransitGatewayRouteTables",
            "TransitGatewayRouteTables",
            routing.transit_table(
                answers.mapping(answers.mapping(case, "ec2"), "GetTransitGatewayRouteTableAssociations"),
                answers.mapping(answers.mapping(case, "ec2"), "SearchTransitGatewayRoutes"),
            ),
            "TransitGatewayRouteTableId",
        ),
        dhcp_options=_keyed(case, "DescribeDhcpOptions", "DhcpOptions", vpcs.name_servers, "DhcpOptionsId"),
        hosted_zones=names.hosted_zones(case),
        resolver_rules=_keyed(case, "ListResolverRules", "ResolverRules", names.resolver_rule, "Id", "route53resolver"),
        resolver_associations=_listed(
            case, "ListResolverRuleAssociations", "ResolverRuleAssociations", names.rule_association
        ),
        firewall_associations=_listed(
            case,
            "ListFirewallRuleGroupAssociations",
            "FirewallRuleGroupAssociations",
            names.firewall_association,
        ),
    )


def flow(case: Mapping[str, Any], *, fips: bool = False) -> Flow:
    """Return the flow of a case's function to the Secrets Manager of ``target_region``, else of ``region``.

    Raises:
        InputError: The case does not say which function, in which Region.
    """
    function = case.get("function")
    region = case.get("region")
    if not isinstance(function, Mapping) or not isinstance(region, str) or not region:
        raise InputError("The case has no function or no region.", "See the contract of smsl reach.")
    target = case.get("target_region")
    target = target if isinstance(target, str) and target else region
    service = "secretsmanager-fips" if fips or case.get("fips") is True else "secretsmanager"
    suffix = "amazonaws.com.cn" if target.startswith("cn-") else "amazonaws.com"
    try:
        subnets, groups = answers.texts(function, "SubnetIds"), answers.texts(function, "SecurityGroupIds")
    except answers.MalformedError as error:
        raise InputError(f"The case's function has a malformed {error}.") from error
    return Flow(
        subnets,
        groups,
        function.get("Ipv6AllowedForDualStack") is True,
        f"{service}.{target}.{suffix}",
        region,
        target,
        service,
        account_id=answers.optional(case, "account_id"),
    )


def _keyed(
    case: Row, operation: str, member: str, make: Callable[[Row], T], key: str, service: str = "ec2"
) -> Maybe[Mapping[str, T]]:
    needs = f"{service}:{operation}"
    found = answers.rows(answers.answer(case, service, operation), member, needs)
    pairs = answers.each(found, lambda row: (answers.text(row, key), make(row)), needs)
    return pairs if isinstance(pairs, Unknown) else dict(pairs)


def _listed(
    case: Row, operation: str, member: str, make: Callable[[Row], ResolverAssociation | None]
) -> Maybe[tuple[ResolverAssociation, ...]]:
    needs = f"route53resolver:{operation}"
    found = answers.rows(answers.answer(case, "route53resolver", operation), member, needs)
    made = answers.each(found, make, needs)
    return made if isinstance(made, Unknown) else tuple(one for one in made if one is not None)


def _vpcs(case: Row) -> Maybe[Mapping[str, Vpc]]:
    attributes = answers.mapping(answers.mapping(case, "ec2"), "DescribeVpcAttribute")
    return _keyed(case, "DescribeVpcs", "Vpcs", vpcs.vpc(attributes, blocking.of_vpc(case)), "VpcId")


def _prefix_lists(case: Row) -> Maybe[Mapping[str, PrefixList]]:
    entries = answers.answer(case, "ec2", "GetManagedPrefixListEntries")
    entries = {} if isinstance(entries, Unknown) else entries
    listed = _keyed(case, "DescribeManagedPrefixLists", "PrefixLists", filters.prefix_list(entries), "PrefixListId")
    make = filters.prefix_list(entries)
    bare = {name: replace(make({"PrefixListId": name}), owner_read=False) for name in entries}
    if isinstance(listed, Unknown):
        return bare or listed
    return {**bare, **listed}


def _egress_only(case: Row) -> Maybe[Mapping[str, Gateway]]:
    return _keyed(
        case,
        "DescribeEgressOnlyInternetGateways",
        "EgressOnlyInternetGateways",
        gateways.egress_only_gateway,
        "EgressOnlyInternetGatewayId",
    )
