"""VPC endpoints, and the private zones of Route 53.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from smsl.model.network import DnsRecord, Endpoint
from smsl.model.standin import is_unsettled
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.cfn.arns import own_id
from smsl.sources.cfn.policies import document_text, read_policy
from smsl.sources.cfn.stack import Resource
from smsl.sources.cfn.values import (
    Value,
    as_flag,
    as_object,
    as_objects,
    as_text,
    as_texts,
    hangs,
)
from smsl.sources.declared.implicit import default_group
from smsl.sources.declared.network_pieces import (
    EndpointPolicyPiece,
    EndpointSubnetsPiece,
    NetworkPiece,
    RecordPiece,
    ZonePiece,
)
from smsl.sources.declared.pieces import Piece

_FAMILIES = {"ipv4": ("ipv4",), "ipv6": ("ipv6",), "dualstack": ("ipv4", "ipv6")}

Row = Callable[[str], Value]
"""What gives a row's member by its name."""


def endpoint(resource: Resource) -> Iterator[Piece]:
    """Yield an endpoint: a gateway's without a type, private DNS off unless it is asked for."""
    region, own = resource.stack.place.region, own_id(resource)
    kind = resource.get("VpcEndpointType")
    vpc = as_text(resource.get("VpcId"), "VpcId")
    service = as_text(resource.get("ServiceName"), "ServiceName")
    made = Endpoint(
        id=own,
        vpc=vpc,
        type="Gateway" if kind is None else as_text(kind, "VpcEndpointType"),
        service=hangs("the endpoint's service", service) if is_unsettled(service) else service,
        state="available",
        private_dns=as_flag(resource.get("PrivateDnsEnabled"), "PrivateDnsEnabled", default=False),
        groups=_groups(resource, vpc),
        record_types=_record_types(resource),
    )
    yield NetworkPiece(resource.origin, region, made)
    if made.type != "Gateway":
        yield EndpointSubnetsPiece(
            resource.at("SubnetIds"), region, own, as_texts(resource.get("SubnetIds"), "SubnetIds")
        )
    document = resource.get("PolicyDocument")
    if document is not None:
        name = f"endpoint policy of {own}"
        found = read_policy(resource, "PolicyDocument", name, document)
        text = found.policy if isinstance(found.policy, Unknown) else document_text(document)
        yield EndpointPolicyPiece(resource.at("PolicyDocument"), region, own, text, found.statements)


def _groups(resource: Resource, vpc: str) -> Maybe[tuple[str, ...]]:
    """Return the groups; an interface endpoint that names none has the VPC's default group."""
    found = as_texts(resource.get("SecurityGroupIds"), "SecurityGroupIds")
    return found if found or resource.get("VpcEndpointType") is None else (default_group(vpc),)


def _record_types(resource: Resource) -> Maybe[tuple[str, ...]]:
    options = as_object(resource.get("DnsOptions"), "DnsOptions")
    if isinstance(options, Unknown):
        return options
    kind = options.get("DnsRecordIpType")
    if kind in (None, "service-defined", "not-specified"):
        kind = resource.get("IpAddressType")
    if kind in (None, "not-specified"):
        return _FAMILIES["ipv4"]
    return _FAMILIES.get(kind if isinstance(kind, str) else "", Unknown("the endpoint's record types are not settled"))


def zone(resource: Resource) -> Iterator[Piece]:
    """Yield a private hosted zone; a public one has no VPCs."""
    rows = as_objects(resource.get("VPCs"), "VPCs")
    if isinstance(rows, Unknown):
        resource.note(f"which VPCs have the zone is not known: {rows.reason}")
        return
    vpcs = tuple(as_text(row.get("VPCId"), "VPCs.VPCId") for row in rows)
    if vpcs:
        name = _name(as_text(resource.get("Name"), "Name"))
        yield ZonePiece(resource.origin, resource.stack.place.region, own_id(resource), name, vpcs)


def record(resource: Resource) -> Iterator[Piece]:
    """Yield a record of a hosted zone."""
    yield from _record(resource, resource.get, resource.get("HostedZoneId"))


def record_group(resource: Resource) -> Iterator[Piece]:
    """Yield the records of a group."""
    rows = as_objects(resource.get("RecordSets"), "RecordSets")
    if isinstance(rows, Unknown):
        resource.note(f"the records are not known: {rows.reason}")
        return
    for row in rows:
        yield from _record(resource, row.get, resource.get("HostedZoneId") or row.get("HostedZoneId"))


def _record(resource: Resource, get: Row, zone_id: Value) -> Iterator[Piece]:
    """Yield a record where its zone is declared here: another one's may be public."""
    owner = _zone_of(resource, get, zone_id)
    if owner is None:
        return
    values = as_texts(get("ResourceRecords"), "ResourceRecords")
    alias = as_object(get("AliasTarget"), "AliasTarget")
    made: DnsRecord | Unknown
    if isinstance(values, Unknown) or isinstance(alias, Unknown):
        made = Unknown(f"the values of record {resource.address} are not settled")
    else:
        targets = [*values, *([as_text(alias["DNSName"], "DNSName")] if "DNSName" in alias else [])]
        kind = as_text(get("Type"), "Type").upper()
        made = DnsRecord(_name(as_text(get("Name"), "Name")), kind, tuple(map(_name, targets)))
    yield RecordPiece(resource.origin, resource.stack.place.region, owner, made)


def _zone_of(resource: Resource, get: Row, zone_id: Value) -> str | None:
    if zone_id is not None:
        return as_text(zone_id, "HostedZoneId")
    name = get("HostedZoneName") or resource.get("HostedZoneName")
    zones = resource.stack.of_type("AWS::Route53::HostedZone")
    wanted = _name(name) if isinstance(name, str) else None
    return next((own_id(each) for each in zones if _name(_text(each.get("Name"))) == wanted), None)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


def _name(text: str) -> str:
    """Return a DNS name as it is compared: lower case, no final dot, the asterisk unescaped."""
    return text.lower().rstrip(".").replace("\\052", "*")
