"""Pieces of a resource whose condition is not settled: it is taken to exist, and what it would allow is not known."""

from __future__ import annotations

from dataclasses import replace

from smsl.model.unknown import Unknown
from smsl.sources.declared.perhaps import perhaps
from smsl.sources.declared.pieces import (
    AttachedPiece,
    FunctionPiece,
    InlinePiece,
    KeyPiece,
    KeyPolicyPiece,
    ManagedPiece,
    Piece,
    RolePiece,
    SecretPiece,
    SecretPolicyPiece,
)


def doubted(piece: Piece, why: Unknown, *, apart: bool = True) -> Piece:
    """Return a piece as it stands where nobody can tell yet whether there is one.

    Args:
        piece: It.
        why: What nobody can tell.
        apart: Whether the policy that a piece attaches is declared apart from it, and does not stand in doubt itself.
    """
    match piece:
        case InlinePiece() | ManagedPiece() | SecretPolicyPiece():
            return replace(piece, policy=perhaps(piece.policy, why.reason))
        case KeyPolicyPiece():
            return replace(piece, policy=why)
        case AttachedPiece():
            return InlinePiece(piece.origin, piece.role, why) if apart else piece
        case FunctionPiece() | RolePiece() | SecretPiece() | KeyPiece():
            return piece
    return _of_network(piece, why)


def _of_network(piece: Piece, why: Unknown) -> Piece:
    from smsl.sources.declared.network_pieces import AclEntryPiece, EndpointPolicyPiece, GroupRulePiece, RoutePiece

    match piece:
        case EndpointPolicyPiece():
            return replace(piece, policy=why)
        case RoutePiece():
            return replace(piece, route=why)
        case AclEntryPiece():
            return replace(piece, entry=why)
        case GroupRulePiece():
            return replace(piece, rule=why)
    return piece
