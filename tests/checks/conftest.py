"""Evidence built from compact JSON: one function, and only what a case says differs from a function that reads well."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from smsl.model.decision import Because, Decision, Effect, Layer, NearMiss, Result
from smsl.model.evidence import (
    Access,
    Blocker,
    Evidence,
    ExtensionUse,
    Reader,
    Readers,
    Subject,
    Verdict,
    Wanted,
    WantedFrom,
)
from smsl.model.network import Endpoint, Network, Subnet
from smsl.model.origin import Basis
from smsl.model.policy import Policy, parse_policy
from smsl.model.reach import Blocker as NetworkBlocker
from smsl.model.reach import Hop, Path, Reach, Trace
from smsl.model.reach import Verdict as Reached
from smsl.model.snapshot import (
    Absent,
    Function,
    Key,
    Readiness,
    Role,
    Rotation,
    Secret,
    SecretFact,
    SecretId,
    SecretVersion,
    Snapshot,
    Source,
)
from smsl.model.unknown import Unknown
from smsl.model.variable import Confidence, EnvironmentVariable, Holds, Leak, Other, Reference, Setting

ACCOUNT, REGION = "123456789012", "eu-west-1"
NOW = datetime(2026, 9, 1, 10, 0, tzinfo=UTC)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/checkout-exec"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd"
Case = Mapping[str, Any]


def build(case: Case) -> Evidence:
    """Return the Evidence of a case; every member may be left out.

    ``function``, ``extension``, ``subject``: fields that differ; ``variables``: name to what it holds; ``role``:
    policies by name with ``boundary``; ``accesses``: see `_access`; ``endpoints``: service names in the VPC;
    ``readers``, ``secret_readers``: see `_all_of`.
    """
    role = _role(case.get("role", {}))
    function = replace(
        _function(), variables=_variables(case.get("variables", {})), **_listed(case.get("function", {}))
    )
    if "readiness" in case:
        state, reason = case["readiness"]
        function = replace(function, readiness=Readiness(state, reason, "Successful", None))
    accesses = tuple(_access(each, function, role) for each in case.get("accesses", ()))
    subject = Subject(
        function=function,
        verdict=Verdict(case.get("verdict", accesses[0].verdict if accesses else "no-secret-named")),
        wanted_from=case.get("wanted_from", "environment variable DB_SECRET"),
        complete=case.get("complete", False),
        accesses=accesses,
        extension=_extension(case["extension"]) if "extension" in case else None,
        readable=tuple(case.get("readable", ())),
        readers=_readers(case["readers"]) if "readers" in case else None,
    )
    key_policy = _policy("key policy", case["key_policy"]) if "key_policy" in case else None
    key = Key(KEY, "1234abcd", ACCOUNT, REGION, "CUSTOMER", "Enabled", key_policy or Unknown("not read"), ())
    snapshot = Snapshot(
        source=Source("capture", ACCOUNT, REGION),
        taken_at=NOW,
        functions=(function,),
        roles={function.role: role},
        secrets={SecretId(REGION, a.wanted.text): a.secret for a in accesses},
        keys={KEY: key},
        networks={REGION: _network(case["endpoints"])} if "endpoints" in case else {},
        organizations={},
    )
    secrets = {a.secret.arn: _readers(case["secret_readers"]) for a in accesses if "secret_readers" in case}
    return Evidence(snapshot, (subject,), secrets)


def _readers(row: Case) -> Readers:
    return Readers(_all_of(row.get("able", {})), _all_of(row.get("perhaps", {})), tuple(row.get("needs", ())))


def _all_of(rows: Case) -> tuple[Reader, ...]:
    """Return readers from ``{"role NAME" or "user NAME": [policies]}``; ``role NAME*30`` stands for thirty."""
    found = []
    for text, policies in rows.items():
        kind, _, name = text.partition(" ")
        stem, _, many = name.partition("*")
        names = [f"{stem}{n}" for n in range(int(many))] if many else [name]
        found += [Reader(each, "user" if kind == "user" else "role", tuple(policies)) for each in names]
    return tuple(found)


def _function() -> Function:
    return Function(
        arn=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:checkout",
        name="checkout",
        region=REGION,
        account=ACCOUNT,
        asked="live",
        version="42",
        role=ROLE,
        architecture="x86_64",
        package="Zip",
        runtime="python3.12",
        timeout=30,
        readiness=Readiness("Active", None, "Successful", None),
        layers=(),
        variables=(),
        environment_key=None,
        subnets=(),
        security_groups=(),
        ipv6_allowed=False,
        snap_start=False,
        aliases=(),
    )


def _listed(fields: Case) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}


def _variables(rows: Case | str) -> tuple[EnvironmentVariable, ...] | Unknown:
    if isinstance(rows, str):
        return Unknown(rows)
    return tuple(EnvironmentVariable(name, _holds(row), 8) for name, row in rows.items())


def _holds(row: Case) -> Holds:
    match row:
        case {"setting": value}:
            return Setting(value)
        case {"invalid": _}:
            return Setting(None, valid=False)
        case {"leak": [kind, confidence, place]}:
            return Leak(kind, Confidence(confidence), place)
        case {"reference": [text, kind]}:
            return Reference(text, kind, certain=True)
        case _:
            return Other()


def _policy(name: str, statements: object) -> Policy:
    return parse_policy(name, {"Version": "2012-10-17", "Statement": statements})


def _role(case: Case | str) -> Role | Unknown:
    if isinstance(case, str):
        return Unknown(case, ("iam:GetRole",))
    policies = tuple(
        Unknown(body, ("iam:GetPolicyVersion",)) if isinstance(body, str) else _policy(name, body)
        for name, body in case.get("policies", {}).items()
    )
    boundary = _policy("boundary", case["boundary"]) if "boundary" in case else None
    return Role(ROLE, "checkout-exec", ACCOUNT, None, Unknown("not needed here"), (), policies, boundary)


def _extension(fields: Case) -> ExtensionUse:
    name = "AWS-Parameters-and-Secrets-Lambda-Extension"
    use = ExtensionUse(
        layer=f"arn:aws:lambda:{REGION}:015030872274:layer:{name}:99",
        region=REGION,
        architecture="x86_64",
        version=99,
        latest=101,
        latest_from="table of 2026-07-28",
        replacement=f"arn:aws:lambda:{REGION}:015030872274:layer:{name}:101",
    )
    return replace(use, **fields)


def _network(endpoints: list[str]) -> Network:
    rows = {
        f"vpce-{i}": Endpoint(f"vpce-{i}", "vpc-1", "Interface", name, "available") for i, name in enumerate(endpoints)
    }
    return Network(subnets={"subnet-a": Subnet("subnet-a", "vpc-1")}, endpoints=rows)


def _access(case: Case, function: Function, role: Role | Unknown) -> Access:
    """Build an access: a secret that is read well, but for what the case says.

    ``blockers`` are [layer, code, message, resource]; ``read`` and ``decrypt`` see `_decision`; ``reach`` see `_reach`.
    """
    name = case.get("name", "prod/db")
    secret = _secret(case.get("secret", {}), name)
    blockers = tuple(
        Blocker(layer, message, resource, code) for layer, code, message, resource in case.get("blockers", ())
    )
    return Access(
        function=function,
        secret=secret,
        wanted=Wanted(name, WantedFrom.VARIABLE, "DB_SECRET", Basis(case.get("wanted", "verified"))),
        role=role,
        read=_decision(case.get("read", {})) if isinstance(secret, Secret) else None,
        decrypt=_decision(case["decrypt"]) if "decrypt" in case else None,
        key_arn=KEY if "decrypt" in case else None,
        reach=_reach(case["reach"]) if "reach" in case else None,
        verdict=Verdict(case.get("verdict", "blocked" if blockers else "readable")),
        blockers=blockers,
        unknowns=tuple(case.get("unknowns", ())),
        needs=tuple(case.get("needs", ())),
    )


def _secret(case: Case | str, name: str) -> SecretFact:
    match case:
        case "absent":
            return Absent()
        case str():
            return Unknown(case, ("secretsmanager:DescribeSecret",))
    rotation = dict(case.get("rotation", {"enabled": True}))
    for day in ("last", "next"):  # days from now
        rotation[day] = NOW + timedelta(days=rotation[day]) if day in rotation else None
    return Secret(
        arn=f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-AbCdEf",
        name=name,
        region=case.get("region", REGION),
        account=ACCOUNT,
        key=None,
        deleted=NOW if case.get("deleted") else None,
        versions=(SecretVersion("v1", ("AWSCURRENT",)),),
        rotation=Rotation(rotation["enabled"], rotation.get("every_days"), rotation["last"], rotation["next"]),
        policy=_policy("secret policy", case["policy"]) if "policy" in case else None,
        primary_region=case.get("primary_region"),
        replicas=(),
    )


def _decision(case: Case) -> Decision:
    """Build a decision: ``because`` are [layer, policy, statement, sid, effect], ``near`` the fields of a NearMiss."""
    because = tuple(Because(Layer(layer), *rest) for layer, *rest in case.get("because", ()))
    near = tuple(NearMiss(Layer(layer), *rest) for layer, *rest in case.get("near", ()))
    return Decision(Result(case.get("result", "Allowed")), {Layer.PRINCIPAL: Effect.ALLOW}, because, near)


def _reach(case: Case) -> Reach:
    """Build a path: ``blockers`` and ``warnings`` are [code, component, message]; ``hops`` fail in subnet-a."""
    verdict = Reached(case.get("verdict", "reachable"))
    hops = tuple(Hop(component, kind, False, because) for component, kind, because in case.get("hops", ()))
    return Reach(
        verdict=verdict,
        path=Path(case.get("path", "endpoint")),
        blockers=tuple(NetworkBlocker(*each) for each in case.get("blockers", ())),
        warnings=tuple(NetworkBlocker(*each) for each in case.get("warnings", ())),
        per_subnet={"subnet-a": Trace(verdict, hops)},
        name=f"secretsmanager.{REGION}.amazonaws.com",
        missing=tuple(Unknown(reason, tuple(needs)) for reason, needs in case.get("missing", ())),
    )


@pytest.fixture
def evidence_of() -> Callable[[Case], Evidence]:
    return build
