"""Private hosted zones, resolver rules and DNS Firewall associations from Route 53's answers."""

from __future__ import annotations

from collections.abc import Mapping

from smsl.model.network import DnsRecord, HostedZone, ResolverAssociation, ResolverRule
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.aws.answers import MalformedError, Row, answer, each, mapping, members, optional, rows, text

_LIST = "route53:ListHostedZonesByVPC"
_RECORDS = "route53:ListResourceRecordSets"
_TYPES = frozenset(
    {
        *("A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP"),
        *("SVCB", "TLSA", "TXT"),
    }
)


def hosted_zones(case: Row) -> Maybe[Mapping[str, Maybe[tuple[HostedZone, ...]]]]:
    """Return the private hosted zones by VPC, without those that an AWS service owns (an endpoint's hidden one)."""
    by_vpc = answer(case, "route53", "ListHostedZonesByVPC")
    if isinstance(by_vpc, Unknown):
        return by_vpc
    records = mapping(mapping(case, "route53"), "ListResourceRecordSets")
    found: dict[str, Maybe[tuple[HostedZone, ...]]] = {}
    for vpc, listed in by_vpc.items():
        summaries = rows(listed if isinstance(listed, Mapping) else {}, "HostedZoneSummaries", _LIST)
        if not isinstance(summaries, Unknown):
            summaries = tuple(row for row in summaries if not mapping(row, "Owner").get("OwningService"))
        if isinstance(listed, Mapping) and listed.get("NextToken"):
            summaries = Unknown("HostedZoneSummaries holds only the first page", (_LIST,))
        found[vpc] = each(summaries, lambda row: _zone(row, records), _LIST)
    return found


def _name(value: str) -> str:
    """Return a DNS name as it is compared: lower case, no final dot, the asterisk unescaped."""
    return value.lower().rstrip(".").replace("\\052", "*")


def _zone(row: Row, records: Row) -> HostedZone:
    name = text(row, "HostedZoneId").removeprefix("/hostedzone/")
    listed = records.get(name, records.get(f"/hostedzone/{name}"))
    found: Maybe[tuple[Row, ...]] = Unknown("the zone's records were not read", (_RECORDS,))
    if isinstance(listed, Mapping):
        found = rows(listed, "ResourceRecordSets", _RECORDS)
    return HostedZone(name, _name(text(row, "Name")), each(found, _record, _RECORDS))


def _record(row: Row) -> DnsRecord:
    values = [text(one, "Value") for one in members(row, "ResourceRecords")]
    alias = optional(mapping(row, "AliasTarget"), "DNSName")
    if text(row, "Type") not in _TYPES or not (values or alias or row.get("TrafficPolicyInstanceId")):
        raise MalformedError("ResourceRecordSets")
    return DnsRecord(
        _name(text(row, "Name")), text(row, "Type").upper(), tuple(map(_name, [*values, *([alias] if alias else [])]))
    )


def resolver_rule(row: Row) -> ResolverRule:
    """Return a row of ListResolverRules."""
    return ResolverRule(text(row, "Id"), _name(text(row, "DomainName")), text(row, "RuleType"))


def rule_association(row: Row) -> ResolverAssociation | None:
    """Return a row of ListResolverRuleAssociations, or None for one that is not in force."""
    if row.get("Status") in ("FAILED", "DELETING"):
        return None
    return ResolverAssociation(text(row, "ResolverRuleId"), text(row, "VPCId"))


def firewall_association(row: Row) -> ResolverAssociation | None:
    """Return a row of ListFirewallRuleGroupAssociations."""
    return ResolverAssociation(text(row, "FirewallRuleGroupId"), text(row, "VpcId"))
