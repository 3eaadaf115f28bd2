"""KMS's resource types.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_KMS.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from smsl.lab.cloudformation.kind import Call, Kind, Made, Wanted, names


def _key(wanted: Wanted) -> Made:
    policy = wanted.get("KeyPolicy")
    own = [tag for tag in wanted.all_tags() if not tag["Key"].startswith("aws:")]  # moto refuses the others here
    key = wanted.call(
        "kms",
        "CreateKey",
        Tags=[{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in own],
        **({} if policy is None else {"Policy": policy if isinstance(policy, str) else json.dumps(policy)}),
        **wanted.only("BypassPolicyLockoutSafetyCheck", "Description", "KeySpec", "KeyUsage", "MultiRegion", "Origin"),
    )["KeyMetadata"]
    wanted.began(key["KeyId"])
    named = {"KeyId": key["KeyId"]}
    if _is(wanted.get("EnableKeyRotation", False)):
        wanted.call("kms", "EnableKeyRotation", **named)
    if not _is(wanted.get("Enabled", True)):
        wanted.call("kms", "DisableKey", **named)
    return Made(key["KeyId"], {"Arn": key["Arn"], "KeyId": key["KeyId"]})


def _is(value: Any) -> bool:
    return str(value).lower() == "true"


def _delete_key(made: Made, properties: Mapping[str, Any], call: Call) -> None:
    days = properties.get("PendingWindowInDays", 30)
    call("kms", "ScheduleKeyDeletion", KeyId=made.id, PendingWindowInDays=days)


def _alias(wanted: Wanted) -> Made:
    wanted.call("kms", "CreateAlias", **wanted.only("AliasName", "TargetKeyId"))
    return Made(str(wanted.properties["AliasName"]))


def _delete_alias(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call("kms", "DeleteAlias", AliasName=made.id)


KINDS = (
    Kind(
        "AWS::KMS::Key",
        names(
            "BypassPolicyLockoutSafetyCheck Description EnableKeyRotation Enabled KeyPolicy KeySpec KeyUsage"
            " MultiRegion Origin PendingWindowInDays Tags"
        ),
        _key,
        _delete_key,
    ),
    Kind("AWS::KMS::Alias", names("AliasName TargetKeyId"), _alias, _delete_alias, required=("AliasName",)),
)
