"""What an attribute refers to, where an expression has more references than it has values.

``module.place[each.key].subnet_id`` leaves ``module.place`` and so all of its outputs; blocks that are an attribute
(routes, rules) have one list of references for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping

_GROUPS = ("aws_security_group", "aws_default_security_group")
_SUBNETS = ("aws_subnet", "aws_default_subnet")
_VPCS = ("aws_vpc", "aws_default_vpc")
_TABLES = ("aws_route_table", "aws_default_route_table")
KEYS = ("aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key", "aws_kms_replica_external_key", "aws_kms_alias")
SECRETS = ("aws_secretsmanager_secret",)
GATEWAYS = ("aws_internet_gateway", "aws_vpn_gateway", "aws_vpc_endpoint")

MEANT: Mapping[str, tuple[str, ...]] = {
    "role": ("aws_iam_role",),
    "roles": ("aws_iam_role",),
    "role_name": ("aws_iam_role",),
    "policy_arn": ("aws_iam_policy",),
    "policy_arns": ("aws_iam_policy",),
    "managed_policy_arns": ("aws_iam_policy",),
    "permissions_boundary": ("aws_iam_policy",),
    "function_name": ("aws_lambda_function",),
    "layers": ("aws_lambda_layer_version",),
    "secret_id": SECRETS,
    "secret_arn": SECRETS,
    "key_id": KEYS,
    "kms_key_id": KEYS,
    "kms_key_arn": KEYS,
    "target_key_id": KEYS,
    "vpc_id": _VPCS,
    "subnet_id": _SUBNETS,
    "subnet_ids": _SUBNETS,
    "security_group_id": _GROUPS,
    "security_group_ids": _GROUPS,
    "security_groups": _GROUPS,
    "source_security_group_id": _GROUPS,
    "referenced_security_group_id": _GROUPS,
    "prefix_list_id": ("aws_ec2_managed_prefix_list", "aws_vpc_endpoint"),
    "prefix_list_ids": ("aws_ec2_managed_prefix_list", "aws_vpc_endpoint"),
    "destination_prefix_list_id": ("aws_ec2_managed_prefix_list",),
    "route_table_id": _TABLES,
    "network_acl_id": ("aws_network_acl", "aws_default_network_acl"),
    "vpc_endpoint_id": ("aws_vpc_endpoint",),
    "gateway_id": GATEWAYS,
    "internet_gateway_id": ("aws_internet_gateway",),
    "nat_gateway_id": ("aws_nat_gateway",),
    "egress_only_gateway_id": ("aws_egress_only_internet_gateway",),
    "transit_gateway_id": ("aws_ec2_transit_gateway",),
    "vpc_peering_connection_id": ("aws_vpc_peering_connection",),
    "network_interface_id": ("aws_network_interface",),
    "instance_id": ("aws_instance",),
    "zone_id": ("aws_route53_zone",),
    "dhcp_options_id": ("aws_vpc_dhcp_options",),
}
"""Types by attribute."""
