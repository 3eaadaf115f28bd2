"""KMS keys: what is declared of them, over those that an account has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from smsl.model.policy import Grant, Policy, parse_policy
from smsl.model.snapshot import Key
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.declared.declaration import Place
from smsl.sources.declared.pieces import GonePiece, GrantPiece, KeyAliasPiece, KeyPiece, KeyPolicyPiece
from smsl.sources.declared.sorted import Sorted


def keys_of(pieces: Sorted, place: Place, under: Mapping[str, Maybe[Key]]) -> dict[str, Maybe[Key]]:
    """Return the keys by id, by ARN and by the names and ARNs of their aliases."""
    grants: defaultdict[str, list[Grant]] = defaultdict(list)
    for grant in pieces.of(GrantPiece):
        grants[grant.key].append(grant.grant)
    policies = {each.key: each.policy for each in pieces.of(KeyPolicyPiece)}
    found: dict[str, Maybe[Key]] = dict(under)
    for piece in pieces.of(KeyPiece):
        found[piece.id] = found[piece.arn] = _key(piece, place, policies, grants, found.get(piece.arn))
    declared = {name for piece in pieces.of(KeyPiece) for name in (piece.id, piece.arn)}
    for name in {*policies, *grants} - declared:
        known = found.get(name)
        if isinstance(known, Key):
            _put(found, known, _changed(known, policies.get(name), grants.get(name, ())))
    for alias in pieces.of(KeyAliasPiece):
        missing = Unknown(f"key {alias.key} is not declared here", ("--capture",))
        found[alias.name] = found[alias.arn] = found.get(alias.key, missing)
    for gone in pieces.of(GonePiece):
        known = found.get(gone.id) if gone.kind == "key" else None
        if isinstance(known, Key):
            _put(found, known, replace(known, state="PendingDeletion"))
    return found


def _put(found: dict[str, Maybe[Key]], old: Key, new: Key) -> None:
    """Put a key in place of another under all of its names."""
    for name in [name for name, key in found.items() if key is old]:
        found[name] = new


def _key(
    piece: KeyPiece,
    place: Place,
    policies: Mapping[str, Policy | Unknown],
    grants: Mapping[str, list[Grant]],
    live: Maybe[Key] | None,
) -> Key:
    apart = policies.get(piece.id, policies.get(piece.arn))
    policy = apart if apart is not None else piece.policy
    given = [*grants.get(piece.id, ()), *grants.get(piece.arn, ())]
    before = live.grants if isinstance(live, Key) else ()
    return Key(
        arn=piece.arn,
        id=piece.id,
        account=piece.account,
        region=piece.region,
        manager="CUSTOMER",
        state=piece.state,
        policy=default_policy(piece, place) if policy is None else policy,
        grants=before if isinstance(before, Unknown) else (*before, *given),
    )


def _changed(key: Key, policy: Policy | Unknown | None, grants: list[Grant] | tuple[Grant, ...]) -> Key:
    known = key.grants if isinstance(key.grants, Unknown) else (*key.grants, *grants)
    return replace(key, policy=key.policy if policy is None else policy, grants=known)


def default_policy(piece: KeyPiece, place: Place) -> Policy:
    """Return the policy of a key that is made without one: it trusts the account.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    statement = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{place.partition}:iam::{piece.account}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    return parse_policy(f"key policy of {piece.id}", {"Version": "2012-10-17", "Statement": [statement]})
