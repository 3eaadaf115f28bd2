"""Secrets and the keys that encrypt them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from smsl.model.arn import parse_arn
from smsl.model.errors import InputError
from smsl.model.policy import Grant, Policy, parse_grant
from smsl.model.secretname import has_suffix, name_of_arn
from smsl.model.snapshot import Absent, Key, Rotation, Secret, SecretFact, SecretId, SecretVersion
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.aws.convert_policy import policy, tags, unread
from smsl.sources.aws.facts import Call, Facts, Failure, answered, call
from smsl.sources.aws.needs import listed


def secrets_of(facts: Facts, accounts: Collection[str]) -> dict[SecretId, SecretFact]:
    """Return every secret that was listed or asked for, by its ARN and, in the functions' own accounts, by its name."""
    found: dict[SecretId, SecretFact] = {}
    for region in sorted({each.region for each in facts if each.service == "secretsmanager"}):
        rows = listed(facts, region)
        for row in {str(row["ARN"]): row for row in rows.values()}.values():
            secret = _secret(facts, region, row, describe=row)
            for text in _names(secret, accounts):
                found[SecretId(region, text)] = secret
    for each, answer in facts.items():
        if each.operation != "DescribeSecret":
            continue
        text = str(each.parameters["SecretId"])
        fact = _described(facts, each, answer)
        found[SecretId(each.region, text)] = fact
        if isinstance(fact, Secret):
            for name in _names(fact, accounts):
                found[SecretId(each.region, name)] = fact
    return found


def _names(secret: Secret, accounts: Collection[str]) -> Iterator[str]:
    """Yield what names a secret; a bare name means one of the caller's own account."""
    yield secret.arn
    if not has_suffix(secret.arn[:-7]):
        yield secret.arn[:-7]
    if secret.account in accounts:
        yield secret.name


def _described(facts: Facts, each: Call, answer: Any) -> SecretFact:
    if isinstance(answer, Failure):
        if answer.kind == "absent":
            return Absent()
        return unread(facts, each, f"secret {each.parameters['SecretId']}")
    row = listed(facts, each.region).get(str(answer.get("ARN")), {})
    return _secret(facts, each.region, row, describe=answer)


def _secret(facts: Facts, region: str, row: Mapping[str, Any], describe: Mapping[str, Any]) -> Secret:
    merged = {**row, **describe}
    arn_text = str(merged.get("ARN"))
    arn = parse_arn(arn_text)
    name = str(merged.get("Name") or (name_of_arn(arn.resource) if arn else arn_text))
    return Secret(
        arn=arn_text,
        name=name,
        region=region,
        account=arn.account if arn else "",
        key=merged.get("KmsKeyId"),
        deleted=_when(merged.get("DeletedDate")),
        versions=_versions(facts, region, arn_text, merged),
        rotation=_rotation(merged),
        policy=_resource_policy(facts, region, arn_text, name),
        primary_region=merged.get("PrimaryRegion"),
        replicas=_replicas(merged, described=describe is not row),
        tags=tags(merged),
    )


def _replicas(merged: Mapping[str, Any], *, described: bool) -> Maybe[tuple[str, ...]]:
    if not described:
        return Unknown("replicas are not in a list's answer", ("secretsmanager:DescribeSecret",))
    return tuple(str(row.get("Region")) for row in merged.get("ReplicationStatus") or [])


def _versions(facts: Facts, region: str, arn: str, merged: Mapping[str, Any]) -> tuple[SecretVersion, ...]:
    stages = merged.get("VersionIdsToStages") or merged.get("SecretVersionsToStages") or {}
    listing = call("secretsmanager", "ListSecretVersionIds", region, SecretId=arn)
    rows = answered(facts, listing).get("Versions")
    keys = {str(row.get("VersionId")): tuple(map(str, row.get("KmsKeyIds") or ())) for row in rows or []}
    return tuple(
        SecretVersion(str(id_), tuple(map(str, labels)), keys.get(str(id_), ())) for id_, labels in stages.items()
    )


def _rotation(merged: Mapping[str, Any]) -> Rotation:
    rules = merged.get("RotationRules") or {}
    days = rules.get("AutomaticallyAfterDays")
    return Rotation(
        enabled=bool(merged.get("RotationEnabled")),
        every_days=float(days) if days else _rate_days(str(rules.get("ScheduleExpression", ""))),
        last=_when(merged.get("LastRotatedDate")),
        next=_when(merged.get("NextRotationDate")),
    )


def _rate_days(schedule: str) -> float | None:
    """Return the days of ``rate(4 hours)``; a cron expression has no one interval."""
    words = schedule.removeprefix("rate(").removesuffix(")").split()
    if not schedule.startswith("rate(") or len(words) != 2 or not words[0].isdigit():
        return None
    return int(words[0]) / 24 if words[1].startswith("hour") else float(words[0])


def _resource_policy(facts: Facts, region: str, arn: str, name: str) -> Maybe[Policy] | None:
    get = call("secretsmanager", "GetResourcePolicy", region, SecretId=arn)
    if get not in facts or isinstance(facts[get], Failure):
        get = call("secretsmanager", "GetResourcePolicy", region, SecretId=name)
    answer = facts.get(get)
    if answer is None or isinstance(answer, Failure):
        return unread(
            facts, call("secretsmanager", "GetResourcePolicy", region, SecretId=arn), f"the policy of secret {name}"
        )
    document = answer.get("ResourcePolicy")
    return None if not document else policy(f"resource policy of {name}", document)


def _when(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def keys_of(facts: Facts) -> dict[str, Maybe[Key]]:
    """Return the keys by what they were asked for, by ARN and by id."""
    found: dict[str, Maybe[Key]] = {}
    for each in facts:
        if each.name != "kms:DescribeKey":
            continue
        text = str(each.parameters["KeyId"])
        key = _key(facts, each, text)
        found[text] = key
        if isinstance(key, Key):
            found[key.arn] = found[key.id] = key
    return found


def _key(facts: Facts, describe: Call, text: str) -> Maybe[Key]:
    metadata = answered(facts, describe).get("KeyMetadata")
    if not metadata or "Arn" not in metadata:
        return unread(facts, describe, f"key {text}")
    exact = str(metadata["Arn"]) if "alias/" in text else text
    policy_call = call("kms", "GetKeyPolicy", describe.region, KeyId=exact, PolicyName="default")
    document = answered(facts, policy_call).get("Policy")
    label = f"key policy of {metadata.get('KeyId')}"
    grants_call = call("kms", "ListGrants", describe.region, KeyId=exact)
    return Key(
        arn=str(metadata["Arn"]),
        id=str(metadata.get("KeyId")),
        account=str(metadata.get("AWSAccountId") or str(metadata["Arn"]).split(":")[4]),
        region=describe.region,
        manager=str(metadata.get("KeyManager", "CUSTOMER")),
        state=str(metadata.get("KeyState", "Unknown")),
        policy=unread(facts, policy_call, label) if document is None else policy(label, document),
        grants=_grants(facts, grants_call),
    )


def _grants(facts: Facts, listing: Call) -> Maybe[tuple[Grant, ...]]:
    if "Grants" not in answered(facts, listing):
        return unread(facts, listing, "the key's grants")
    try:
        return tuple(parse_grant(row) for row in answered(facts, listing)["Grants"])
    except InputError as error:
        return Unknown(f"a grant cannot be understood: {error.message}", ("kms:ListGrants",))
