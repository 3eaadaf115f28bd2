"""VPC endpoints with what is declared apart from them, and the network interfaces that AWS makes for them.

Source: https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from smsl.model.network import Endpoint, NetworkInterface, Subnet
from smsl.model.standin import unsettled
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.declared.implicit import default_group
from smsl.sources.declared.network_pieces import (
    EndpointDnsPiece,
    EndpointGroupsPiece,
    EndpointPolicyPiece,
    EndpointSubnetsPiece,
)
from smsl.sources.declared.sorted import Sorted

T = TypeVar("T")
_RESERVED = 4
"""AWS keeps the first four addresses of a subnet for itself."""


def endpoints_of(pieces: Sorted, live: Mapping[str, Endpoint]) -> dict[str, Endpoint]:
    """Return the endpoints that are declared or changed."""
    groups: defaultdict[str, list[EndpointGroupsPiece]] = defaultdict(list)
    for each in pieces.of(EndpointGroupsPiece):
        groups[each.endpoint].append(each)
    placed: defaultdict[str, list[EndpointSubnetsPiece]] = defaultdict(list)
    for place in pieces.of(EndpointSubnetsPiece):
        placed[place.endpoint].append(place)
    policies = {each.endpoint: each.policy for each in pieces.of(EndpointPolicyPiece)}
    names = {each.endpoint: each.private for each in pieces.of(EndpointDnsPiece)}
    changed = {*groups, *placed, *policies, *names}
    found = {name: each for name, each in live.items() if name in changed} | pieces.things(Endpoint)
    return {
        name: replace(
            each,
            interfaces=_interfaces(each, placed.get(name, [])),
            groups=_groups(each, groups.get(name, [])),
            policy=_text(policies[name]) if name in policies else each.policy,
            private_dns=names.get(name, each.private_dns),
        )
        for name, each in found.items()
    }


def _interfaces(endpoint: Endpoint, placed: list[EndpointSubnetsPiece]) -> Maybe[tuple[str, ...]]:
    """Return the interfaces, one for each subnet, called after both."""
    known = () if isinstance(endpoint.interfaces, Unknown) else endpoint.interfaces
    if not placed:
        return endpoint.interfaces if known else ()
    made: list[str] = []
    for each in placed:
        if isinstance(each.subnets, Unknown):
            return each.subnets
        made += (interface_id(endpoint.id, subnet) for subnet in each.subnets)
    return tuple(dict.fromkeys((*known, *made)))


def interface_id(endpoint: str, subnet: str) -> str:
    """Return what the interface of an endpoint in a subnet is called before AWS has named it."""
    return f"{endpoint}.{subnet}"


def _groups(endpoint: Endpoint, declared: list[EndpointGroupsPiece]) -> Maybe[tuple[str, ...]]:
    found = endpoint.groups
    default = default_group(endpoint.vpc) if isinstance(endpoint.vpc, str) else ""
    for each in declared:
        if isinstance(found, Unknown) or isinstance(each.groups, Unknown):
            return found if isinstance(found, Unknown) else each.groups
        kept = tuple(group for group in found if not (each.instead and group == default))
        found = tuple(dict.fromkeys((*kept, *each.groups)))
    return found


def _text(policy: Maybe[str] | None) -> str | None:
    """Return a policy's document; one that is not known is a text that no parser takes for a document."""
    return unsettled(policy.reason) if isinstance(policy, Unknown) else policy


def interfaces_of(
    endpoints: Mapping[str, Endpoint], subnets: Mapping[str, Subnet], live: Mapping[str, NetworkInterface]
) -> dict[str, NetworkInterface]:
    """Return the interfaces of endpoints, each with the first address of its subnet that may be its own."""
    found = {}
    for endpoint in endpoints.values():
        for name in () if isinstance(endpoint.interfaces, Unknown) else endpoint.interfaces:
            subnet = subnets.get(name.removeprefix(f"{endpoint.id}."))
            if name in live or subnet is None:
                continue
            found[name] = NetworkInterface(
                id=name,
                vpc=subnet.vpc,
                subnet=subnet.id,
                type="vpc_endpoint",
                ipv4=() if subnet.ipv4 is None else (str(subnet.ipv4[_RESERVED]),),
                ipv6=tuple(str(block[_RESERVED]) for block in subnet.ipv6 if "ipv6" in _families(endpoint)),
                groups=() if isinstance(endpoint.groups, Unknown) else endpoint.groups,
            )
    return found


def _families(endpoint: Endpoint) -> tuple[str, ...]:
    return () if isinstance(endpoint.record_types, Unknown) else endpoint.record_types
