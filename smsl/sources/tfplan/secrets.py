"""Secrets, and those that RDS makes for a database's master user; never their values.

Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/secretsmanager_secret.html.markdown
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.arn import parse_arn
from smsl.model.secretname import name_of_arn
from smsl.model.snapshot import Rotation
from smsl.model.standin import SUFFIX
from smsl.model.unknown import Unknown
from smsl.sources.declared.pieces import Piece, RotationPiece, SecretPiece, SecretPolicyPiece, ValuePiece
from smsl.sources.tfplan.body import Body
from smsl.sources.tfplan.identity import name_of, rds_secret, rds_secret_name
from smsl.sources.tfplan.policies import written_policy
from smsl.sources.tfplan.tags import tags

_RDS_DAYS = 7.0
_KEY = "master_user_secret_kms_key_id"


def secret(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_secretsmanager_secret``."""
    arn, name = body.required("arn", "arn"), name_of(body)
    parsed = parse_arn(arn)
    replicas = body.blocks("replica", computed=True)
    yield SecretPiece(
        origin=body.origin,
        arn=arn,
        name=name,
        region=parsed.region if parsed else body.region,
        account=parsed.account if parsed else body.account,
        key=body.text("kms_key_id", "arn") or None,
        stands=not arn.endswith(SUFFIX),
        replicas=()
        if isinstance(replicas, Unknown)
        else tuple(region for each in replicas if (region := each.text("region"))),
        tags=tags(body),
    )
    known = ("secret", arn, "policy") in body.reading.apart
    if body.given("policy") and (body.written.get("policy") or not known):
        found = written_policy(body, "policy", f"resource policy of {name}")
        yield SecretPolicyPiece(body.at("policy"), arn, found.policy, found.statements)
    rules = body.blocks("rotation_rules", computed=True)
    if not isinstance(rules, Unknown) and rules and body.flag("rotation_enabled", default=False) is True:
        yield RotationPiece(body.origin, arn, _rotation(rules))


def version(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_secretsmanager_secret_version`` that carries AWSCURRENT."""
    stages = body.texts("version_stages") if body.given("version_stages") else ()
    if isinstance(stages, Unknown) or not stages or "AWSCURRENT" in stages:
        yield ValuePiece(body.origin, body.required("secret_id", "arn"))


def policy(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_secretsmanager_secret_policy``."""
    arn = body.required("secret_arn", "arn")
    found = written_policy(body, "policy", f"resource policy of {_name(arn)}")
    yield SecretPolicyPiece(body.origin, arn, found.policy, found.statements)


def _name(arn: str) -> str:
    parsed = parse_arn(arn)
    return arn if parsed is None else name_of_arn(parsed.resource.removesuffix(SUFFIX))


def rotation(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_secretsmanager_secret_rotation``."""
    rules = body.blocks("rotation_rules")
    made = (
        Rotation(enabled=True, every_days=None, last=None, next=None)
        if isinstance(rules, Unknown)
        else _rotation(rules)
    )
    yield RotationPiece(body.origin, body.required("secret_id", "arn"), made)


def _rotation(rules: tuple[Body, ...]) -> Rotation:
    days: float | None = None
    for each in rules:
        number = each.number("automatically_after_days")
        days = None if isinstance(number, Unknown) or not number else float(number)
        if days is None:
            days = _rate(each.text("schedule_expression") or "")
    return Rotation(enabled=True, every_days=days, last=None, next=None)


def _rate(schedule: str) -> float | None:
    """Return the days of ``rate(4 hours)``; a cron expression has no one interval."""
    words = schedule.removeprefix("rate(").removesuffix(")").split()
    if not schedule.startswith("rate(") or len(words) != 2 or not words[0].isdecimal() or len(words[0]) > 6:
        return None
    return int(words[0]) / 24 if words[1].startswith("hour") else float(words[0])


def instance(body: Body) -> Iterator[Piece]:
    """Yield the secret of an ``aws_db_instance`` whose password RDS manages."""
    return _of_database(body, "db")


def cluster(body: Body) -> Iterator[Piece]:
    """Yield the secret of an ``aws_rds_cluster`` whose password RDS manages."""
    return _of_database(body, "cluster")


def _of_database(body: Body, kind: str) -> Iterator[Piece]:
    """Yield the secret that RDS makes; it rotates every seven days.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
    """
    if body.flag("manage_master_user_password", default=False) is not True:
        return
    held = body.blocks("master_user_secret", computed=True)
    known = held[0].text("secret_arn") if not isinstance(held, Unknown) and held else None
    arn = known or rds_secret(body, kind)
    parsed = parse_arn(arn)
    yield SecretPiece(
        origin=body.origin,
        arn=arn,
        name=_name(arn) if known else rds_secret_name(body, kind),
        region=parsed.region if parsed else body.region,
        account=parsed.account if parsed else body.account,
        key=body.text(_KEY, "arn") if body.given(_KEY) else None,
        valued=True,
    )
    yield RotationPiece(body.origin, arn, Rotation(enabled=True, every_days=_RDS_DAYS, last=None, next=None))
