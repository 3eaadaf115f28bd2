"""Secrets Manager's types, and the secrets that RDS makes for master users.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_SecretsManager.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.secretname import has_suffix
from smsl.model.snapshot import Rotation
from smsl.model.standin import SUFFIX
from smsl.model.unknown import Unknown
from smsl.sources.cfn.arns import master_secret_arn, master_secret_name, secret_arn, secret_name
from smsl.sources.cfn.policies import read_policy
from smsl.sources.cfn.stack import Resource
from smsl.sources.cfn.tags import tags_of
from smsl.sources.cfn.values import Object, as_flag, as_object, as_objects, as_text
from smsl.sources.declared.pieces import Piece, RotationPiece, SecretPiece, SecretPolicyPiece

_WORDS = 2


def secret(resource: Resource) -> Iterator[Piece]:
    """Yield a secret; of its value only that there is one."""
    place = resource.stack.place
    key = resource.get("KmsKeyId")
    yield SecretPiece(
        origin=resource.origin,
        arn=secret_arn(resource),
        name=secret_name(resource),
        region=place.region,
        account=place.account,
        key=None if key is None else as_text(key, "KmsKeyId"),
        valued=resource.get("SecretString") is not None or resource.get("GenerateSecretString") is not None,
        replicas=_replicas(resource),
        tags=tags_of(resource),
    )


def _replicas(resource: Resource) -> tuple[str, ...]:
    found = as_objects(resource.get("ReplicaRegions"), "ReplicaRegions")
    if isinstance(found, Unknown):
        resource.note(f"the replicas are not known: {found.reason}", ".Properties.ReplicaRegions")
        return ()
    return tuple(as_text(each.get("Region"), "ReplicaRegions.Region") for each in found)


def resource_policy(resource: Resource) -> Iterator[Piece]:
    """Yield a secret's resource policy."""
    owner = as_text(resource.get("SecretId"), "SecretId")
    name = f"resource policy of {named(owner)}"
    found = read_policy(resource, "ResourcePolicy", name, resource.get("ResourcePolicy"))
    yield SecretPolicyPiece(resource.origin, owner, found.policy, found.statements)


def named(text: str) -> str:
    """Return the name of the secret that a text names by name or ARN."""
    _, found, rest = text.partition(":secret:")
    if not text.startswith("arn:") or not found:
        return text
    if rest.endswith(SUFFIX):
        return rest.removesuffix(SUFFIX)
    return rest[: -len(SUFFIX)] if has_suffix(text) else rest


def rotation(resource: Resource) -> Iterator[Piece]:
    """Yield a secret's rotation."""
    rules = as_object(resource.get("RotationRules"), "RotationRules")
    yield RotationPiece(
        resource.origin,
        as_text(resource.get("SecretId"), "SecretId"),
        Rotation(True, None if isinstance(rules, Unknown) else _days(rules), None, None),
    )


def _days(rules: Object) -> float | None:
    """Return how often a secret rotates; a cron expression has no one interval.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
    """
    days, schedule = rules.get("AutomaticallyAfterDays"), rules.get("ScheduleExpression")
    if isinstance(days, str) and days.isascii() and days.isdigit() and len(days) < 5:
        return float(days)
    words = schedule.removeprefix("rate(").removesuffix(")").split() if isinstance(schedule, str) else []
    if len(words) != _WORDS or not (words[0].isascii() and words[0].isdigit()) or len(words[0]) > 5:
        return None
    return int(words[0]) / 24 if words[1].startswith("hour") else float(words[0])


def database(resource: Resource) -> Iterator[Piece]:
    """Yield the secret that RDS makes, keeps and rotates every seven days for a database's master user.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
    """
    managed = as_flag(resource.get("ManageMasterUserPassword"), "ManageMasterUserPassword", default=False)
    if isinstance(managed, Unknown):
        resource.note(f"whether RDS makes a secret is not known: {managed.reason}")
    if managed is not True:
        return
    place = resource.stack.place
    own = as_object(resource.get("MasterUserSecret"), "MasterUserSecret")
    key = None if isinstance(own, Unknown) else own.get("KmsKeyId")
    arn = master_secret_arn(resource)
    yield SecretPiece(
        origin=resource.origin,
        arn=arn,
        name=master_secret_name(resource),
        region=place.region,
        account=place.account,
        key=None if key is None else as_text(key, "MasterUserSecret.KmsKeyId"),
        valued=True,
    )
    yield RotationPiece(resource.origin, arn, Rotation(True, 7.0, None, None))
