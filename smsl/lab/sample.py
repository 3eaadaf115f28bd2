"""The sample account: healthy functions, and one for each thing that can stop a function or betray its secret."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from smsl.lab import places
from smsl.lab.corrected.layers import EXTENSION_LAYERS
from smsl.lab.exchange import ACCOUNT
from smsl.lab.stage import (
    IN_VPC,
    Place,
    Stage,
    allow,
    document,
    fake_password,
    make_function,
    make_key,
    make_role,
    make_secret,
    may_decrypt,
    may_read,
    open_stage,
    role_arn,
    trust,
)


@dataclass(frozen=True, slots=True)
class SampleFunction:
    """One function of the sample account."""

    name: str
    about: str
    """What its team would say it does."""
    broken: str
    """What is wrong, exactly one thing; empty when nothing is."""


SAMPLE: tuple[SampleFunction, ...] = (
    SampleFunction("newsletter", "sends the weekly newsletter", ""),
    SampleFunction("checkout", "takes payments, behind an interface endpoint", ""),
    SampleFunction("thumbnails", "scales uploaded pictures and names no secret", ""),
    SampleFunction("invoices", "writes invoices", "the role has no kms:Decrypt on the customer managed key"),
    SampleFunction("shipping", "prints labels", "kms:Decrypt is allowed only via Secrets Manager of us-east-1"),
    SampleFunction("payroll", "pays salaries", "the key policy names an administrator only, not the account"),
    SampleFunction("search", "indexes the archive", "the key is disabled"),
    SampleFunction("loyalty", "counts points", "the policy names the secret without its six-character suffix"),
    SampleFunction("coupons", "checks coupons", "the secret waits for its deletion"),
    SampleFunction("partners", "syncs with partners", "the secret has no value"),
    SampleFunction("refunds", "pays money back", "the secret's resource policy denies the role"),
    SampleFunction("forecasts", "plans purchases", "the permissions boundary leaves Secrets Manager out"),
    SampleFunction("ledger", "keeps the books", "the VPC has neither an endpoint nor a NAT gateway"),
    SampleFunction("inventory", "counts stock", "the endpoint's security group does not admit the function"),
    SampleFunction("pricing", "sets prices", "the endpoint has no private DNS name, and there is no NAT gateway"),
    SampleFunction("tracking", "follows parcels", "a network ACL stops HTTPS out of one of two subnets"),
    SampleFunction("advice", "recommends products", "an arm64 function has the x86_64 extension layer"),
    SampleFunction("signup", "registers customers", "passwords in plain text in its environment"),
    SampleFunction("reports", "writes monthly reports", "the role may do everything with every secret"),
    SampleFunction("webhooks", "receives webhooks", "the role trusts EC2 only"),
    SampleFunction("orders", "accepts orders", "the alias live serves version 1, whose secret the role cannot read"),
)


def seed(url: str) -> None:
    """Fill the lab at an address with the sample account."""
    stage = open_stage(url)
    for build in (_healthy, _keys, _secrets, _policies, _networks, _functions, _people):
        build(stage)


def _plain(stage: Stage, name: str, boundary: str | None = None) -> str:
    """Make a function outside a VPC that may read its own secret; return the secret's ARN."""
    secret = make_secret(stage, f"prod/{name}/db")
    make_role(stage, f"{name}-exec", [may_read(secret)], boundary=boundary)
    make_function(stage, name, {"DB_SECRET_ARN": secret, "LOG_LEVEL": "info"})
    return secret


def _healthy(stage: Stage) -> None:
    _plain(stage, "newsletter")
    key = make_key(stage, "checkout")
    secret = make_secret(stage, "prod/checkout/db", key)
    make_role(stage, "checkout-exec", [may_read(secret), may_decrypt(key)], managed=IN_VPC)
    place = places.open_place(stage, "shop")
    settings = {"DB_SECRET_ARN": secret, "SECRETS_MANAGER_TTL": "300"}
    make_function(stage, "checkout", settings, place, [EXTENSION_LAYERS["x86_64"]])
    make_role(stage, "thumbnails-exec")
    make_function(stage, "thumbnails", {"LOG_LEVEL": "info"})


def _keys(stage: Stage) -> None:
    """Make the functions whose customer managed key is out of reach."""
    tags = {"aws:cloudformation:stack-name": "invoices-prod"}
    key = make_key(stage, "invoices")
    secret = make_secret(stage, "prod/invoices/db", key)
    make_role(stage, "invoices-exec", [may_read(secret)], tags=tags)
    make_function(stage, "invoices", {"DB_SECRET_ARN": secret}, tags=tags)

    make_role(stage, "key-admin")
    admin = {"Effect": "Allow", "Principal": {"AWS": role_arn("key-admin")}, "Action": "kms:*", "Resource": "*"}
    via_elsewhere = "secretsmanager.us-east-1.amazonaws.com"
    for name, policy, service in (
        ("shipping", None, via_elsewhere),
        ("payroll", document([admin]), None),
        ("search", None, None),
    ):
        key = make_key(stage, name, policy)
        secret = make_secret(stage, f"prod/{name}/db", key)
        decrypt = may_decrypt(key, service) if service else may_decrypt(key)
        make_role(stage, f"{name}-exec", [may_read(secret), decrypt])
        make_function(stage, name, {"DB_SECRET_ARN": secret})
        if name == "search":
            stage.kms.disable_key(KeyId=key)


def _secrets(stage: Stage) -> None:
    """Make the functions whose secret itself is the trouble."""
    secret = _plain(stage, "coupons")
    stage.secrets.delete_secret(SecretId=secret, RecoveryWindowInDays=30)

    empty = make_secret(stage, "prod/partners/api", value=False)
    make_role(stage, "partners-exec", [may_read(empty)])
    make_function(stage, "partners", {"API_SECRET_NAME": "prod/partners/api"})

    secret = _plain(stage, "refunds")
    deny = {
        "Effect": "Deny",
        "Principal": {"AWS": role_arn("refunds-exec")},
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "*",
    }
    stage.secrets.put_resource_policy(SecretId=secret, ResourcePolicy=document([deny]))


def _policies(stage: Stage) -> None:
    """Make the functions whose role allows too little, or too much."""
    secret = make_secret(stage, "prod/loyalty/db")
    make_role(stage, "loyalty-exec", [may_read(secret[: secret.rindex("-")])])
    make_function(stage, "loyalty", {"DB_SECRET_NAME": "prod/loyalty/db"})

    boundary = f"arn:aws:iam::{ACCOUNT}:policy/team-boundary"
    within = allow(["logs:*", "s3:*", "dynamodb:*", "kms:*"], "*")
    stage.iam.create_policy(PolicyName="team-boundary", PolicyDocument=document([within]))
    _plain(stage, "forecasts", boundary=boundary)

    secret = make_secret(stage, "prod/reports/db")
    make_role(stage, "reports-exec", [allow("secretsmanager:*", "*", Sid="Everything")])
    make_function(stage, "reports", {"DB_SECRET_ARN": secret})

    _plain(stage, "webhooks")
    stage.iam.update_assume_role_policy(RoleName="webhooks-exec", PolicyDocument=trust("ec2.amazonaws.com"))


def _networks(stage: Stage) -> None:
    """Make the functions whose network does not lead to Secrets Manager."""
    make: tuple[tuple[str, Callable[[Stage, str], Place]], ...] = (
        ("ledger", places.pathless_place),
        ("inventory", places.closed_place),
        ("pricing", places.nameless_place),
        ("tracking", places.uneven_place),
    )
    for name, build in make:
        secret = make_secret(stage, f"prod/{name}/db")
        make_role(stage, f"{name}-exec", [may_read(secret)], managed=IN_VPC)
        make_function(stage, name, {"DB_SECRET_ARN": secret}, build(stage, name))


def _functions(stage: Stage) -> None:
    """Make the functions whose own configuration is the trouble."""
    secret = make_secret(stage, "prod/advice/db")
    make_role(stage, "advice-exec", [may_read(secret)])
    layers = [EXTENSION_LAYERS["x86_64"]]
    make_function(stage, "advice", {"DB_SECRET_ARN": secret}, layers=layers, architecture="arm64")

    secret = make_secret(stage, "prod/signup/db")
    make_role(stage, "signup-exec", [may_read(secret)])
    password = fake_password()
    drawn = hashlib.sha256(b"a sample, nobody's key").hexdigest()[:32]
    exposed = {
        "DB_SECRET_ARN": secret,
        "DB_PASSWORD": password,
        "DATABASE_URL": f"postgres://app:{password}@db.internal:5432/signup",
        "MAIL_API_KEY": f"sk_live_{drawn}",
    }
    make_function(stage, "signup", exposed)

    older, newer = make_secret(stage, "legacy/orders/db"), make_secret(stage, "prod/orders/db")
    make_role(stage, "orders-exec", [may_read(newer)])
    make_function(stage, "orders", {"DB_SECRET_ARN": older})
    version = stage.functions.publish_version(FunctionName="orders")["Version"]
    stage.functions.create_alias(FunctionName="orders", Name="live", FunctionVersion=version)
    stage.functions.update_function_configuration(
        FunctionName="orders", Environment={"Variables": {"DB_SECRET_ARN": newer}}
    )


def _people(stage: Stage) -> None:
    """Make the roles and users that people work with: some of them can read what stands in an environment."""
    aws = "arn:aws:iam::aws:policy"
    own = document(
        [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}]
    )
    for name, managed in (("administrator", "AdministratorAccess"), ("support", "ReadOnlyAccess")):
        stage.iam.create_role(RoleName=name, AssumeRolePolicyDocument=own)
        stage.iam.attach_role_policy(RoleName=name, PolicyArn=f"{aws}/{managed}")
    stage.iam.create_group(GroupName="developers")
    stage.iam.attach_group_policy(GroupName="developers", PolicyArn=f"{aws}/AWSLambda_ReadOnlyAccess")
    stage.iam.create_user(UserName="alice")
    stage.iam.add_user_to_group(GroupName="developers", UserName="alice")
    # Two who cannot, or not from everywhere: a boundary without Lambda, and a condition on the address.
    stage.iam.create_user(UserName="bob", PermissionsBoundary=f"arn:aws:iam::{ACCOUNT}:policy/team-boundary")
    stage.iam.put_user_policy(
        UserName="bob", PolicyName="functions", PolicyDocument=document([allow("lambda:Get*", "*", Sid="Look")])
    )
    office = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    stage.iam.create_user(UserName="carol")
    stage.iam.put_user_policy(
        UserName="carol",
        PolicyName="office",
        PolicyDocument=document([allow("lambda:ListFunctions", "*", Sid="Office", Condition=office)]),
    )
