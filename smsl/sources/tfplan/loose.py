"""Parts of which a plan does not say whose they are: ``role = local.role``.

Whatever may have such a part may have it: then neither what it allows nor what it denies is certain, and what lacks it
is not said to lack it. It may be of what this plan makes; what stands already is known by its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from smsl.model.network import Endpoint, GroupRule, Route, SecurityGroup, Subnet
from smsl.model.policy import Condition, Policy
from smsl.model.standin import causes, is_unsettled, plain, unsettled
from smsl.model.unknown import Unknown
from smsl.sources.declared.network_pieces import (
    GroupRulePiece,
    NetworkPiece,
    RoutePiece,
    TablePiece,
    TableUsePiece,
)
from smsl.sources.declared.pieces import (
    AttachedPiece,
    InlinePiece,
    KeyPiece,
    KeyPolicyPiece,
    ManagedPiece,
    Piece,
    RolePiece,
    SecretPiece,
    SecretPolicyPiece,
    ValuePiece,
)
from smsl.sources.tables import managed_policy
from smsl.sources.tfplan.plan import Plan

T = TypeVar("T")
N = TypeVar("N", SecurityGroup, Subnet)


def given_to_all(pieces: tuple[Piece, ...], plan: Plan) -> tuple[Piece, ...]:
    """Return the pieces, those of which nobody knows whose they are with all that may have them."""
    if not any(_owner(each) or _is_homeless(each) or _is_unserved(each) for each in pieces):
        return pieces
    made = {plain(each.address) for each in plan.resources if "create" in each.actions}
    new = [each for each in pieces if each.origin.address in made]
    kept = [each for each in pieces if not _owner(each)]
    found: list[Piece] = []
    for each in pieces:
        if owner := _owner(each):
            found += _possible(each, owner, new, kept)
        elif isinstance(each, TableUsePiece) and _is_unserved(each):
            found += _served(each, new, kept)
        else:
            found.append(_housed(each) if _is_homeless(each) else each)
    return tuple(found)


def _owner(piece: Piece) -> str | None:
    """Return what a part belongs to, where that is not settled."""
    match piece:
        case InlinePiece(role=owner) | AttachedPiece(role=owner):
            pass
        case ValuePiece(secret=owner) | SecretPolicyPiece(secret=owner):
            pass
        case KeyPolicyPiece(key=owner) | GroupRulePiece(group=owner) | RoutePiece(table=owner):
            pass
        case _:
            return None
    return owner if is_unsettled(owner) else None


def _possible(part: Piece, owner: str, new: Iterable[Piece], kept: Iterable[Piece]) -> Iterator[Piece]:
    """Yield a part for each that it may be of."""
    match part:
        case InlinePiece():
            for role in _of(new, RolePiece):
                yield replace(part, role=role.name, policy=_maybe(part.policy, owner))
        case AttachedPiece():
            policy = _attached(part.arn, kept)
            for role in _of(new, RolePiece):
                yield InlinePiece(part.origin, role.name, _maybe(policy, owner))
        case ValuePiece() | SecretPolicyPiece():
            yield from _of_secret(part, owner, new, kept)
        case KeyPolicyPiece():
            yield from _of_key(part, owner, new, kept)
        case GroupRulePiece():
            bare = GroupRule("-1") if isinstance(part.rule, Unknown) else part.rule
            further = replace(bare, cidrs=(), prefix_lists=(), groups=(), whole=False)
            for group in _things(new, SecurityGroup, part.region):
                yield replace(part, group=group.id, rule=further)
        case RoutePiece():
            routed = {(each.table, _destination(each.route)) for each in _of(kept, RoutePiece)}
            for table in (each.id for each in _of(new, TablePiece) if each.region == part.region):
                if (table, _destination(part.route)) not in routed:
                    yield replace(part, table=table, route=_hanging(f"a route of {table}", owner))
        case _:
            pass


def _of_key(part: KeyPolicyPiece, owner: str, new: Iterable[Piece], kept: Iterable[Piece]) -> Iterator[Piece]:
    """Yield a policy for each key that has none of its own, and so may have this one or the default one."""
    apart = {each.key for each in _of(kept, KeyPolicyPiece)}
    for key in _of(new, KeyPiece):
        if key.policy is None and not {key.arn, key.id} & apart:
            yield replace(part, key=key.id, policy=_hanging(f"key policy of {key.id}", owner), statements=())


def _attached(arn: str, kept: Iterable[Piece]) -> Policy | Unknown:
    if ":iam::aws:policy/" in arn:
        return managed_policy(arn)
    missing = Unknown(f"managed policy {arn.rsplit('/', 1)[-1]} is not declared here", ("--capture",))
    return {each.arn: each.policy for each in _of(kept, ManagedPiece)}.get(arn, missing)


def _of_secret(
    part: ValuePiece | SecretPolicyPiece, owner: str, new: Iterable[Piece], kept: Iterable[Piece]
) -> Iterator[Piece]:
    """Yield a value or a policy for each secret that has none of its own."""
    has = {each.secret for each in _of(kept, type(part))}
    for secret in _of(new, SecretPiece):
        if {secret.arn, secret.name} & has:
            continue
        if isinstance(part, ValuePiece):
            yield replace(part, secret=secret.arn)
        else:
            yield replace(part, secret=secret.arn, policy=_maybe(part.policy, owner))


def _of(pieces: Iterable[Piece], kind: type[T]) -> list[T]:
    return [each for each in pieces if isinstance(each, kind)]


def _destination(route: Route | Unknown) -> object:
    return None if isinstance(route, Unknown) else route.cidr or route.prefix_list


def _maybe(policy: Policy | Unknown, owner: str) -> Policy | Unknown:
    """Return a policy that holds only if its owner is the caller: of that nothing is known."""
    if isinstance(policy, Unknown):
        return policy
    if_theirs = Condition("ArnEquals", "aws:PrincipalArn", (owner,))
    return replace(
        policy,
        statements=tuple(replace(each, conditions=(*each.conditions, if_theirs)) for each in policy.statements),
    )


def _hanging(what: str, owner: str) -> Unknown:
    said = ", ".join(causes(owner))
    return Unknown(f"{what} hangs on {said}", (said,))


def _things(pieces: Iterable[Piece], kind: type[N], region: str) -> list[N]:
    networks = [each for each in _of(pieces, NetworkPiece) if each.region == region]
    return [each.thing for each in networks if isinstance(each.thing, kind)]


def _is_homeless(piece: Piece) -> bool:
    return isinstance(piece, NetworkPiece) and isinstance(piece.thing, Endpoint) and is_unsettled(str(piece.thing.vpc))


def _housed(piece: Piece) -> Piece:
    """Return an endpoint of which the VPC is not known."""
    if isinstance(piece, NetworkPiece) and isinstance(piece.thing, Endpoint):
        vpc = _hanging(f"the VPC of {piece.origin.address}", str(piece.thing.vpc))
        return replace(piece, thing=replace(piece.thing, vpc=vpc))
    return piece


def _is_unserved(piece: Piece) -> bool:
    return isinstance(piece, TableUsePiece) and is_unsettled(piece.table + piece.user)


def _served(use: TableUsePiece, new: Iterable[Piece], kept: Iterable[Piece]) -> Iterator[Piece]:
    """Yield a table of which nothing is known, for each subnet that an association may be of."""
    cause = use.table if is_unsettled(use.table) else use.user
    subnets = [each for each in _things(kept, Subnet, use.region) if each.id == use.user]
    if is_unsettled(use.user):
        served = {each.user for each in _of(kept, TableUsePiece)}
        subnets = [each for each in _things(new, Subnet, use.region) if each.id not in served]
    for subnet in subnets:
        table = unsettled(f"the route table of {subnet.id}")
        yield TablePiece(use.origin, use.region, table, subnet.vpc)
        yield RoutePiece(use.origin, use.region, table, _hanging(f"the route table of {subnet.id}", cause))
        yield replace(use, table=table, user=subnet.id)
