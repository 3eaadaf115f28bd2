"""Secrets that functions name and that are declared elsewhere: what their names tell, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from smsl.model.arn import parse_arn
from smsl.model.secretname import has_suffix, name_of_arn
from smsl.model.snapshot import Function, Key, Rotation, Secret, SecretFact, SecretId, SecretVersion
from smsl.model.standin import SUFFIX, causes, is_unsettled, unsettled
from smsl.model.steering import secrets_region
from smsl.model.unknown import Maybe, Unknown
from smsl.model.variable import Reference, Setting
from smsl.sources.declared.declaration import Place


def add_undeclared(
    functions: Iterable[Function],
    extra: tuple[str, ...],
    place: Place,
    secrets: dict[SecretId, SecretFact],
    keys: dict[str, Maybe[Key]],
) -> None:
    """Add to `secrets` and `keys` what is known of the secrets that functions, or ``--secret``, name besides."""
    for function in functions:
        region = _asked(function)
        for text in (*extra, *_references(function)):
            arn = parse_arn(text)
            key = SecretId(arn.region if arn is not None and arn.region else region, text)
            if key in secrets:
                continue
            if is_unsettled(text):
                secrets[key] = Unknown(f"which secret it is hangs on {', '.join(causes(text))}", causes(text))
                continue
            secret = named_only(text, region, function.account, place.partition)
            secrets[key] = secrets[SecretId(secret.region, secret.arn)] = secret
            keys[_key_of(secret.name)] = _undeclared(f"the key of secret {secret.name}")


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
    """Return what is known of a secret that is named here and declared elsewhere: its name, and nothing else.

    Its ARN decides what a policy may say of it; its own policy, its key and its versions are not known.
    """
    arn = parse_arn(text)
    name = name_of_arn(arn.resource) if arn is not None else text
    whole = text if arn is not None and has_suffix(text) else None
    at = region if arn is None else arn.region
    owner = account if arn is None else arn.account
    missing: Maybe[tuple[SecretVersion, ...]] = _undeclared(f"secret {name}")
    return Secret(
        arn=whole or f"arn:{partition}:secretsmanager:{at}:{owner}:secret:{name}{SUFFIX}",
        name=name,
        region=at,
        account=owner,
        key=_key_of(name),
        deleted=None,
        versions=missing,
        rotation=Rotation(enabled=False, every_days=None, last=None, next=None),
        policy=_undeclared(f"the policy of secret {name}"),
        primary_region=None,
        replicas=_undeclared(f"secret {name}"),
    )


def _key_of(name: str) -> str:
    """Return what stands for the key of a secret that is declared elsewhere."""
    return unsettled(f"the key of secret {name}")


def _undeclared(what: str) -> Unknown:
    return Unknown(f"{what} is not declared here", ("--capture",))
