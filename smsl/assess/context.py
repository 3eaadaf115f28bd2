"""The request context that a function's calls carry.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from collections.abc import Mapping

from smsl.iam.request import ContextValue
from smsl.model.arn import partition_of
from smsl.model.reach import Path, Reach
from smsl.model.snapshot import Function, Key, Organization, Role, Secret, Snapshot
from smsl.model.unknown import Unknown

Context = dict[str, ContextValue]


def session_arn(function: Function, role: Role) -> str:
    """Return the caller's ARN: the session of a function is called after it, and has no role path.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
    """
    partition = partition_of(role.arn)
    return f"arn:{partition}:sts::{role.account}:assumed-role/{role.name}/{function.name}"


def _caller(snapshot: Snapshot, function: Function, role: Role) -> Context:
    organization = snapshot.organizations.get(role.account)
    context: Context = {
        "aws:PrincipalArn": role.arn,
        "aws:PrincipalAccount": role.account,
        "aws:PrincipalType": "AssumedRole",
        "aws:PrincipalIsAWSService": "false",
        "aws:SecureTransport": "true",
        "aws:CurrentTime": snapshot.taken_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:EpochTime": str(int(snapshot.taken_at.timestamp())),
        "aws:userid": f"{role.unique_id}:{function.name}" if role.unique_id else Unknown("the role's id was not read"),
        "aws:TokenIssueTime": Unknown("when Lambda took the role is not known"),
        "aws:UserAgent": Unknown("the SDK's user agent is not known"),
        "lambda:SourceFunctionArn": function.arn,
    }
    context |= {f"aws:PrincipalTag/{key}": value for key, value in role.tags.items()}
    context |= organization_keys(organization, "aws:PrincipalOrgID", "aws:PrincipalOrgPaths")
    return context


def organization_keys(organization: Organization | None, id_key: str, path_key: str) -> Context:
    """Return the two keys of an account's organization; none where it is in no organization."""
    if organization is not None and organization.scps == ():
        return {}  # in no organization: the keys are absent
    unknown = Unknown("the organization is not visible", ("organizations:DescribeOrganization",))
    return {id_key: organization.id if organization and organization.id else unknown, path_key: unknown}


def read_context(
    snapshot: Snapshot, function: Function, role: Role, secret: Secret, reach: Reach | None, region: str
) -> Mapping[str, ContextValue]:
    """Return the context of GetSecretValue."""
    context = _caller(snapshot, function, role)
    context |= secret_keys(snapshot, role.account, secret, region)
    return context | _path_keys(snapshot, function, reach)


def secret_keys(snapshot: Snapshot, account: str, secret: Secret, region: str) -> Context:
    """Return what GetSecretValue carries whoever in an account calls it in a region."""
    context: Context = {
        "aws:RequestedRegion": region,
        "aws:ViaAWSService": "false",
        "aws:ResourceAccount": secret.account,
        "secretsmanager:SecretId": secret.arn,
        "secretsmanager:SecretPrimaryRegion": secret.primary_region or secret.region,
        "secretsmanager:VersionId": Unknown("which version the code asks for is not known"),
        "secretsmanager:VersionStage": Unknown("which stage the code asks for is not known"),
        "secretsmanager:resource/AllowRotationLambdaArn": Unknown("the rotation function is not read"),
        "secretsmanager:resource/Type": Unknown("the secret's type is not read"),
    }
    for key, value in secret.tags.items():
        context[f"aws:ResourceTag/{key}"] = value
        context[f"secretsmanager:ResourceTag/{key}"] = value
    return context | _resource_organization(snapshot, account, secret.account)


def _resource_organization(snapshot: Snapshot, caller: str, account: str) -> Context:
    if account == caller:
        return organization_keys(snapshot.organizations.get(account), "aws:ResourceOrgID", "aws:ResourceOrgPaths")
    hidden = Unknown("the other account's organization is not visible")
    return {"aws:ResourceOrgID": hidden, "aws:ResourceOrgPaths": hidden}


def _path_keys(snapshot: Snapshot, function: Function, reach: Reach | None) -> Context:
    """Return the keys of the network path: an endpoint takes aws:SourceIp away and adds its own."""
    if reach is not None and reach.endpoint is not None:
        network = snapshot.networks.get(function.region)
        endpoints = network.endpoints if network else Unknown("not read")
        vpc = (
            endpoints[reach.endpoint].vpc if not isinstance(endpoints, Unknown) and reach.endpoint in endpoints else ""
        )
        return {
            "aws:SourceVpce": reach.endpoint,
            "aws:SourceVpc": vpc or Unknown("the endpoint's VPC was not read"),
            "aws:VpcSourceIp": Unknown("the function's address is one of its subnets'"),
        }
    context: Context = {"aws:SourceIp": Unknown("the public address of the function is not known")}
    if reach is not None and reach.path not in (Path.NAT, Path.IPV6):
        # Unreachable or not settled: the path that a fix opens, or that was not seen, may well be an endpoint's.
        unknown = Unknown("the path was not settled")
        context |= {"aws:SourceVpce": unknown, "aws:SourceVpc": unknown, "aws:VpcSourceIp": unknown}
    return context


def decrypt_context(
    snapshot: Snapshot, function: Function, role: Role, secret: Secret, key: Key
) -> Mapping[str, ContextValue]:
    """Return the context of the kms:Decrypt that Secrets Manager makes in the function's name.

    It passes no endpoint of the caller's, and its address is Secrets Manager's.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    """
    return _caller(snapshot, function, role) | key_keys(snapshot, role.account, secret, key)


def key_keys(snapshot: Snapshot, account: str, secret: Secret, key: Key) -> Context:
    """Return what the decrypt of a secret carries whoever in an account asks for the secret."""
    current = secret.current
    version: ContextValue = Unknown("which version the code asks for is not known")
    if current is not None and not isinstance(current, Unknown):
        version = current.id
    suffix = "amazonaws.com.cn" if key.arn.startswith("arn:aws-cn:") else "amazonaws.com"
    context: Context = {
        "aws:RequestedRegion": secret.region,
        "aws:ViaAWSService": "true",
        "aws:CalledVia": Unknown("whether Secrets Manager sets aws:CalledVia is not documented"),
        "aws:CalledViaFirst": Unknown("whether Secrets Manager sets aws:CalledViaFirst is not documented"),
        "aws:CalledViaLast": Unknown("whether Secrets Manager sets aws:CalledViaLast is not documented"),
        "aws:ResourceAccount": key.account,
        "kms:CallerAccount": account,
        "kms:ViaService": f"secretsmanager.{secret.region}.{suffix}",
        "kms:EncryptionContext:SecretARN": secret.arn,
        "kms:EncryptionContext:SecretVersionId": version,
        "kms:EncryptionContextKeys": ("SecretARN", "SecretVersionId"),
        "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        "kms:KeySpec": "SYMMETRIC_DEFAULT",
        "kms:KeyUsage": "ENCRYPT_DECRYPT",
        "kms:KeyOrigin": Unknown("the key's origin is not read"),
        "kms:MultiRegion": Unknown("whether the key is multi-Region is not read"),
        "kms:ResourceAliases": Unknown("the key's aliases are not read", ("kms:ListAliases",)),
    }
    return context | _resource_organization(snapshot, account, key.account)
