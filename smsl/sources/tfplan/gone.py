"""What a plan deletes, and what it declares apart from the resource that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from smsl.model.standin import plain
from smsl.sources.declared.pieces import GonePiece, Piece
from smsl.sources.tfplan.body import body_of
from smsl.sources.tfplan.groups import atoms
from smsl.sources.tfplan.plan import Plan, Resource
from smsl.sources.tfplan.reading import Reading

_Kind = Literal["function", "role", "inline", "attached", "policy", "secret", "key", "network"]
_OWN: Mapping[str, tuple[_Kind, str]] = {
    "aws_lambda_function": ("function", "arn"),
    "aws_iam_role": ("role", "arn"),
    "aws_iam_policy": ("policy", "arn"),
    "aws_secretsmanager_secret": ("secret", "arn"),
    "aws_kms_key": ("key", "arn"),
    "aws_kms_external_key": ("key", "arn"),
    "aws_kms_replica_key": ("key", "arn"),
    **dict.fromkeys(
        (
            *("aws_vpc", "aws_subnet", "aws_route_table", "aws_security_group", "aws_network_acl", "aws_vpc_endpoint"),
            *("aws_nat_gateway", "aws_internet_gateway", "aws_egress_only_internet_gateway"),
            *("aws_vpc_peering_connection", "aws_ec2_managed_prefix_list", "aws_ec2_transit_gateway_vpc_attachment"),
        ),
        ("network", "id"),
    ),
}
_OF_ROLE: Mapping[str, tuple[_Kind, str]] = {
    "aws_iam_role_policy": ("inline", "name"),
    "aws_iam_role_policy_attachment": ("attached", "policy_arn"),
}
_ENDS = frozenset({"delete"})


def gone(reading: Reading, resource: Resource) -> Iterator[Piece]:
    """Yield what is no more, of a resource that is deleted or replaced; what Terraform only forgets stays."""
    before = resource.before
    if before is None or not _ENDS & set(resource.actions):
        return
    body = body_of(reading, resource)
    if resource.type in _OWN:
        kind, attribute = _OWN[resource.type]
        id_ = before.get(attribute)
        if isinstance(id_, str) and (resource.gone or body.text(attribute, attribute) != plain(id_)):
            yield GonePiece(body.origin, kind, plain(id_), region=body.region if kind == "network" else "")
    elif resource.type in _OF_ROLE:
        kind, attribute = _OF_ROLE[resource.type]
        role, name = before.get("role"), before.get(attribute)
        if isinstance(role, str) and isinstance(name, str):
            same = not resource.gone and (body.text("role", "name"), body.text(attribute, "arn")) == (role, name)
            if not same:
                yield GonePiece(body.origin, kind, plain(role), plain(name))


def apart(plan: Plan) -> frozenset[tuple[str, ...]]:
    """Return what has a resource of its own, as it was and as it will be.

    A role's policies, a group's rules, a table's routes, an ACL's entries and an endpoint's subnets are also read back
    into the role, the group, the table, the ACL and the endpoint, whoever declares them. Where a resource of its own
    does, that says what will be.
    """
    found: set[tuple[str, ...]] = set()
    for each in plan.resources:
        if each.mode != "managed" or each.type not in _APART:
            continue
        for values in (each.values, each.before or {}):
            found.update(tuple(map(plain, parts)) for parts in _parts(each.type, values))
    return frozenset(found)


_RULES = frozenset(
    {"aws_security_group_rule", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"}
)
_MEMBERS: Mapping[str, tuple[str, str, str]] = {
    "aws_iam_role_policy": ("inline", "role", "name"),
    "aws_iam_role_policy_attachment": ("attached", "role", "policy_arn"),
    "aws_secretsmanager_secret_policy": ("secret", "secret_arn", ""),
    "aws_vpc_endpoint_subnet_association": ("endpoint", "vpc_endpoint_id", "subnet_id"),
    "aws_vpc_endpoint_security_group_association": ("endpoint", "vpc_endpoint_id", "security_group_id"),
    "aws_vpc_endpoint_policy": ("endpoint", "vpc_endpoint_id", ""),
}
_APART = frozenset({*_RULES, *_MEMBERS, "aws_route", "aws_network_acl_rule"})


def _parts(kind: str, values: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    if kind in _RULES:
        yield from atoms(values, kind)
    elif kind == "aws_route":
        for name in ("destination_cidr_block", "destination_ipv6_cidr_block"):
            yield "route", str(values.get("route_table_id")), str(values.get(name))
    elif kind == "aws_network_acl_rule":
        egress, number = values.get("egress") is True, values.get("rule_number")
        yield "acl", str(values.get("network_acl_id")), str(egress), str(number)
    else:
        role, one, other = _MEMBERS[kind]
        yield role, str(values.get(one)), str(values.get(other)) if other else "policy"
