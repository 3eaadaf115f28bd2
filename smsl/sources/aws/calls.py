"""Every call that smsl makes: its permission, whether a verdict needs it, and the members that are kept of its answer.

What is not listed under `keep` is dropped as soon as the answer arrives, so that free text (descriptions, tags that
no policy asks for) never reaches a report or a capture.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of the table."""

    permissions: tuple[str, ...]
    required: bool
    """A required call that fails is a Gap; a supporting one is an assumption."""
    keep: tuple[str, ...] | None
    """Members of the answer that are kept; None keeps all but free text (EC2's Describe answers)."""
    assumption: str = ""
    """What stands in the place of a supporting call's answer."""


def _required(permission: str, *keep: str) -> Operation:
    return Operation((permission,), True, keep or None)


def _supporting(permission: str, assumption: str, *keep: str) -> Operation:
    return Operation((permission,), False, keep or None, assumption)


NO_READERS = "roles and users of the account not all visible: who else can read its secrets is not all told"
"""What stands in the place of a call that only tells who can read."""
_ORGANIZATION = "SCPs and RCPs not visible: assumed not to deny"
_NO_OTHER_VERSION = "aliases not visible: assumed that none serves another version"
_NAMES = "secret names not visible: a variable counts as naming a secret only by ARN or by its own name"
_SAME_KEY = "keys of older versions not visible: assumed that the secret's current key decrypts"
_FIREWALL = "DNS Firewall not visible: assumed not to block the name"
_LATEST = "newest extension layer not visible: compared with the shipped table"

_SECRET = (
    "ARN", "Name", "KmsKeyId", "RotationEnabled", "RotationRules", "LastRotatedDate", "NextRotationDate", "DeletedDate",
    "PrimaryRegion", "VersionIdsToStages", "SecretVersionsToStages", "ReplicationStatus", "Tags",
)  # fmt: skip

OPERATIONS: Mapping[str, Operation] = {
    "lambda:GetFunctionConfiguration": _required(
        "lambda:GetFunctionConfiguration",
        "FunctionName", "FunctionArn", "Version", "Role", "Runtime", "Timeout", "Environment", "KMSKeyArn", "Layers",
        "State", "StateReasonCode", "LastUpdateStatus", "LastUpdateStatusReasonCode", "PackageType", "Architectures",
        "VpcConfig", "SnapStart",
    ),
    "lambda:ListAliases": _supporting("lambda:ListAliases", _NO_OTHER_VERSION, "Aliases"),
    "lambda:ListFunctions": _required("lambda:ListFunctions", "Functions"),
    "iam:GetRole": _required("iam:GetRole", "Role"),
    "iam:ListRolePolicies": _required("iam:ListRolePolicies", "PolicyNames"),
    "iam:GetRolePolicy": _required("iam:GetRolePolicy", "PolicyName", "PolicyDocument"),
    "iam:ListAttachedRolePolicies": _required("iam:ListAttachedRolePolicies", "AttachedPolicies"),
    "iam:GetPolicy": _required("iam:GetPolicy", "Policy"),
    "iam:GetPolicyVersion": _required("iam:GetPolicyVersion", "PolicyVersion"),
    "iam:GetAccountAuthorizationDetails": _required(
        "iam:GetAccountAuthorizationDetails", "RoleDetailList", "UserDetailList", "GroupDetailList", "Policies"
    ),
    "secretsmanager:ListSecrets": _supporting("secretsmanager:ListSecrets", _NAMES, "SecretList"),
    "secretsmanager:DescribeSecret": _required("secretsmanager:DescribeSecret", *_SECRET),
    "secretsmanager:GetResourcePolicy": _required("secretsmanager:GetResourcePolicy", "ARN", "ResourcePolicy"),
    "secretsmanager:ListSecretVersionIds": _supporting("secretsmanager:ListSecretVersionIds", _SAME_KEY, "Versions"),
    "kms:DescribeKey": _required("kms:DescribeKey", "KeyMetadata"),
    "kms:GetKeyPolicy": _required("kms:GetKeyPolicy", "Policy"),
    "kms:ListGrants": _required("kms:ListGrants", "Grants"),
    "organizations:DescribeOrganization": _supporting(
        "organizations:DescribeOrganization", _ORGANIZATION, "Organization"
    ),
    "organizations:DescribeAccount": _supporting("organizations:DescribeAccount", _ORGANIZATION, "Account"),
    "organizations:ListPoliciesForTarget": _supporting(
        "organizations:ListPoliciesForTarget", _ORGANIZATION, "Policies"
    ),
    "organizations:DescribePolicy": _supporting("organizations:DescribePolicy", _ORGANIZATION, "Policy"),
    "ssm:GetParameter": _supporting("ssm:GetParameter", _LATEST, "Parameter"),
    "ec2:DescribeVpcs": _required("ec2:DescribeVpcs"),
    "ec2:DescribeVpcAttribute": _required("ec2:DescribeVpcAttribute"),
    "ec2:DescribeSubnets": _required("ec2:DescribeSubnets"),
    "ec2:DescribeRouteTables": _required("ec2:DescribeRouteTables"),
    "ec2:DescribeNetworkAcls": _required("ec2:DescribeNetworkAcls"),
    "ec2:DescribeSecurityGroups": _required("ec2:DescribeSecurityGroups"),
    "ec2:DescribeVpcEndpoints": _required("ec2:DescribeVpcEndpoints"),
    "ec2:DescribeNetworkInterfaces": _required("ec2:DescribeNetworkInterfaces"),
    "ec2:DescribeDhcpOptions": _required("ec2:DescribeDhcpOptions"),
    "ec2:DescribeNatGateways": _required("ec2:DescribeNatGateways"),
    "ec2:DescribeInternetGateways": _required("ec2:DescribeInternetGateways"),
    "ec2:DescribeEgressOnlyInternetGateways": _required("ec2:DescribeEgressOnlyInternetGateways"),
    "ec2:DescribeVpcPeeringConnections": _required("ec2:DescribeVpcPeeringConnections"),
    "ec2:DescribeTransitGateways": _required("ec2:DescribeTransitGateways"),
    "ec2:DescribeTransitGatewayVpcAttachments": _required("ec2:DescribeTransitGatewayVpcAttachments"),
    "ec2:DescribeTransitGatewayRouteTables": _required("ec2:DescribeTransitGatewayRouteTables"),
    "ec2:GetTransitGatewayRouteTableAssociations": _required("ec2:GetTransitGatewayRouteTableAssociations"),
    "ec2:SearchTransitGatewayRoutes": _required("ec2:SearchTransitGatewayRoutes"),
    "ec2:GetManagedPrefixListEntries": _required("ec2:GetManagedPrefixListEntries"),
    "ec2:DescribeVpcBlockPublicAccessOptions": _required("ec2:DescribeVpcBlockPublicAccessOptions"),
    "ec2:DescribeVpcBlockPublicAccessExclusions": _required("ec2:DescribeVpcBlockPublicAccessExclusions"),
    "route53:ListHostedZonesByVPC": Operation(
        # Route 53 checks DescribeVpcs as well: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByVPC.html
        ("route53:ListHostedZonesByVPC", "ec2:DescribeVpcs"), True, None,
    ),
    "route53:ListResourceRecordSets": _required("route53:ListResourceRecordSets"),
    "route53resolver:ListResolverRuleAssociations": _required("route53resolver:ListResolverRuleAssociations"),
    "route53resolver:ListResolverRules": _required("route53resolver:ListResolverRules"),
    "route53resolver:ListFirewallRuleGroupAssociations": _supporting(
        "route53resolver:ListFirewallRuleGroupAssociations", _FIREWALL
    ),
}  # fmt: skip


def policy() -> dict[str, Any]:
    """Return the least-privilege policy that smsl wants, as IAM takes it: reading only, and never a secret's value."""
    permissions = sorted({permission for row in OPERATIONS.values() for permission in row.permissions})
    return {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "SmslReadOnly", "Effect": "Allow", "Action": permissions, "Resource": "*"}],
    }
