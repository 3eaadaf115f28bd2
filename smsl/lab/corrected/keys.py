"""KMS: the key that AWS manages for Secrets Manager, key policies and refusals."""

from __future__ import annotations

import json

from smsl.lab.correction import Correction
from smsl.lab.emulator import Emulator
from smsl.lab.exchange import ACCOUNT, Reply, Request

MANAGED_ALIAS = "alias/aws/secretsmanager"
_API = "https://docs.aws.amazon.com/kms/latest/APIReference/"


def managed_policy(region: str) -> str:
    """Write the key policy of `aws/secretsmanager`.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    """
    via = {"kms:CallerAccount": ACCOUNT, "kms:ViaService": f"secretsmanager.{region}.amazonaws.com"}
    users = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:CreateGrant", "kms:DescribeKey"]
    sid = "Allow access through AWS Secrets Manager for all principals in the account that are authorized to use"
    statements = [
        {
            "Sid": f"{sid} AWS Secrets Manager",
            "Effect": "Allow",
            "Principal": {"AWS": ["*"]},
            "Action": users,
            "Resource": "*",
            "Condition": {"StringEquals": via},
        },
        {
            "Sid": f"{sid} AWS Secrets Manager",
            "Effect": "Allow",
            "Principal": {"AWS": ["*"]},
            "Action": "kms:GenerateDataKey*",
            "Resource": "*",
            "Condition": {
                "StringEquals": {"kms:CallerAccount": ACCOUNT},
                "StringLike": {"kms:ViaService": "secretsmanager.*.amazonaws.com"},
            },
        },
        {
            "Sid": "Allow direct access to key metadata to the account",
            "Effect": "Allow",
            "Principal": {"AWS": [f"arn:aws:iam::{ACCOUNT}:root"]},
            "Action": ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"],
            "Resource": "*",
        },
    ]
    return json.dumps({"Version": "2012-10-17", "Id": "auto-secretsmanager-2", "Statement": statements})


def _managed_key(request: Request, emulator: Emulator) -> None:
    backend = emulator.backend("kms", request.region)
    if not backend.alias_exists(MANAGED_ALIAS):
        key = backend.create_key(
            managed_policy(request.region),
            "ENCRYPT_DECRYPT",
            "SYMMETRIC_DEFAULT",
            "Default key that protects my Secrets Manager data when no other key is defined",
            None,
        )
        key.key_manager = "AWS"
        backend.create_alias(key.id, MANAGED_ALIAS)


def _id_for_arn(request: Request, _emulator: Emulator) -> Request | None:
    name = str(request.parameters.get("KeyId", ""))
    if ":key/" not in name:
        return None
    return request.with_body({**request.body(), "KeyId": name.rpartition("/")[2]})


def _only_policy(request: Request, _emulator: Emulator) -> Request:
    return request.with_body({"PolicyName": "default", **request.body()})


def _name_policy(_request: Request, reply: Reply, _emulator: Emulator) -> Reply:
    return reply.with_json({**reply.json(), "PolicyName": "default"})


def _readable_denied(request: Request, reply: Reply, emulator: Emulator) -> Reply:
    """Let the description through: moto refuses for any Deny, without looking whom it names.

    What is denied is judged by those who read the policy; the lab itself denies only by its faults.
    """
    if reply.json().get("__type") != "AccessDeniedException":
        return reply
    backend = emulator.backend("kms", request.region)
    key = backend.describe_key(str(request.parameters["KeyId"]))
    return Reply(200, json.dumps(key.to_dict()).encode(), {"content-type": "application/x-amz-json-1.1"})


ROWS: tuple[Correction, ...] = (
    Correction(
        "managed-key-of-secrets-manager",
        "kms",
        ("DescribeKey", "ListAliases", "ListKeys", "GetKeyPolicy"),
        "moto makes aws/secretsmanager a customer's key with a customer's policy, and only when described.",
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html",
        before=_managed_key,
    ),
    Correction(
        "key-named-by-arn",
        "kms",
        ("DisableKey", "EnableKey", "ScheduleKeyDeletion", "CancelKeyDeletion"),
        "moto fails when a key is named by its ARN.",
        f"{_API}API_DisableKey.html#API_DisableKey_RequestSyntax",
        before=_id_for_arn,
    ),
    Correction(
        "key-policy-has-a-name",
        "kms",
        ("GetKeyPolicy",),
        "moto leaves PolicyName out of the answer, and asks for it though there is but one.",
        f"{_API}API_GetKeyPolicy.html",
        before=_only_policy,
        after=_name_policy,
    ),
    Correction(
        "key-deny-is-not-for-everyone",
        "kms",
        ("DescribeKey",),
        "moto refuses DescribeKey to everybody as soon as a key policy denies it to anybody.",
        "https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html",
        refusal=_readable_denied,
    ),
)
