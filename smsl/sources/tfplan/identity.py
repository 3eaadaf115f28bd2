"""What a resource's id, ARN and name will be, of what it is known by before AWS has drawn it.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Callable

from smsl.model.standin import SUFFIX, drawn, plain, unsettled
from smsl.sources.declared.implicit import default_acl, default_group, main_table
from smsl.sources.tfplan.address import Step
from smsl.sources.tfplan.body import Body, body_of
from smsl.sources.tfplan.plan import Resource
from smsl.sources.tfplan.reading import Reading

_KEPT = frozenset({"arn", "id", "key_id", "name", "unique_id", "zone_id"})
"""Attributes that a change in place leaves alone."""
_KEYS = frozenset({"aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key", "aws_kms_replica_external_key"})
_EC2 = {
    "aws_vpc": "vpc",
    "aws_default_vpc": "vpc",
    "aws_subnet": "subnet",
    "aws_default_subnet": "subnet",
    "aws_route_table": "route-table",
    "aws_security_group": "security-group",
    "aws_network_acl": "network-acl",
    "aws_vpc_endpoint": "vpc-endpoint",
    "aws_nat_gateway": "natgateway",
    "aws_internet_gateway": "internet-gateway",
    "aws_vpn_gateway": "vpn-gateway",
    "aws_egress_only_internet_gateway": "egress-only-internet-gateway",
    "aws_vpc_peering_connection": "vpc-peering-connection",
    "aws_ec2_managed_prefix_list": "prefix-list",
    "aws_ec2_transit_gateway": "transit-gateway",
    "aws_ec2_transit_gateway_vpc_attachment": "transit-gateway-attachment",
    "aws_vpc_dhcp_options": "dhcp-options",
    "aws_network_interface": "network-interface",
    "aws_instance": "instance",
    "aws_route53_zone": "",
}
"""Types whose id AWS draws, and what their ARNs call them."""


def identity(reading: Reading, resource: Resource, path: tuple[Step, ...]) -> str | None:
    """Return an attribute that names a resource; None for any other, which its configuration may tell."""
    if resource.mode != "managed" or not path:
        return None
    name = str(path[0])
    if name in _KEPT and resource.before is not None and resource.actions == ("update",):
        before = resource.before.get(name)
        if isinstance(before, str):
            return before
    body = body_of(reading, resource)
    if resource.type in _KEYS:
        return _key(body, name)
    if resource.type in _EC2:
        return _drawn(body, name)
    make = _TYPES.get(resource.type)
    return None if make is None else make(body, name)


def arn(body: Body, service: str, rest: str, *, regional: bool = True) -> str:
    """Return an ARN of the resource's own account and, where the service has regions, region."""
    place = body.reading.place
    return f"arn:{place.partition}:{service}:{body.region if regional else ''}:{body.account}:{rest}"


def name_of(body: Body, attribute: str = "name", prefix: str = "terraform-") -> str:
    """Return a resource's name: the one that is given, else what the provider makes of its prefix.

    One that is known only after apply is mostly put together of several parts, of which a plan has the references: it
    is a text of its own, and never the same as another's.

    Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/iam_role.html.markdown
    """
    value = body.values.get(attribute)
    if isinstance(value, str):
        return plain(value)
    if body.is_unknown(attribute) and body.written.get(attribute):
        return unsettled(body.cause(attribute))
    given = body.values.get(f"{attribute}_prefix")
    return f"{plain(given) if isinstance(given, str) and given else prefix}{drawn(body.resource.address)}"


def _key(body: Body, name: str) -> str | None:
    id_ = drawn(body.resource.address)
    return {"key_id": id_, "id": id_, "arn": arn(body, "kms", f"key/{id_}")}.get(name)


def _drawn(body: Body, name: str) -> str | None:
    id_ = drawn(body.resource.address)
    known = body.values.get("id")
    own = known if isinstance(known, str) else id_
    match name:
        case "id" | "zone_id":
            return id_
        case "arn" if _EC2[body.resource.type]:
            return arn(body, "ec2", f"{_EC2[body.resource.type]}/{own}")
        case "default_security_group_id":
            return default_group(own)
        case "default_route_table_id" | "main_route_table_id":
            return main_table(own)
        case "default_network_acl_id":
            return default_acl(own)
        case _:
            return None


def _function(body: Body, name: str) -> str | None:
    function = arn(body, "lambda", f"function:{name_of(body, 'function_name')}")
    version = drawn(f"{body.resource.address}.version")
    return {
        "arn": function,
        **dict.fromkeys(("id", "name", "function_name"), name_of(body, "function_name")),
        "version": version,
        "qualified_arn": f"{function}:{version}",
    }.get(name)


def _alias(body: Body, name: str) -> str | None:
    if name not in ("arn", "id"):
        return None
    function = body.required("function_name", "arn")
    whole = function if function.startswith("arn:") else arn(body, "lambda", f"function:{function}")
    return f"{whole}:{name_of(body)}"


def _layer(body: Body, name: str) -> str | None:
    layer = arn(body, "lambda", f"layer:{name_of(body, 'layer_name')}")
    version = drawn(f"{body.resource.address}.version")
    return {"layer_arn": layer, "arn": f"{layer}:{version}", "id": f"{layer}:{version}", "version": version}.get(name)


def _role(body: Body, name: str) -> str | None:
    match name:
        case "name" | "id":
            return name_of(body)
        case "arn":
            return arn(body, "iam", f"role{body.text('path') or '/'}{name_of(body)}", regional=False)
        case "unique_id":
            return drawn(f"{body.resource.address}.unique_id")
        case _:
            return None


def _policy(body: Body, name: str) -> str | None:
    match name:
        case "name":
            return name_of(body)
        case "arn" | "id":
            return arn(body, "iam", f"policy{body.text('path') or '/'}{name_of(body)}", regional=False)
        case _:
            return None


def _secret(body: Body, name: str) -> str | None:
    match name:
        case "name":
            return name_of(body)
        case "arn" | "id":
            return arn(body, "secretsmanager", f"secret:{name_of(body)}{SUFFIX}")
        case _:
            return None


def _of_secret(body: Body, name: str) -> str | None:
    """Return what names a secret's version, policy or rotation: mostly the secret's own ARN."""
    given = "secret_arn" if body.resource.type == "aws_secretsmanager_secret_policy" else "secret_id"
    return body.text(given, "arn") if name in ("arn", "id") else None


def _key_alias(body: Body, name: str) -> str | None:
    match name:
        case "name" | "id":
            return name_of(body, prefix="alias/terraform-")
        case "arn":
            return arn(body, "kms", name_of(body, prefix="alias/terraform-"))
        case "target_key_arn":
            key = body.text("target_key_id", "arn") or ""
            return key if key.startswith("arn:") else arn(body, "kms", f"key/{key}")
        case _:
            return None


def _database(kind: str) -> Callable[[Body, str], str | None]:
    def make(body: Body, name: str) -> str | None:
        return rds_secret(body, kind) if name in ("master_user_secret", "secret_arn") else None

    return make


def rds_secret(body: Body, kind: str) -> str:
    """Return the ARN of the secret that RDS makes for a database's master user.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
    """
    return arn(body, "secretsmanager", f"secret:{rds_secret_name(body, kind)}{SUFFIX}")


def rds_secret_name(body: Body, kind: str) -> str:
    """Return the name of that secret, ``rds!db-…`` or ``rds!cluster-…``."""
    return f"rds!{kind}-{drawn(body.resource.address)}"


def _default_group(body: Body, name: str) -> str | None:
    return default_group(body.required("vpc_id")) if name == "id" and body.given("vpc_id") else None


def _same_as(attribute: str) -> Callable[[Body, str], str | None]:
    return lambda body, name: body.text(attribute) if name == "id" else None


_TYPES: dict[str, Callable[[Body, str], str | None]] = {
    "aws_lambda_function": _function,
    "aws_lambda_alias": _alias,
    "aws_lambda_layer_version": _layer,
    "aws_iam_role": _role,
    "aws_iam_policy": _policy,
    "aws_secretsmanager_secret": _secret,
    "aws_secretsmanager_secret_version": _of_secret,
    "aws_secretsmanager_secret_policy": _of_secret,
    "aws_secretsmanager_secret_rotation": _of_secret,
    "aws_kms_alias": _key_alias,
    "aws_db_instance": _database("db"),
    "aws_rds_cluster": _database("cluster"),
    "aws_default_security_group": _default_group,
    "aws_default_route_table": _same_as("default_route_table_id"),
    "aws_default_network_acl": _same_as("default_network_acl_id"),
}
