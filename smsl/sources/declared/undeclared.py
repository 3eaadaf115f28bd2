"""Secrets that functions name and that are declared elsewhere: what their names tell, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from smsl.model.arn import parse_arn
from smsl.model.secretname import has_suffix, name_of_arn
from smsl.model.snapshot import Function, Key, Secret, SecretFact, SecretId
from smsl.model.standin import SUFFIX, causes, ends_unsettled, unsettled
from smsl.model.steering import secrets_region
from smsl.model.unknown import Maybe, Unknown
from smsl.model.variable import Reference, Setting
from smsl.sources.declared.declaration import Place
from smsl.sources.declared.secrets import FIRST, STILL


def add_undeclared(
    functions: Iterable[Function],
    extra: tuple[str, ...],
    place: Place,
    secrets: dict[SecretId, SecretFact],
    keys: dict[str, Maybe[Key]],
) -> tuple[str, ...]:
    """Add to `secrets` and `keys` what is known of the secrets that functions, or ``--secret``, name besides.

    Returns:
        The names of those that are taken to be as most secrets are.
    """
    taken: list[str] = []
    for function in functions:
        region = _asked(function)
        for text in (*extra, *_references(function)):
            arn = parse_arn(text)
            key = SecretId(arn.region if arn is not None and arn.region else region, text)
            if key in secrets:
                continue
            secret = named_only(text, region, function.account, place.partition)
            secrets[key] = secrets[SecretId(secret.region, secret.arn)] = secret
            taken.append(", ".join(causes(text)) or secret.name)
            if secret.key is not None:
                keys[secret.key] = Unknown(f"the key of secret {secret.name} is not declared here", ("--capture",))
    return tuple(dict.fromkeys(taken))


def _asked(function: Function) -> str:
    """Return the region of the function's Secrets Manager client."""
    variables = () if isinstance(function.variables, Unknown) else function.variables
    settings = (
        (each.name, each.holds.value) for each in variables if isinstance(each.holds, Setting) and each.holds.valid
    )
    return secrets_region(settings, function.region)


def _references(function: Function) -> Iterator[str]:
    for variable in () if isinstance(function.variables, Unknown) else function.variables:
        holds = variable.holds
        if isinstance(holds, Reference) and holds.certain and holds.text and holds.kind.startswith("secret"):
            yield holds.text


def named_only(text: str, region: str, account: str, partition: str) -> Secret:
    """Return a secret of which nothing is known but what names it.

    Its ARN decides what a policy may say of it. It is taken to be as most are: there, with a value, without a policy of
    its own, encrypted with ``aws/secretsmanager``; in another account, which that key never serves, with one of which
    nothing is known.
    """
    arn = parse_arn(text)
    name = name_of_arn(arn.resource) if arn is not None else text
    whole = text if ends_unsettled(text) or (arn is not None and has_suffix(text)) else None
    at = region if arn is None else arn.region
    owner = account if arn is None else arn.account
    theirs = Unknown(f"the policy of secret {name} is not declared here", ("--capture",))
    return Secret(
        arn=whole or f"arn:{partition}:secretsmanager:{at}:{owner}:secret:{name}{SUFFIX}",
        name=name,
        region=at,
        account=owner,
        key=None if owner == account else unsettled(f"the key of secret {name}"),
        deleted=None,
        versions=(FIRST,),
        rotation=STILL,
        policy=None if owner == account else theirs,
        primary_region=None,
        replicas=(),
        assumed=True,
    )
