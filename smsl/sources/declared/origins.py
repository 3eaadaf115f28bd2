"""Where each thing that is declared is written down, by what a finding calls it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from smsl.model.origin import Origin
from smsl.model.policy import Policy
from smsl.model.snapshot import OriginKey
from smsl.sources.declared import pieces as kinds
from smsl.sources.declared.sorted import Sorted


def origins_of(pieces: Sorted) -> dict[OriginKey, Origin]:
    """Return the origins of functions, variables, roles, secrets, keys, parts of the network and policy statements."""
    return dict(_all(pieces))


def _all(pieces: Sorted) -> Iterator[tuple[OriginKey, Origin]]:
    for function in pieces.of(kinds.FunctionPiece):
        yield (function.arn,), function.origin
        for name, origin in function.variables.items():
            yield ("variable", function.arn, name), origin
        for layer in function.layers:
            yield ("layer", function.arn, layer), function.places.get("layers", function.origin)
    for role in pieces.of(kinds.RolePiece):
        yield (role.arn,), role.origin
    for secret in pieces.of(kinds.SecretPiece):
        yield (secret.arn,), secret.origin
        yield (secret.name,), secret.origin
    for key in pieces.of(kinds.KeyPiece):
        yield (key.arn,), key.origin
        yield (key.id,), key.origin
    if pieces.has_network:
        yield from _network(pieces)
    yield from _policies(pieces)


def _network(pieces: Sorted) -> Iterator[tuple[OriginKey, Origin]]:
    from smsl.sources.declared import network_pieces as net_kinds

    for part in pieces.of(net_kinds.NetworkPiece):
        yield (part.thing.id,), part.origin
    for table in pieces.of(net_kinds.TablePiece):
        yield (table.id,), table.origin
    for gateway in pieces.of(net_kinds.GatewayPiece):
        yield (gateway.gateway.id,), gateway.origin
    for endpoint in pieces.of(net_kinds.EndpointPolicyPiece):
        yield ("policy", f"endpoint policy of {endpoint.endpoint}"), endpoint.origin
        for index, origin in enumerate(endpoint.statements):
            yield ("statement", f"endpoint policy of {endpoint.endpoint}", str(index)), origin


def _policies(pieces: Sorted) -> Iterator[tuple[OriginKey, Origin]]:
    for managed in pieces.of(kinds.ManagedPiece):
        yield (managed.arn,), managed.origin
        yield from _statements(managed.policy, managed.origin, managed.statements)
    for inline in pieces.of(kinds.InlinePiece):
        yield from _statements(inline.policy, inline.origin, inline.statements)
    for resource in pieces.of(kinds.SecretPolicyPiece):
        yield from _statements(resource.policy, resource.origin, resource.statements)
    for key in pieces.of(kinds.KeyPiece):
        yield from _statements(key.policy, key.origin, key.statements)
    for apart in pieces.of(kinds.KeyPolicyPiece):
        yield from _statements(apart.policy, apart.origin, apart.statements)


def _statements(policy: object, origin: Origin, statements: Sequence[Origin]) -> Iterator[tuple[OriginKey, Origin]]:
    if not isinstance(policy, Policy):
        return
    yield ("policy", policy.name), origin
    for index, place in enumerate(statements):
        yield ("statement", policy.name, str(index)), place
