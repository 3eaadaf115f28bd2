"""Gather EC2's and Route 53's answers into one case for each region, and make it a Network."""

from __future__ import annotations

from typing import Any

from smsl.model.network import Network
from smsl.sources.aws.facts import Call, Facts, Failure
from smsl.sources.aws.network import convert

_SERVICES = ("ec2", "route53", "route53resolver")
_BY_ID = {
    "DescribeVpcAttribute": "VpcId",
    "GetManagedPrefixListEntries": "PrefixListId",
    "SearchTransitGatewayRoutes": "TransitGatewayRouteTableId",
    "GetTransitGatewayRouteTableAssociations": "TransitGatewayRouteTableId",
    "ListHostedZonesByVPC": "VPCId",
    "ListResourceRecordSets": "HostedZoneId",
}
"""Operations whose answers a case keeps by the id that was asked for."""
_SUPPORTING = frozenset({"ListFirewallRuleGroupAssociations"})


def networks(facts: Facts) -> dict[str, Network]:
    """Return the network of every region that was asked about one."""
    regions = sorted({each.region for each in facts if each.service in _SERVICES})
    return {region: convert(case(facts, region)) for region in regions}


def case(facts: Facts, region: str) -> dict[str, dict[str, Any]]:
    """Return the Describe answers of a region in the shape that ``smsl reach`` reads.

    An operation of which any call failed is left out whole: the solver must take it for unread, never for empty.
    """
    gathered: dict[str, dict[str, Any]] = {service: {} for service in _SERVICES}
    failed: set[tuple[str, str]] = set()
    for each in sorted(each for each in facts if each.service in _SERVICES and each.region == region):
        answer = facts[each]
        if isinstance(answer, Failure):
            _fail(gathered, failed, each)
        else:
            _add(gathered[each.service], each, answer)
    for service, operation in failed:
        gathered[service].pop(operation, None)
    for answers in gathered.values():
        for operation in answers.keys() - _BY_ID:
            answers[operation] = {
                member: _distinct(value) if isinstance(value, list) else value
                for member, value in answers[operation].items()
            }
    _ask_nothing(gathered, failed)
    return gathered


def _fail(gathered: dict[str, dict[str, Any]], failed: set[tuple[str, str]], each: Call) -> None:
    if each.operation in _SUPPORTING:
        gathered[each.service].setdefault(each.operation, {"FirewallRuleGroupAssociations": []})
    elif each.operation in _BY_ID:
        gathered[each.service].setdefault(each.operation, {})  # the other ids were read
    else:
        failed.add((each.service, each.operation))


def _add(answers: dict[str, Any], each: Call, answer: Any) -> None:
    id_member = _BY_ID.get(each.operation)
    if id_member is not None:
        by_id = answers.setdefault(each.operation, {})
        by_id.setdefault(str(each.parameters[id_member]), {}).update(answer)
        return
    merged = answers.setdefault(each.operation, {})
    for member, value in answer.items():
        if isinstance(value, list):
            merged.setdefault(member, []).extend(value)
        else:
            merged[member] = value


def _distinct(rows: list[Any]) -> list[Any]:
    """Return the rows, each once; only those with the same texts in them, such as their ids, are compared."""
    alike: dict[object, list[Any]] = {}
    found = []
    for row in rows:
        texts = tuple(value for value in row.values() if isinstance(value, str)) if isinstance(row, dict) else str(row)
        known = alike.setdefault(texts, [])
        if row not in known:
            known.append(row)
            found.append(row)
    return found


_ASKED_WHEN_NAMED = {
    "ec2": {
        "DescribeNatGateways": "NatGateways",
        "DescribeInternetGateways": "InternetGateways",
        "DescribeEgressOnlyInternetGateways": "EgressOnlyInternetGateways",
        "DescribeVpcPeeringConnections": "VpcPeeringConnections",
        "DescribeTransitGatewayVpcAttachments": "TransitGatewayVpcAttachments",
        "DescribeTransitGatewayRouteTables": "TransitGatewayRouteTables",
        "DescribeNetworkInterfaces": "NetworkInterfaces",
    },
    "route53resolver": {"ListResolverRules": "ResolverRules"},
}


def _ask_nothing(gathered: dict[str, dict[str, Any]], failed: set[tuple[str, str]]) -> None:
    """Fill in the collections that nothing named: no route leads to a NAT gateway, so none was asked for.

    Only while all tables that could name one were read.
    """
    if "DescribeRouteTables" not in gathered["ec2"] or "DescribeVpcEndpoints" not in gathered["ec2"]:
        return
    for service, operations in _ASKED_WHEN_NAMED.items():
        for operation, member in operations.items():
            if (service, operation) not in failed:
                gathered[service].setdefault(operation, {member: []})
    for operation in ("SearchTransitGatewayRoutes", "GetTransitGatewayRouteTableAssociations"):
        gathered["ec2"].setdefault(operation, {})
    gathered["ec2"].setdefault("GetManagedPrefixListEntries", {})
    gathered["route53"].setdefault("ListResourceRecordSets", {})
