"""Which secrets a function wants, and where that is known from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from smsl.assess.paths import client_region
from smsl.model.arn import parse_arn
from smsl.model.evidence import Wanted, WantedFrom
from smsl.model.origin import Basis
from smsl.model.policy import Policy
from smsl.model.secretname import granted_name, grants_in, secret_of_parameter
from smsl.model.snapshot import Function, Role, Secret, Snapshot, find_secret
from smsl.model.unknown import Unknown
from smsl.model.variable import Reference

_READS = ("*", "secretsmanager:*", "secretsmanager:get*", "secretsmanager:getsecretvalue", "secretsmanager:getsecret*")


@dataclass(frozen=True, slots=True)
class WantedSet:
    """The secrets that a function wants."""

    wanted: tuple[Wanted, ...]
    said: str
    """One line: where they come from, or why there are none."""
    complete: bool
    """True when nothing could be hidden: an option named them, and the environment was read."""
    readable: tuple[str, ...]
    """Resources that the role's statements let it read, for a function that names none."""


def wanted_of(snapshot: Snapshot, function: Function) -> WantedSet:
    """Return the secrets that the function's configuration, an option or its role's statements name."""
    named = {_identity(snapshot, function, each): each for each in reversed(tuple(_named(snapshot, function)))}
    found = {key: named[key] for key in reversed(named)}
    resources = tuple(dict.fromkeys(resource for _, resource in _granted(snapshot, function)))
    if not found:
        for by, resource in _granted(snapshot, function):
            name = granted_name(resource) if grants_in(resource, function.region, function.account) else None
            if name and isinstance(find_secret(snapshot, function.region, name), Secret):
                one = Wanted(name, WantedFrom.STATEMENT, by, Basis.INFERRED)
                found.setdefault(_identity(snapshot, function, one), one)
    wanted = tuple(found.values())
    return WantedSet(wanted, _said(wanted, function), bool(snapshot.extra_secrets), resources)


def _named(snapshot: Snapshot, function: Function) -> Iterator[Wanted]:
    for text in snapshot.extra_secrets:
        yield Wanted(text, WantedFrom.OPTION, "--secret", Basis.VERIFIED)
    if isinstance(function.variables, Unknown):
        return
    for variable in function.variables:
        named = _reference(variable.holds)
        if named:
            yield Wanted(named, WantedFrom.VARIABLE, variable.name, Basis.VERIFIED)


def _reference(holds: object) -> str | None:
    if not isinstance(holds, Reference) or holds.text is None or not holds.certain:
        return None
    kind = str(holds.kind)
    if kind.startswith("secret"):
        return holds.text
    return secret_of_parameter(holds.text) if kind.startswith("parameter") else None


def _identity(snapshot: Snapshot, function: Function, wanted: Wanted) -> str:
    """Return the secret's ARN where it is known, so that a name and an ARN of one secret are one."""
    fact = find_secret(snapshot, client_region(function), wanted.text)
    return fact.arn if isinstance(fact, Secret) else wanted.text


def _granted(snapshot: Snapshot, function: Function) -> Iterator[tuple[str, str]]:
    """Yield (policy and statement, resource) of each statement of the role that allows reading a secret."""
    role = snapshot.roles.get(function.role)
    if not isinstance(role, Role):
        return
    for policy in role.identity:
        if not isinstance(policy, Policy):
            continue
        for statement in policy.statements:
            reads = any(action.lower() in _READS for action in statement.actions or ())
            if statement.effect == "Allow" and reads:
                by = f"{policy.name}, {statement_label(statement.sid, statement.index)}"
                yield from ((by, resource) for resource in statement.resources or ())


def statement_label(sid: str | None, index: int) -> str:
    """Return how a statement is called: ``Sid ReadDb``, or ``statement 2`` counted from one."""
    return f"Sid {sid}" if sid else f"statement {index + 1}"


def _said(wanted: tuple[Wanted, ...], function: Function) -> str:
    if isinstance(function.variables, Unknown):
        return f"not known: {function.variables.reason}"
    if not wanted:
        return "nothing in the configuration names a secret"
    return ", ".join(
        dict.fromkeys(f"{each.source.value} {each.by}".replace("--secret --secret", "--secret") for each in wanted)
    )


def foreign_region(called: str, text: str) -> str | None:
    """Return the region of an ARN that is not the one the client calls; None for a name or an ARN at home."""
    arn = parse_arn(text)
    return None if arn is None or not arn.region or arn.region == called else arn.region
