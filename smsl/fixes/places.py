"""Where a function's packets start and end, and the rule that lets them through."""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.evidence import Access
from smsl.model.network import Endpoint, Network, Subnet, Vpc
from smsl.model.unknown import Unknown


def subnets_of(network: Network, access: Access) -> list[Subnet]:
    """Return the function's subnets that were read."""
    if isinstance(network.subnets, Unknown):
        return []
    return [network.subnets[each] for each in access.function.subnets if each in network.subnets]


def vpcs_of(network: Network, access: Access) -> list[Vpc]:
    """Return the function's VPCs that were read."""
    vpcs = {} if isinstance(network.vpcs, Unknown) else network.vpcs
    ids = dict.fromkeys(subnet.vpc for subnet in subnets_of(network, access))
    return [vpcs[each] for each in ids if each in vpcs]


def endpoints_of(network: Network, access: Access) -> Iterator[Endpoint]:
    """Yield the endpoint that the name leads to, wherever it stands, then those of the function's VPCs."""
    if isinstance(network.endpoints, Unknown) or access.reach is None:
        return
    used = access.reach.endpoint
    vpcs = {subnet.vpc for subnet in subnets_of(network, access)}
    service = access.reach.name.split(".")[0]
    found = [
        each
        for each in network.endpoints.values()
        if each.id == used
        or (each.vpc in vpcs and isinstance(each.service, str) and each.service.endswith(f".{service}"))
    ]
    yield from sorted(found, key=lambda each: (each.id != used, each.id))


def https_rule(groups: tuple[str, ...] = (), cidrs: tuple[str, ...] = ()) -> list[dict[str, object]]:
    """Return the permission for TCP 443 from or to groups and blocks."""
    rule: dict[str, object] = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    four, six = [each for each in cidrs if ":" not in each], [each for each in cidrs if ":" in each]
    if groups:
        rule["UserIdGroupPairs"] = [{"GroupId": group} for group in groups]
    if four:
        rule["IpRanges"] = [{"CidrIp": cidr} for cidr in four]
    if six:
        rule["Ipv6Ranges"] = [{"CidrIpv6": cidr} for cidr in six]
    return [rule]
