"""Roles with their policies: what is declared of them, over those that an account has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from smsl.model.arn import parse_arn
from smsl.model.policy import Policy, parse_policy
from smsl.model.snapshot import Function, Role
from smsl.model.standin import causes, is_unsettled
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.declared.perhaps import perhaps
from smsl.sources.declared.pieces import AttachedPiece, ExclusivePiece, GonePiece, InlinePiece, ManagedPiece, RolePiece
from smsl.sources.declared.sorted import Sorted
from smsl.sources.tables import managed_policy

Policies = Maybe[tuple[Policy | Unknown, ...]]


@dataclass(frozen=True, slots=True)
class _Parts:
    """The policies of roles, by the role's name."""

    inline: Mapping[str, list[Policy | Unknown]]
    attached: Mapping[str, list[str]]
    """ARNs."""
    only: frozenset[tuple[str, str]]
    """(role, kind): no others but those declared."""
    gone: frozenset[tuple[str, str]]
    """(role, policy): deleted or detached by this deployment."""


def roles_of(pieces: Sorted, functions: Iterable[Function], under: Mapping[str, Maybe[Role]]) -> dict[str, Maybe[Role]]:
    """Return the roles by ARN: those declared, those that functions name, and those that an account under it has."""
    managed = {each.arn: each.policy for each in pieces.of(ManagedPiece)}
    parts = _parts_of(pieces, managed)
    found: dict[str, Maybe[Role]] = {arn: _live(role, parts, managed) for arn, role in under.items()}
    for piece in pieces.of(RolePiece):
        live = under.get(piece.arn)
        found[piece.arn] = _role(piece, parts, managed, live if isinstance(live, Role) else None)
    for function in functions:
        if function.role not in found:
            found[function.role] = _elsewhere(function, parts, managed)
    for gone in pieces.of(GonePiece):
        if gone.kind == "role" and gone.id in found:
            found[gone.id] = _nobody(gone.id)
    return found


def _parts_of(pieces: Sorted, managed: Mapping[str, Policy | Unknown]) -> _Parts:
    inline: defaultdict[str, list[Policy | Unknown]] = defaultdict(list)
    names = {each.name for each in pieces.of(RolePiece)}
    owners = {*(each.role for each in pieces.of(InlinePiece)), *(each.role for each in pieces.of(AttachedPiece))}
    anyone = {_name(each) for each in owners if is_unsettled(each)} - names
    attached: defaultdict[str, list[str]] = defaultdict(list)
    for policy in pieces.of(InlinePiece):
        inline[_name(policy.role)].append(policy.policy)
    for each in pieces.of(AttachedPiece):
        if each.arn not in attached[_name(each.role)]:
            attached[_name(each.role)].append(each.arn)
    for owner in anyone:
        theirs = (*inline.get(owner, ()), *(_found(arn, managed) for arn in attached.get(owner, ())))
        for name in names:
            inline[name] += [perhaps(each, ", ".join(causes(owner))) for each in theirs if isinstance(each, Policy)]
    only = frozenset((_name(each.role), each.kind) for each in pieces.of(ExclusivePiece))
    gone = frozenset(
        (_name(each.id), each.name) for each in pieces.of(GonePiece) if each.kind in ("inline", "attached")
    )
    return _Parts(inline, attached, only, gone)


def _name(role: str) -> str:
    """Return a role's name of its name or its ARN."""
    return role.rsplit("/", 1)[-1] if role.startswith("arn:") else role


def _role(piece: RolePiece, parts: _Parts, managed: Mapping[str, Policy | Unknown], live: Role | None) -> Role:
    return Role(
        arn=piece.arn,
        name=piece.name,
        account=piece.account,
        unique_id=live.unique_id if live is not None else None,
        trust=piece.trust,
        inline=_inline(piece.name, parts, live),
        attached=_attached(piece.name, parts, managed, live),
        boundary=None if piece.boundary is None else _found(piece.boundary, managed),
        boundary_arn=piece.boundary,
        boundary_version=None,
        tags=piece.tags,
    )


def _live(role: Maybe[Role], parts: _Parts, managed: Mapping[str, Policy | Unknown]) -> Maybe[Role]:
    """Return a role of the account with the policies that are declared for it."""
    if isinstance(role, Unknown) or not _touched(role.name, parts):
        return role
    return Role(
        role.arn, role.name, role.account, role.unique_id, role.trust,
        _inline(role.name, parts, role), _attached(role.name, parts, managed, role),
        role.boundary, role.boundary_arn, role.boundary_version, role.tags,
    )  # fmt: skip


def _touched(name: str, parts: _Parts) -> bool:
    own = name in parts.inline or name in parts.attached
    return own or any(role == name for role, _ in parts.only | parts.gone)


def _inline(name: str, parts: _Parts, live: Role | None) -> Policies:
    declared = tuple(parts.inline.get(name, ()))
    if live is None or (name, "inline") in parts.only:
        return declared
    if isinstance(live.inline, Unknown):
        return (*declared, live.inline)
    ours = {each.name for each in declared if isinstance(each, Policy)}
    gone = {f'{name}, inline "{policy}"' for role, policy in parts.gone if role == name}
    kept = tuple(each for each in live.inline if isinstance(each, Unknown) or each.name not in ours | gone)
    return (*kept, *declared)


def _attached(name: str, parts: _Parts, managed: Mapping[str, Policy | Unknown], live: Role | None) -> Policies:
    declared = tuple(_found(arn, managed) for arn in parts.attached.get(name, ()))
    if live is None or (name, "attached") in parts.only:
        return declared
    if isinstance(live.attached, Unknown):
        return (*declared, live.attached)
    ours = {each.name for each in declared if isinstance(each, Policy)}
    gone = {f"managed {arn.rsplit('/', 1)[-1]}" for role, arn in parts.gone if role == name}
    kept = tuple(each for each in live.attached if isinstance(each, Unknown) or each.name not in ours | gone)
    return (*kept, *declared)


def _found(arn: str, managed: Mapping[str, Policy | Unknown]) -> Policy | Unknown:
    """Return a managed policy: one that is declared here, else one of AWS's that the shipped table holds."""
    if arn in managed:
        return managed[arn]
    if ":iam::aws:policy/" in arn:
        return managed_policy(arn)
    return Unknown(f"managed policy {arn.rsplit('/', 1)[-1]} is not declared here", ("--capture",))


def _elsewhere(function: Function, parts: _Parts, managed: Mapping[str, Policy | Unknown]) -> Role:
    """Return what is known of a role that a function names and that is declared elsewhere.

    It is in the function's account, whatever its ARN says or leaves open of that: Lambda takes no other.

    Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
    """
    arn = function.role
    name = _name(arn)
    missing = Unknown(f"role {name} is not declared here", ("--capture",))
    return Role(
        arn=arn,
        name=name,
        account=function.account,
        unique_id=None,
        trust=missing,
        inline=(*parts.inline.get(name, ()), missing),
        attached=tuple(_found(each, managed) for each in parts.attached.get(name, ())),
        boundary=missing,
    )


def _nobody(arn: str) -> Role:
    """Return a role that this deployment deletes: nobody may assume it, and it allows nothing."""
    nobody = parse_policy("no such role", {"Version": "2012-10-17", "Statement": []})
    parsed = parse_arn(arn)
    return Role(arn, _name(arn), parsed.account if parsed else "", None, nobody, (), (), None)
