"""The account's own functions on which what is declared bears: it is judged for them too."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from smsl.model.snapshot import Function, Key, Role, Secret, SecretFact, SecretId, Snapshot
from smsl.model.unknown import Maybe, Unknown
from smsl.model.variable import Reference

if TYPE_CHECKING:
    from smsl.model.network import Network

_OF_VPC = ("route_tables", "network_acls", "endpoints", "nat_gateways")


def touched(
    live: Snapshot,
    without: Collection[str],
    roles: Mapping[str, Maybe[Role]],
    secrets: Mapping[SecretId, SecretFact],
    keys: Mapping[str, Maybe[Key]],
    networks: Mapping[str, Network],
) -> tuple[Function, ...]:
    """Return the functions whose role, secrets, keys or network are not what they were.

    Args:
        live: The account.
        without: ARNs of functions that are declared, or deleted.
        roles: As they will be.
        secrets: As they will be.
        keys: As they will be.
        networks: As they will be.
    """
    return tuple(
        each
        for each in live.functions
        if each.arn not in without
        and (
            roles.get(each.role) is not live.roles.get(each.role)
            or any(_changed(named, live, secrets, keys) for named in _named(each, live))
            or _moved(each, live, networks)
        )
    )


def _named(function: Function, live: Snapshot) -> Iterator[SecretId]:
    """Yield the secrets of the account that a function's variables name."""
    for variable in () if isinstance(function.variables, Unknown) else function.variables:
        holds = variable.holds
        if isinstance(holds, Reference) and holds.text:
            yield from (each for each in live.secrets if each.text == holds.text)


def _changed(
    named: SecretId, live: Snapshot, secrets: Mapping[SecretId, SecretFact], keys: Mapping[str, Maybe[Key]]
) -> bool:
    before, after = live.secrets[named], secrets.get(named)
    if before is not after:
        return True
    key = before.key if isinstance(before, Secret) else None
    return key is not None and keys.get(key) is not live.keys.get(key)


def _moved(function: Function, live: Snapshot, networks: Mapping[str, Network]) -> bool:
    before, after = live.networks.get(function.region), networks.get(function.region)
    if not function.subnets or before is None or after is None or before is after:
        return False
    return list(_surroundings(function, before)) != list(_surroundings(function, after))


def _surroundings(function: Function, network: Network) -> Iterator[object]:
    """Yield the subnets and groups of a function, and what its VPC routes and filters by."""
    subnets = {} if isinstance(network.subnets, Unknown) else network.subnets
    groups = {} if isinstance(network.security_groups, Unknown) else network.security_groups
    own = [subnets[each] for each in function.subnets if each in subnets]
    yield from own
    yield from (groups.get(each) for each in function.security_groups)
    vpcs = {each.vpc for each in own}
    for name in _OF_VPC:
        collection = getattr(network, name)
        things = () if isinstance(collection, Unknown) else collection.values()
        yield from sorted((each for each in things if each.vpc in vpcs), key=lambda each: str(each.id))
