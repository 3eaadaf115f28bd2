"""The scenery of a sample account: roles, keys, secrets and functions, each made in one line.

Everything is asked of the lab as of AWS, through boto3, so that the sample holds nothing a real account
could not hold.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from smsl.lab.exchange import ACCOUNT

REGION = "eu-west-1"
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
IN_VPC = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
VIA_SECRETS_MANAGER = f"secretsmanager.{REGION}.amazonaws.com"

Statement = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stage:
    """The clients that build an account. Anyone may share them: they are safe across threads."""

    iam: Any
    ec2: Any
    kms: Any
    secrets: Any
    functions: Any


@dataclass(frozen=True, slots=True)
class Place:
    """Where a function is connected to a VPC."""

    vpc: str
    subnets: tuple[str, ...]
    group: str
    """The security group of its functions."""


def open_stage(url: str, caller: str = "AKIAIOSFODNN7EXAMPLE") -> Stage:
    """Make clients for the lab at an address; neither profiles, credentials nor proxies of this machine count."""
    import boto3
    from botocore.config import Config

    session = boto3.session.Session(region_name=REGION, botocore_session=bare_session(caller))
    config = Config(proxies={}, retries={"total_max_attempts": 1}, max_pool_connections=20)
    names = ("iam", "ec2", "kms", "secretsmanager", "lambda")
    return Stage(*(session.client(name, endpoint_url=url, config=config) for name in names))


def bare_session(caller: str = "AKIAIOSFODNN7EXAMPLE") -> Any:
    """Return a session of botocore's that knows the lab's credentials and nothing of this machine's."""
    import botocore.session

    session = botocore.session.Session(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
        }
    )
    session.set_credentials(caller, "lab")  # the lab does not look at signatures
    return session


def allow(actions: str | Sequence[str], resource: str | Sequence[str], **more: Any) -> Statement:
    """Write an Allow statement of an identity policy."""
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


def may_read(secret: str) -> Statement:
    """Allow to read one secret."""
    return allow("secretsmanager:GetSecretValue", secret, Sid="ReadSecret")


def may_decrypt(key: str, service: str = VIA_SECRETS_MANAGER) -> Statement:
    """Allow to decrypt with a key by way of a service."""
    condition = {"StringEquals": {"kms:ViaService": service}}
    return allow("kms:Decrypt", key, Sid="DecryptSecret", Condition=condition)


def document(statements: Iterable[Statement]) -> str:
    """Write a policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(*services: str) -> str:
    """Write a trust policy for services."""
    return document([{"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sts:AssumeRole"}])


def role_arn(name: str) -> str:
    """Return the ARN that a role has or will have."""
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def make_role(
    stage: Stage,
    name: str,
    statements: Sequence[Statement] = (),
    managed: str = BASIC,
    tags: Mapping[str, str] | None = None,
    boundary: str | None = None,
) -> str:
    """Make an execution role with one inline policy and one managed; return its ARN."""
    more: dict[str, Any] = {"PermissionsBoundary": boundary} if boundary else {}
    stage.iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=trust("lambda.amazonaws.com"),
        Tags=[{"Key": key, "Value": value} for key, value in (tags or {}).items()],
        **more,
    )
    stage.iam.attach_role_policy(RoleName=name, PolicyArn=managed)
    if statements:
        stage.iam.put_role_policy(RoleName=name, PolicyName="secrets", PolicyDocument=document(statements))
    return role_arn(name)


def make_key(stage: Stage, alias: str, policy: str | None = None) -> str:
    """Make a customer managed key with an alias; return its ARN. Without a policy it has AWS's default one."""
    more = {"Policy": policy} if policy else {}
    key = stage.kms.create_key(Description=alias, **more)["KeyMetadata"]
    stage.kms.create_alias(AliasName=f"alias/{alias}", TargetKeyId=key["KeyId"])
    return str(key["Arn"])


def make_secret(stage: Stage, name: str, key: str | None = None, value: bool = True) -> str:
    """Make a secret, encrypted with the AWS managed key unless another is given; return its ARN."""
    more: dict[str, Any] = {"KmsKeyId": key} if key else {}
    if value:
        more["SecretString"] = json.dumps({"username": "app", "password": fake_password()})
    return str(stage.secrets.create_secret(Name=name, **more)["ARN"])


def make_function(
    stage: Stage,
    name: str,
    environment: Mapping[str, str],
    place: Place | None = None,
    layers: Sequence[str] = (),
    architecture: str = "x86_64",
    tags: Mapping[str, str] | None = None,
) -> None:
    """Make a function whose role is named after it."""
    more: dict[str, Any] = {"Layers": list(layers)} if layers else {}
    if place:
        more["VpcConfig"] = {"SubnetIds": list(place.subnets), "SecurityGroupIds": [place.group]}
    if tags:
        more["Tags"] = dict(tags)
    stage.functions.create_function(
        FunctionName=name,
        Role=role_arn(f"{name}-exec"),
        Runtime="python3.12",
        Handler="app.handler",
        Code={"ZipFile": _code()},
        Environment={"Variables": dict(environment)},
        Architectures=[architecture],
        MemorySize=256,
        Timeout=10,
        **more,
    )


def fake_password() -> str:
    """Return something that looks like a password and opens nothing; put together here so that no file holds it."""
    words = ("Quiet", "Harbour", "4821")
    return "-".join(words) + "!"


@cache
def _code() -> bytes:
    """Return the zipped code of every sample function; its date is fixed, so its hash is too."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        entry = zipfile.ZipInfo("app.py", (2026, 1, 1, 0, 0, 0))
        archive.writestr(entry, "def handler(event, context):\n    return {'statusCode': 200}\n")
    return file.getvalue()
