"""A small declaration, part by part: a function with a role and a secret in a VPC."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

from smsl.model.network import (
    Endpoint,
    Gateway,
    GroupReference,
    GroupRule,
    NatGateway,
    Route,
    SecurityGroup,
    Subnet,
    Target,
    Vpc,
)
from smsl.model.origin import Origin
from smsl.model.policy import Policy, parse_policy
from smsl.model.snapshot import Snapshot
from smsl.model.standin import SUFFIX, drawn
from smsl.sources.declared.assemble import assemble
from smsl.sources.declared.declaration import Declaration, Place
from smsl.sources.declared.network_pieces import (
    EndpointSubnetsPiece,
    GatewayPiece,
    NetworkPiece,
    RoutePiece,
    TablePiece,
    TableUsePiece,
)
from smsl.sources.declared.pieces import FunctionPiece, InlinePiece, Piece, RolePiece, SecretPiece

ACCOUNT, REGION = "123456789012", "eu-west-1"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
ANYWHERE = ip_network("0.0.0.0/0")
ORIGIN = Origin("template.yaml", "Fn", 3)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/orders-exec"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:prod/db{SUFFIX}"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{drawn('Key')}"


def policy(name: str, *statements: dict[str, Any]) -> Policy:
    return parse_policy(name, {"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


TRUST = policy(
    "trust policy", {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
)


def function(**more: Any) -> FunctionPiece:
    given: dict[str, Any] = {
        "origin": ORIGIN,
        "arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:orders",
        "name": "orders",
        "region": REGION,
        "account": ACCOUNT,
        "role": ROLE,
        "environment": {"DB_SECRET_ARN": SECRET},
    }
    return FunctionPiece(**{**given, **more})


def role(**more: Any) -> RolePiece:
    return RolePiece(
        **{"origin": ORIGIN, "arn": ROLE, "name": "orders-exec", "account": ACCOUNT, "trust": TRUST, **more}
    )


def reads(resource: str = SECRET, name: str = "secrets") -> InlinePiece:
    statement = allow("secretsmanager:GetSecretValue", resource, Sid="Read")
    return InlinePiece(ORIGIN, "orders-exec", policy(f'orders-exec, inline "{name}"', statement))


def secret(**more: Any) -> SecretPiece:
    given: dict[str, Any] = {
        "origin": ORIGIN, "arn": SECRET, "name": "prod/db", "region": REGION, "account": ACCOUNT, "valued": True
    }  # fmt: skip
    return SecretPiece(**{**given, **more})


def vpc(*, endpoint: bool = True, nat: bool = False) -> list[Piece]:
    """Return a VPC with a private subnet, and a way out of it."""
    block, private, public = ip_network("10.0.0.0/16"), ip_network("10.0.1.0/24"), ip_network("10.0.2.0/24")
    everything = GroupRule("-1", cidrs=(ANYWHERE,))
    own = GroupRule("tcp", (443, 443), groups=(GroupReference(drawn("Group")),))

    def part(thing: Any) -> NetworkPiece:
        return NetworkPiece(ORIGIN, REGION, thing)

    found: list[Piece] = [
        part(Vpc(drawn("Vpc"), ACCOUNT, (block,), dns_support=True, dns_hostnames=True)),
        part(Subnet(drawn("Private"), drawn("Vpc"), ACCOUNT, "eu-west-1a", ipv4=private)),  # type: ignore[arg-type]
        part(SecurityGroup(drawn("Group"), drawn("Vpc"), (), (everything,))),
    ]
    if endpoint:
        service = f"com.amazonaws.{REGION}.secretsmanager"
        made = Endpoint(
            drawn("Endpoint"), drawn("Vpc"), "Interface", service, "available",
            private_dns=True, interfaces=(), groups=(drawn("Gate"),),
        )  # fmt: skip
        found += [
            part(SecurityGroup(drawn("Gate"), drawn("Vpc"), (own,), (everything,))),
            part(made),
            EndpointSubnetsPiece(ORIGIN, REGION, drawn("Endpoint"), (drawn("Private"),)),
        ]
    if nat:
        found += [
            part(Subnet(drawn("Public"), drawn("Vpc"), ACCOUNT, "eu-west-1a", ipv4=public)),  # type: ignore[arg-type]
            part(NatGateway(drawn("Nat"), "", "available", subnet=drawn("Public"))),
            TablePiece(ORIGIN, REGION, drawn("Table"), drawn("Vpc")),
            TableUsePiece(ORIGIN, REGION, drawn("Table"), drawn("Private")),
            RoutePiece(ORIGIN, REGION, drawn("Table"), Route(Target.NAT_GATEWAY, drawn("Nat"), ANYWHERE)),
            GatewayPiece(ORIGIN, REGION, Gateway(drawn("Igw"), (drawn("Vpc"),))),
            TablePiece(ORIGIN, REGION, drawn("Outer"), drawn("Vpc")),
            TableUsePiece(ORIGIN, REGION, drawn("Outer"), drawn("Public")),
            RoutePiece(ORIGIN, REGION, drawn("Outer"), Route(Target.INTERNET_GATEWAY, drawn("Igw"), ANYWHERE)),
        ]
    return found


def snapshot(*pieces: Piece, under: Snapshot | None = None, place: Place | None = None) -> Snapshot:
    declared = Declaration("template", place or Place(ACCOUNT, REGION), tuple(pieces))
    return assemble([declared], NOW, under)
