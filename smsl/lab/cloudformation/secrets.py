"""Secrets Manager's resource types.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_SecretsManager.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from smsl.lab.cloudformation.kind import Call, Kind, Made, Refused, Wanted, names

_SERVICE = "secretsmanager"


def _secret(wanted: Wanted) -> Made:
    if "SecretString" in wanted.properties and "GenerateSecretString" in wanted.properties:
        raise Refused("You can't specify both SecretString and GenerateSecretString")
    value = wanted.only("SecretString")
    if (generated := wanted.get("GenerateSecretString")) is not None:
        value = {"SecretString": _generated(generated, wanted.call)}
    answered = wanted.call(
        _SERVICE,
        "CreateSecret",
        Name=wanted.get("Name") or f"{wanted.logical_id}-{wanted.suffix}",
        Tags=wanted.all_tags(),
        **wanted.only("Description", "KmsKeyId"),
        **value,
    )
    wanted.began(answered["ARN"])
    if replicas := wanted.get("ReplicaRegions"):
        wanted.call(_SERVICE, "ReplicateSecretToRegions", SecretId=answered["ARN"], AddReplicaRegions=replicas)
    return Made(answered["ARN"], {"Id": answered["ARN"]})


def _generated(how: Mapping[str, Any], call: Call) -> str:
    """Return a random string, in its place in the template's JSON when one is given."""
    form = dict(how)
    template, key = form.pop("SecretStringTemplate", None), form.pop("GenerateStringKey", None)
    if (template is None) != (key is None):
        raise Refused("SecretStringTemplate and GenerateStringKey go together")
    password = str(call(_SERVICE, "GetRandomPassword", **form)["RandomPassword"])
    if template is None:
        return password
    try:
        members = json.loads(template)
        return json.dumps({**members, str(key): password})
    except (TypeError, ValueError):
        raise Refused("SecretStringTemplate is no JSON object") from None


def _policy(wanted: Wanted) -> Made:
    document = wanted.properties["ResourcePolicy"]
    answered = wanted.call(
        _SERVICE,
        "PutResourcePolicy",
        ResourcePolicy=document if isinstance(document, str) else json.dumps(document),
        **wanted.only("SecretId", "BlockPublicPolicy"),
    )
    return Made(answered["ARN"], {"Id": answered["ARN"]})


def _rotation(wanted: Wanted) -> Made:
    now = {"RotateImmediately": wanted.get("RotateImmediatelyOnUpdate", True)}
    answered = wanted.call(
        _SERVICE, "RotateSecret", **wanted.only("SecretId", "RotationLambdaARN", "RotationRules"), **now
    )
    return Made(answered["ARN"], {"Id": answered["ARN"]})


def _attachment(wanted: Wanted) -> Made:
    """Write into the secret how to reach its database.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
    """
    kind, target = str(wanted.get("TargetType")), str(wanted.get("TargetId"))
    if kind == "AWS::RDS::DBInstance":
        (row,) = wanted.call("rds", "DescribeDBInstances", DBInstanceIdentifier=target)["DBInstances"]
        where = {"dbInstanceIdentifier": target, "host": row["Endpoint"]["Address"], "port": row["Endpoint"]["Port"]}
    elif kind == "AWS::RDS::DBCluster":
        (row,) = wanted.call("rds", "DescribeDBClusters", DBClusterIdentifier=target)["DBClusters"]
        where = {"dbClusterIdentifier": target, "host": row["Endpoint"], "port": row["Port"]}
    else:
        raise Refused("#/TargetType: the lab attaches secrets to RDS instances and clusters")
    secret = str(wanted.get("SecretId"))
    try:
        members = json.loads(wanted.call(_SERVICE, "GetSecretValue", SecretId=secret)["SecretString"])
        text = json.dumps({**members, "engine": row["Engine"], **where})
    except (KeyError, TypeError, ValueError):
        raise Refused("The secret's value is no JSON object") from None
    wanted.call(_SERVICE, "PutSecretValue", SecretId=secret, SecretString=text)
    return Made(secret, {"Id": secret})


def _delete_secret(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    replicas = call(_SERVICE, "DescribeSecret", SecretId=made.id).get("ReplicationStatus") or ()
    if regions := [replica["Region"] for replica in replicas]:
        call(_SERVICE, "RemoveRegionsFromReplication", SecretId=made.id, RemoveReplicaRegions=regions)
    call(_SERVICE, "DeleteSecret", SecretId=made.id, ForceDeleteWithoutRecovery=True)


def _delete_policy(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call(_SERVICE, "DeleteResourcePolicy", SecretId=made.id)


def _cancel_rotation(made: Made, _properties: Mapping[str, Any], call: Call) -> None:
    call(_SERVICE, "CancelRotateSecret", SecretId=made.id)


KINDS = (
    Kind(
        "AWS::SecretsManager::Secret",
        names("Description GenerateSecretString KmsKeyId Name ReplicaRegions SecretString Tags"),
        _secret,
        _delete_secret,
    ),
    Kind(
        "AWS::SecretsManager::ResourcePolicy",
        names("BlockPublicPolicy ResourcePolicy SecretId"),
        _policy,
        _delete_policy,
        required=("ResourcePolicy", "SecretId"),
    ),
    Kind(
        "AWS::SecretsManager::RotationSchedule",
        names("RotateImmediatelyOnUpdate RotationLambdaARN RotationRules SecretId"),
        _rotation,
        _cancel_rotation,
        required=("SecretId",),
    ),
    Kind(
        "AWS::SecretsManager::SecretTargetAttachment",
        names("SecretId TargetId TargetType"),
        _attachment,
        required=("SecretId", "TargetId", "TargetType"),
    ),
)
