"""Security groups and network ACLs, with rules inside them and apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import IPv4Network

from smsl.model.network import AclEntry, GroupReference, GroupRule, NetworkAcl, SecurityGroup
from smsl.model.standin import is_unsettled, unsettled
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.cfn.arns import own_id
from smsl.sources.cfn.stack import Resource, World
from smsl.sources.cfn.values import (
    Value,
    WrongTypeError,
    as_block,
    as_flag,
    as_number,
    as_object,
    as_objects,
    as_text,
    hangs,
)
from smsl.sources.declared.network_pieces import AclEntryPiece, AclUsePiece, GroupRulePiece, NetworkPiece
from smsl.sources.declared.pieces import Piece

_NUMBERS = {"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58", "all": "-1"}
_TCP = "6"
_EGRESS = "AWS::EC2::SecurityGroupEgress"
_EVERYTHING = GroupRule("-1", None, (IPv4Network("0.0.0.0/0"),))

Row = Callable[[str], Value]
"""What gives a row's member by its name."""


def group(resource: Resource) -> Iterator[Piece]:
    """Yield a security group; one without egress rules, inside it or apart, gets the rule that allows everything.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
    Source: https://github.com/aws/aws-cdk/issues/987 (a rule apart takes the one that allows everything away)
    """
    region = resource.stack.place.region
    owner = resource.get("VpcId")
    home = unsettled("the default VPC") if owner is None else as_text(owner, "VpcId")
    ingress, egress = _rules(resource, "SecurityGroupIngress"), _rules(resource, "SecurityGroupEgress")
    name = own_id(resource)
    if egress == () and name not in _with_egress_apart(resource.stack.world):
        egress = (_EVERYTHING,)
    yield NetworkPiece(resource.origin, region, SecurityGroup(name, home, ingress, egress))


def _with_egress_apart(world: World) -> frozenset[str]:
    """Return the ids of the groups that a rule of its own names, found once for all stacks."""
    if world.egress_apart is None:
        rules = (rule for stack in world.stacks for rule in stack.by_type.get(_EGRESS, ()))
        world.egress_apart = frozenset(name for rule in rules if isinstance(name := rule.get("GroupId"), str))
    return world.egress_apart


def _rules(resource: Resource, member: str) -> Maybe[tuple[GroupRule, ...]]:
    try:
        rows = as_objects(resource.get(member), member)
        if isinstance(rows, Unknown):
            return rows
        found = [_rule(row.get) for row in rows]
    except WrongTypeError as error:
        return Unknown(str(error))
    return next((each for each in found if isinstance(each, Unknown)), None) or tuple(
        each for each in found if not isinstance(each, Unknown)
    )


def group_rule(resource: Resource) -> Iterator[Piece]:
    """Yield a rule that is declared apart from its group."""
    egress = resource.type == _EGRESS
    owner = resource.get("GroupId") if resource.get("GroupId") is not None else resource.get("GroupName")
    yield GroupRulePiece(
        resource.origin, resource.stack.place.region, as_text(owner, "GroupId"), egress, _told(resource)
    )


def _told(resource: Resource) -> Maybe[GroupRule]:
    try:
        return _rule(resource.get)
    except WrongTypeError as error:
        return Unknown(str(error))


def _rule(get: Row) -> Maybe[GroupRule]:
    protocol = _protocol(get("IpProtocol"), "IpProtocol")
    if isinstance(protocol, Unknown):
        return protocol
    ports = _ports(get("FromPort"), get("ToPort")) if protocol == _TCP else None
    if isinstance(ports, Unknown):
        return ports
    blocks = [as_block(get(member), member) for member in ("CidrIp", "CidrIpv6") if get(member) is not None]
    doubt = next((block for block in blocks if isinstance(block, Unknown)), None)
    if doubt is not None:
        return doubt
    lists = ("SourcePrefixListId", "DestinationPrefixListId")
    groups = ("SourceSecurityGroupId", "SourceSecurityGroupName", "DestinationSecurityGroupId")
    return GroupRule(
        "tcp" if protocol == _TCP else protocol,
        None if ports == (-1, -1) else ports,
        tuple(block for block in blocks if not isinstance(block, Unknown)),
        tuple(as_text(get(member), member) for member in lists if get(member) is not None),
        tuple(GroupReference(as_text(get(member), member)) for member in groups if get(member) is not None),
    )


def _protocol(value: Value, member: str) -> Maybe[str]:
    """Return a protocol's number as text, -1 for all."""
    text = as_text(value, member).lower()
    if is_unsettled(text):
        return hangs(member, text)
    number = _NUMBERS.get(text, text)
    return number if number == "-1" or number.isdecimal() else Unknown(f"{member} is none that is known")


def _ports(first: Value, last: Value) -> Maybe[tuple[int, int]]:
    low, high = as_number(first, "FromPort"), as_number(last, "ToPort")
    if isinstance(low, Unknown):
        return low
    return high if isinstance(high, Unknown) else (low, high)


def acl(resource: Resource) -> Iterator[Piece]:
    """Yield a network ACL, which denies what its entries do not allow."""
    made = NetworkAcl(own_id(resource), as_text(resource.get("VpcId"), "VpcId"))
    yield NetworkPiece(resource.origin, resource.stack.place.region, made)


def acl_entry(resource: Resource) -> Iterator[Piece]:
    """Yield a numbered rule of a network ACL."""
    owner = as_text(resource.get("NetworkAclId"), "NetworkAclId")
    try:
        found = _entry(resource)
    except WrongTypeError as error:
        found = Unknown(str(error))
    yield AclEntryPiece(resource.origin, resource.stack.place.region, owner, found)


def _entry(resource: Resource) -> Maybe[AclEntry]:
    get = resource.get
    number, protocol = as_number(get("RuleNumber"), "RuleNumber"), _protocol(get("Protocol"), "Protocol")
    action, egress = get("RuleAction"), as_flag(get("Egress"), "Egress", default=False)
    member = "CidrBlock" if get("CidrBlock") is not None else "Ipv6CidrBlock"
    block = as_block(get(member), member)
    if isinstance(number, Unknown):
        return number
    if isinstance(protocol, Unknown):
        return protocol
    if isinstance(egress, Unknown):
        return egress
    if isinstance(block, Unknown):
        return block
    if action not in ("allow", "deny"):
        return hangs("RuleAction", action) if isinstance(action, str) else Unknown("RuleAction is not settled")
    ports = _range(get("PortRange")) if protocol == _TCP else None
    return ports if isinstance(ports, Unknown) else AclEntry(number, action == "allow", egress, block, protocol, ports)


def _range(value: Value) -> Maybe[tuple[int, int]]:
    span = as_object(value, "PortRange")
    return span if isinstance(span, Unknown) else _ports(span.get("From"), span.get("To"))


def acl_use(resource: Resource) -> Iterator[Piece]:
    """Yield that a network ACL filters a subnet."""
    yield AclUsePiece(
        resource.origin,
        resource.stack.place.region,
        as_text(resource.get("NetworkAclId"), "NetworkAclId"),
        as_text(resource.get("SubnetId"), "SubnetId"),
    )
