"""Secrets: what is declared of them, over those that an account has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from smsl.model.arn import parse_arn
from smsl.model.secretname import has_suffix, name_of_arn
from smsl.model.snapshot import Absent, Rotation, Secret, SecretFact, SecretId, SecretVersion
from smsl.model.standin import SUFFIX
from smsl.model.unknown import Maybe
from smsl.sources.declared.pieces import GonePiece, RotationPiece, SecretPiece, SecretPolicyPiece, ValuePiece
from smsl.sources.declared.sorted import Sorted

FIRST = SecretVersion("first", ("AWSCURRENT",))
"""The version that a secret is made with, or gets before it is read."""
STILL = Rotation(enabled=False, every_days=None, last=None, next=None)
"""Of a secret that nobody rotates."""


def secrets_of(pieces: Sorted, under: Mapping[SecretId, SecretFact]) -> dict[SecretId, SecretFact]:
    """Return the secrets by what names them.

    One that is made without a value has none; one that stands already is taken to have one, as many keep values out of
    the code that makes the secret. `taken_for_granted` tells which those are.
    """
    changes = _changes(pieces)
    found: dict[SecretId, SecretFact] = dict(under)
    for piece in pieces.of(SecretPiece):
        live = found.get(SecretId(piece.region, piece.name))
        secret = _secret(piece, live if isinstance(live, Secret) else None)
        secret = replace(secret, **changes.pop(piece.name, {}), **changes.pop(piece.arn, {}))
        for text in names(secret):
            found[SecretId(piece.region, text)] = secret
    _change(found, changes)
    _remove(found, {each.id for each in pieces.of(GonePiece) if each.kind == "secret"})
    return found


def _changes(pieces: Sorted) -> defaultdict[str, dict[str, Any]]:
    """Return, by what names a secret, what is declared of it apart from it: fields of Secret."""
    found: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for policy in pieces.of(SecretPolicyPiece):
        found[policy.secret]["policy"] = policy.policy
    for rotation in pieces.of(RotationPiece):
        found[rotation.secret]["rotation"] = rotation.rotation
    for value in pieces.of(ValuePiece):
        found[value.secret]["versions"] = (FIRST,)
    return found


def _change(found: dict[SecretId, SecretFact], changes: Mapping[str, dict[str, Any]]) -> None:
    """Change secrets that are declared elsewhere under all of their names; those not known are left alone."""
    changed: dict[int, SecretFact] = {}
    for key, fact in found.items():
        if isinstance(fact, Secret) and key.text in changes:
            changed[id(fact)] = replace(fact, **changes[key.text])
    for key, fact in found.items():
        found[key] = changed.get(id(fact), fact)


def _remove(found: dict[SecretId, SecretFact], arns: set[str]) -> None:
    """Take secrets away under all of their names, those among them that nothing else here knows of."""
    for key, fact in found.items():
        if isinstance(fact, Secret) and fact.arn in arns:
            found[key] = Absent()
    for text in arns:
        arn = parse_arn(text)
        if arn is not None:
            for name in (text, name_of_arn(arn.resource)):
                found.setdefault(SecretId(arn.region, name), Absent())


def taken_for_granted(pieces: Sorted, under: Mapping[SecretId, SecretFact]) -> tuple[str, ...]:
    """Return the names of the secrets that stand already, and whose values nothing here tells of."""
    valued = {each.secret for each in pieces.of(ValuePiece)}
    return tuple(
        piece.name
        for piece in pieces.of(SecretPiece)
        if piece.stands and not piece.valued and not {piece.name, piece.arn} & valued
        if SecretId(piece.region, piece.name) not in under
    )


def _versions(piece: SecretPiece, live: Secret | None) -> Maybe[tuple[SecretVersion, ...]]:
    if piece.valued:
        return (FIRST,)
    if live is not None:
        return live.versions
    return (FIRST,) if piece.stands else ()


def names(secret: Secret) -> Iterator[str]:
    """Yield what names a secret in its own account."""
    yield secret.arn
    yield secret.name
    whole = secret.arn[: -len(SUFFIX)]
    if not has_suffix(whole):
        yield whole


def _secret(piece: SecretPiece, live: Secret | None) -> Secret:
    return Secret(
        arn=live.arn if live is not None else piece.arn,
        name=piece.name,
        region=piece.region,
        account=piece.account,
        key=piece.key,
        deleted=None,
        versions=_versions(piece, live),
        rotation=live.rotation if live is not None else STILL,
        policy=live.policy if live is not None else None,
        primary_region=None,
        replicas=piece.replicas,
        tags=piece.tags,
    )
