"""Secrets Manager: versions with their keys, statuses and texts of refusals."""

from __future__ import annotations

import json
from dataclasses import replace

from smsl.lab.correction import Correction
from smsl.lab.emulator import Emulator
from smsl.lab.errors import failure
from smsl.lab.exchange import Protocol, Reply, Request

_API = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/"
_ABSENT = "Secrets Manager can't find the specified secret."
_MARKED = "You can't perform this operation on the secret because it was marked for deletion."
_NO_FUNCTION = "No Lambda rotation function ARN is associated with this secret."
_IN_PROGRESS = "A previous rotation isn't complete. That rotation will be reattempted."
_LARGEST = 65_536
"""Bytes of a value. Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html"""
_DEFAULT_KEY = "DefaultEncryptionKey"
_MANAGED_ALIAS = "alias/aws/secretsmanager"


def _status_400(request: Request, reply: Reply, _emulator: Emulator) -> Reply:
    if request.protocol is Protocol.JSON and reply.status == 404:
        return replace(reply, status=400)
    return reply


def _absent_secret(request: Request, emulator: Emulator) -> Reply | None:
    secrets = emulator.backend("secretsmanager", request.region).secrets
    if str(request.parameters.get("SecretId", "")) in secrets:
        return None
    return failure(request, 400, "ResourceNotFoundException", _ABSENT)


def _list_versions(request: Request, reply: Reply, emulator: Emulator) -> Reply:
    secret = emulator.backend("secretsmanager", request.region).secrets[request.parameters["SecretId"]]
    key = getattr(secret, "kms_key_id", None)
    keys = [_DEFAULT_KEY if key in {None, "", _MANAGED_ALIAS} else key]
    deprecated = bool(request.parameters.get("IncludeDeprecated"))
    versions = [
        {
            "VersionId": identifier,
            "VersionStages": version["version_stages"],
            "CreatedDate": version["createdate"],
            "KmsKeyIds": keys,
        }
        for identifier, version in secret.versions.items()
        if version["version_stages"] or deprecated
    ]
    for version in versions:
        if not version["VersionStages"]:
            del version["VersionStages"]
    return reply.with_json({"ARN": secret.arn, "Name": secret.name, "Versions": versions})


def _deletion_text(request: Request, reply: Reply, _emulator: Emulator) -> Reply:
    if reply.json().get("__type") == "InvalidRequestException" and b"deleted" in reply.body:
        return failure(request, 400, "InvalidRequestException", _MARKED)
    return reply


def _drop_absent(_request: Request, reply: Reply, _emulator: Emulator) -> Reply:
    return replace(reply, body=json.dumps(_without_nulls(reply.json())).encode())


def _without_nulls(content: object) -> object:
    if isinstance(content, dict):
        return {name: _without_nulls(value) for name, value in content.items() if value is not None}
    return [_without_nulls(each) for each in content] if isinstance(content, list) else content


def _only_configured(request: Request, emulator: Emulator) -> Request | Reply | None:
    """Have moto take the rotation's configuration alone: the lab rotates nothing, and the value stays."""
    secret = emulator.backend("secretsmanager", request.region).secrets.get(str(request.parameters.get("SecretId", "")))
    if secret is None or secret.is_deleted():
        return None  # moto refuses both
    function = request.parameters.get("RotationLambdaARN") or getattr(secret, "rotation_lambda_arn", None)
    if not function:
        return failure(request, 400, "InvalidRequestException", _NO_FUNCTION)
    stages = [version["version_stages"] for version in secret.versions.values()]
    if any("AWSPENDING" in each and "AWSCURRENT" not in each for each in stages):
        return failure(request, 400, "InvalidRequestException", _IN_PROGRESS)
    # moto would put an empty version in the place of the one that a token names.
    members = {name: value for name, value in request.body().items() if name != "ClientRequestToken"}
    return request.with_body({**members, "RotationLambdaARN": function, "RotateImmediately": False})


def _unrotated(request: Request, reply: Reply, emulator: Emulator) -> Reply:
    """Take away what moto has made for the rotation function, which does not come."""
    secret = emulator.backend("secretsmanager", request.region).secrets[request.parameters["SecretId"]]
    pending = [name for name, version in secret.versions.items() if version["version_stages"] == ["AWSPENDING"]]
    for identifier in pending:
        del secret.versions[identifier]
    secret.last_rotation_date = None
    new = request.parameters.get("ClientRequestToken") or next(iter(pending), None)
    return reply.with_json({**reply.json(), **({"VersionId": new} if new else {})})


def _fit_value(request: Request, _emulator: Emulator) -> Reply | None:
    """Refuse a value that is too large, in whichever of its two forms."""
    for member, size in (("SecretString", _in_utf_8), ("SecretBinary", _from_base64)):
        value = request.parameters.get(member)
        if isinstance(value, str) and size(value) > _LARGEST:
            failed = f"Member must have length less than or equal to {_LARGEST}"
            where = f"Value at '{member[0].lower()}{member[1:]}' failed to satisfy constraint: {failed}"
            return failure(request, 400, "ValidationException", f"1 validation error detected: {where}")
    return None


def _in_utf_8(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _from_base64(text: str) -> int:
    return len(text) * 3 // 4 - text.count("=")


ROWS: tuple[Correction, ...] = (
    Correction(
        "json-not-found-is-400",
        "*",
        (),
        "moto answers ResourceNotFoundException with status 404 where the JSON protocol has 400.",
        f"{_API}API_GetSecretValue.html#API_GetSecretValue_Errors",
        refusal=_status_400,
    ),
    Correction(
        "secret-versions-have-keys",
        "secretsmanager",
        ("ListSecretVersionIds",),
        "moto leaves out KmsKeyIds, gives the name as ARN, lists deprecated versions, fails on unknown secrets.",
        f"{_API}API_ListSecretVersionIds.html",
        before=_absent_secret,
        after=_list_versions,
    ),
    Correction(
        "secret-pending-deletion-text",
        "secretsmanager",
        ("GetSecretValue", "UpdateSecret", "PutSecretValue", "DeleteSecret", "RotateSecret"),
        "moto words the refusal for a secret that waits for its deletion differently.",
        f"{_API}API_GetSecretValue.html#API_GetSecretValue_Errors",
        refusal=_deletion_text,
    ),
    Correction(
        "secret-members-absent",
        "secretsmanager",
        ("DescribeSecret", "ListSecrets"),
        "moto writes null where AWS leaves a member out, DeletedDate above all.",
        f"{_API}API_DescribeSecret.html",
        after=_drop_absent,
    ),
    Correction(
        "secret-rotation-configured",
        "secretsmanager",
        ("RotateSecret",),
        "moto runs the function in a container at once, and leaves a version without a value as AWSCURRENT.",
        f"{_API}API_RotateSecret.html",
        before=_only_configured,
        after=_unrotated,
    ),
    Correction(
        "secret-within-limits",
        "secretsmanager",
        ("CreateSecret", "PutSecretValue", "UpdateSecret"),
        "moto takes values of any size.",
        f"{_API}API_PutSecretValue.html#API_PutSecretValue_RequestParameters",
        before=_fit_value,
    ),
)
