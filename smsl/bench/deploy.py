"""What a run needs in an account: secrets, a role for each strategy, functions. Made, and removed again."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from smsl.bench.account import Account
from smsl.bench.journal import Journal, Kind, Resource
from smsl.bench.names import LONGEST_TTL, Strategy
from smsl.bench.package import package
from smsl.bench.plan import Plan, family
from smsl.model.errors import SmslError

TAG = "smsl:run"
TIMEOUT = 15
"""Seconds that an invocation of the bench may take."""
START = "SMSL_BENCH_START"
"""The variable whose change makes Lambda start a function anew."""

Tell = Callable[[str], None]
"""Told in a few words what is being done."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that the functions read."""

    name: str
    """As the functions name it."""
    arn: str
    key: str | None
    """ARN or id of the customer's key, or an alias of it; None for the AWS-managed one."""
    made: bool
    """Whether the run made it, and may change it."""
    version: str = ""
    """Of its value, where the run made it."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the run."""

    name: str
    strategy: Strategy
    runtime: str
    """`python3.13`."""
    variables: Mapping[str, str]

    def started_anew(self, number: int) -> dict[str, str]:
        """Return variables that differ from those of all other numbers, and in nothing else."""
        return {**self.variables, START: str(number)}


@dataclass(frozen=True, slots=True)
class Deployment:
    """Everything that a run has made."""

    run: str
    secrets: tuple[Secret, ...]
    functions: tuple[Function, ...]
    layer: str | None
    """ARN of the extension's layer, where one is used."""


@contextmanager
def deployed(
    plan: Plan, account: Account, run: str, journal: Journal, layers: Mapping[str, str], tell: Tell
) -> Iterator[Deployment]:
    """Make what a run needs and remove it at the end, whatever the end is.

    Args:
        plan: What to measure; its runtimes are Lambda's names.
        account: Where.
        run: Identifier of the run, part of every name and the value of the tag.
        journal: Where everything is written down before it is made.
        layers: The extension's layer by architecture, for where the newest cannot be read.
        tell: Told what is being done.

    Raises:
        SmslError: AWS refuses something.
    """
    failed: SmslError | None = None
    try:
        yield _made(plan, account, run, journal, layers, tell)
    except SmslError as error:
        failed = error
        raise
    finally:
        try:
            remove(account, journal, tell)
        except SmslError as left:
            before = f"{failed.message} " if failed else ""
            raise SmslError(
                f"{before}Not everything could be removed: {left.message}", "Remove the rest with: smsl bench clean"
            ) from None


def remove(account: Account, journal: Journal, tell: Tell) -> None:
    """Remove all that a journal still holds, whatever comes in between: what is left would cost money.

    Neither Ctrl-C nor a terminal that is gone keeps it from going on.

    Raises:
        SmslError: Why something could not be removed, which stays in the journal; of several the first, at the end.
    """
    drop = {Kind.FUNCTION: account.drop_function, Kind.ROLE: account.drop_role, Kind.SECRET: account.drop_secret}
    first: SmslError | None = None
    for kind in Kind:
        for resource in [each for each in journal.left if each.kind is kind]:
            while True:
                try:
                    with suppress(OSError):
                        tell(f"removing {resource.kind.value} {resource.name}")
                    drop[kind](resource.name)
                    journal.gone(resource)
                except KeyboardInterrupt:
                    continue
                except SmslError as error:
                    first = first or error
                break
    if first is not None:
        raise first


def _made(
    plan: Plan, account: Account, run: str, journal: Journal, layers: Mapping[str, str], tell: Tell
) -> Deployment:
    tags = {TAG: run}
    found, values = _secrets(plan, account, run, journal, tell)
    layer = None
    if Strategy.EXTENSION in plan.strategies:
        layer = account.newest_extension(plan.architecture) or layers.get(plan.architecture)
        if layer is None:
            raise SmslError(
                f"The region has no layer of the extension for {plan.architecture}.",
                "Leave extension out of --strategy.",
            )
    # All roles before the first function: Lambda may assume a new one only after a while.
    roles = {each: _role(each, found, account, run, journal, tell) for each in plan.strategies}
    functions = []
    for strategy in plan.strategies:
        for runtime in plan.runtimes:
            name = f"{_prefix(run, strategy)}-{runtime.replace('.', '-')}"
            function = Function(name, strategy, runtime, _variables(plan, strategy, found, values))
            tell(f"making function {name}")
            journal.will_make(Resource(Kind.FUNCTION, name))
            account.make_function(_wanted(plan, function, roles[strategy], layer, tags), tell)
            functions.append(function)
    return Deployment(run, found, tuple(functions), layer)


def _role(
    strategy: Strategy, wanted: tuple[Secret, ...], account: Account, run: str, journal: Journal, tell: Tell
) -> str:
    """Make the role of a strategy's functions and return its ARN: one for each tells whose calls CloudTrail records."""
    name = _prefix(run, strategy)
    tell(f"making role {name}")
    journal.will_make(Resource(Kind.ROLE, name))
    statements = [] if strategy is Strategy.ENV else _may_read(wanted, account.region)
    return account.make_role(name, statements, {TAG: run})


def _prefix(run: str, strategy: Strategy) -> str:
    """Return a strategy's role's name, with which those of its functions begin."""
    return f"smsl-bench-{run}-{strategy.value}"


def _secrets(
    plan: Plan, account: Account, run: str, journal: Journal, tell: Tell
) -> tuple[tuple[Secret, ...], tuple[str, ...]]:
    """Return the secrets to read, and the values of those that the run has made itself."""
    if plan.own_secrets:
        found: list[Secret] = []
        for name in plan.own_secrets:
            arn, key = account.secret(name)
            if any(each.arn == arn for each in found):
                raise SmslError("Two of the secrets to read are one and the same.", "Give --secret once for it.")
            found.append(Secret(name, arn, key, made=False))
        return tuple(found), ()
    made, values = [], []
    for number in range(plan.secrets):
        name = f"smsl-bench-{run}-{number}"
        tell(f"making secret {name}")
        journal.will_make(Resource(Kind.SECRET, name))
        value = fresh_value()
        arn, version = account.make_secret(name, value, {TAG: run})
        made.append(Secret(name, arn, None, made=True, version=version))
        values.append(value)
    return tuple(made), tuple(values)


def fresh_value() -> str:
    """Return a value for a secret of the bench's own: it opens nothing."""
    return json.dumps({"username": "bench", "password": secrets.token_urlsafe(24)})


def _may_read(wanted: tuple[Secret, ...], region: str) -> list[Mapping[str, object]]:
    """Return the statements that let a role read secrets, and no more."""
    read = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": [each.arn for each in wanted]}
    grants: dict[str, set[str]] = {}
    for secret in wanted:
        if secret.key is not None:
            key, alias = _key_of(secret, secret.key)
            grants.setdefault(alias, set()).add(key)
    return [read, *(_may_decrypt(sorted(grants[alias]), alias, region) for alias in sorted(grants))]


def _may_decrypt(keys: Sequence[str], alias: str, region: str) -> Mapping[str, object]:
    condition: dict[str, object] = {"StringEquals": {"kms:ViaService": f"secretsmanager.{region}.amazonaws.com"}}
    if alias:
        condition["ForAnyValue:StringEquals"] = {"kms:ResourceAliases": alias}
    return {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": keys, "Condition": condition}


def _key_of(secret: Secret, key: str) -> tuple[str, str]:
    """Return the ARN of a secret's key, which may be an id, and the alias if it is known by that alone.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html and, on aliases in
    policies, https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
    """
    _, partition, _, region, account, *_ = secret.arn.split(":")
    there, _, name = (
        key.rpartition(":") if key.startswith("arn:") else (f"arn:{partition}:kms:{region}:{account}", "", key)
    )
    if name.startswith("alias/"):
        return f"{there}:key/*", name
    return f"{there}:key/{name.removeprefix('key/')}", ""


def _variables(
    plan: Plan, strategy: Strategy, wanted: tuple[Secret, ...], values: tuple[str, ...]
) -> Mapping[str, str]:
    if strategy is Strategy.ENV:
        held = {f"SECRET_VALUE_{number}": value for number, value in enumerate(values)}
        return {**held, "SECRET_VERSIONS": ",".join(each.version for each in wanted)}
    named = {"SECRET_IDS": ",".join(each.name for each in wanted)}
    match strategy:
        case Strategy.SDK:
            return {**named, "FETCH_IN": plan.placement.value}
        case Strategy.CACHE:
            return {**named, "FETCH_IN": plan.placement.value, "SECRET_CACHE_TTL": str(plan.ttl)}
    # Told a longer one, the extension would warn at every start.
    return {**named, "SECRETS_MANAGER_TTL": str(min(plan.ttl, LONGEST_TTL))}


def _wanted(
    plan: Plan, function: Function, role: str, layer: str | None, tags: Mapping[str, str]
) -> Mapping[str, object]:
    code, handler = package(family(function.runtime), function.strategy)
    layers = [layer] if layer and function.strategy is Strategy.EXTENSION else []
    return {
        "FunctionName": function.name,
        "Role": role,
        "Runtime": function.runtime,
        "Handler": handler,
        "Code": {"ZipFile": code},
        "Environment": {"Variables": function.started_anew(0)},
        "Layers": layers,
        "MemorySize": plan.memory,
        "Timeout": TIMEOUT,
        "Architectures": [plan.architecture],
        "Tags": dict(tags),
    }
