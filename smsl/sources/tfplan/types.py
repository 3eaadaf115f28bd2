"""What each resource type declares; an explicit table, a function a type."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from smsl.sources.declared.pieces import Piece
from smsl.sources.tfplan import acls, endpoints, functions, gateways, groups, keys, roles, routes, secrets, vpcs, zones
from smsl.sources.tfplan.body import Body

READERS: Mapping[str, Callable[[Body], Iterator[Piece]]] = {
    "aws_lambda_function": functions.function,
    "aws_lambda_alias": functions.alias,
    "aws_iam_role": roles.role,
    "aws_iam_role_policy": roles.inline,
    "aws_iam_role_policy_attachment": roles.attachment,
    "aws_iam_policy": roles.managed,
    "aws_iam_policy_attachment": roles.attachments,
    "aws_iam_role_policies_exclusive": roles.only_inline,
    "aws_iam_role_policy_attachments_exclusive": roles.only_attached,
    "aws_secretsmanager_secret": secrets.secret,
    "aws_secretsmanager_secret_version": secrets.version,
    "aws_secretsmanager_secret_policy": secrets.policy,
    "aws_secretsmanager_secret_rotation": secrets.rotation,
    "aws_db_instance": secrets.instance,
    "aws_rds_cluster": secrets.cluster,
    "aws_kms_key": keys.key,
    "aws_kms_external_key": keys.external_key,
    "aws_kms_replica_key": keys.replica_key,
    "aws_kms_replica_external_key": keys.external_key,
    "aws_kms_alias": keys.alias,
    "aws_kms_key_policy": keys.policy,
    "aws_kms_grant": keys.grant,
    "aws_vpc": vpcs.vpc,
    "aws_default_vpc": vpcs.vpc,
    "aws_vpc_ipv4_cidr_block_association": vpcs.block,
    "aws_vpc_ipv6_cidr_block_association": vpcs.block,
    "aws_subnet": vpcs.subnet,
    "aws_default_subnet": vpcs.subnet,
    "aws_vpc_dhcp_options": vpcs.options,
    "aws_vpc_dhcp_options_association": vpcs.options_use,
    "aws_route_table": routes.table,
    "aws_default_route_table": routes.default_table,
    "aws_route": routes.route,
    "aws_route_table_association": routes.use,
    "aws_main_route_table_association": routes.main_use,
    "aws_security_group": groups.group,
    "aws_default_security_group": groups.default,
    "aws_security_group_rule": groups.rule,
    "aws_vpc_security_group_ingress_rule": groups.ingress_rule,
    "aws_vpc_security_group_egress_rule": groups.egress_rule,
    "aws_network_acl": acls.acl,
    "aws_default_network_acl": acls.default,
    "aws_network_acl_rule": acls.entry,
    "aws_network_acl_association": acls.use,
    "aws_vpc_endpoint": endpoints.endpoint,
    "aws_vpc_endpoint_policy": endpoints.policy,
    "aws_vpc_endpoint_subnet_association": endpoints.subnet_use,
    "aws_vpc_endpoint_security_group_association": endpoints.group_use,
    "aws_vpc_endpoint_private_dns": endpoints.names,
    "aws_nat_gateway": gateways.nat,
    "aws_internet_gateway": gateways.internet,
    "aws_internet_gateway_attachment": gateways.attachment,
    "aws_egress_only_internet_gateway": gateways.egress_only,
    "aws_vpc_peering_connection": gateways.peering,
    "aws_ec2_managed_prefix_list": gateways.prefix_list,
    "aws_ec2_transit_gateway_vpc_attachment": gateways.transit_attachment,
    "aws_route53_zone": zones.zone,
    "aws_route53_zone_association": zones.association,
    "aws_route53_record": zones.record,
}

NOT_UNDERSTOOD = frozenset(
    {
        *("aws_ec2_transit_gateway_route", "aws_ec2_transit_gateway_route_table"),
        *("aws_networkfirewall_firewall", "aws_route53_resolver_rule", "aws_route53_resolver_rule_association"),
        *("aws_route53_resolver_firewall_rule_group_association", "aws_vpc_block_public_access_options"),
        *("aws_vpc_block_public_access_exclusion", "aws_vpn_gateway_route_propagation"),
        *(
            "aws_organizations_policy",
            "aws_organizations_policy_attachment",
            "aws_serverlessapplicationrepository_cloudformation_stack",
        ),
        "aws_cloudformation_stack",
    }
)
"""Types that may bear on whether a function reads its secret, and that nothing here reads."""
