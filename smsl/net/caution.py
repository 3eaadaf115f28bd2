"""Warnings: what works today and is frail."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from smsl.model.network import Endpoint, Network, Subnet
from smsl.model.reach import Blocker, Flow
from smsl.model.unknown import Unknown
from smsl.net.site import subnet_of
from smsl.net.step import blocker

_READ = "secretsmanager:getsecretvalue"


def surroundings(network: Network, flow: Flow) -> Iterator[Blocker]:
    """Yield the warnings about the function's subnets, whatever the path."""
    vpcs: dict[str, None] = {}
    for name in flow.subnets:
        subnet = subnet_of(network, name)
        if isinstance(subnet, Subnet):
            vpcs[subnet.vpc] = None
            if subnet.free_addresses == 0:
                yield blocker("W_SUBNET_IPS", name, {"subnet": name}, f"{name} has no free address")
    for vpc in vpcs:
        groups = network.firewalls_of_vpc.get(vpc)
        if groups:
            yield blocker("W_DNS_FIREWALL", vpc, {"vpc": vpc}, f"{vpc} is associated with {', '.join(groups)}")


def cross_zone(network: Network, zones: Mapping[str, tuple[str, ...]]) -> Iterator[Blocker]:
    """Yield a warning when each subnet's gateway or endpoint interfaces are all in other zones than the subnet.

    Args:
        network: Where the subnets are.
        zones: Key: subnet; value: the zones that its way goes by, empty where zones do not matter.
    """
    found: list[Blocker] = []
    for name, named in zones.items():
        subnet, there = subnet_of(network, name), sorted(set(named) - {""})
        if not isinstance(subnet, Subnet) or not there or {subnet.zone_id, subnet.az} & set(there):
            return
        because = f"the way out of {name} in {subnet.az or subnet.zone_id} is by {', '.join(there)}"
        found.append(blocker("W_CROSS_AZ", name, {"az": ",".join(there)}, because))
    yield from found


def policies(network: Network, names: Iterable[str]) -> Iterator[Blocker]:
    """Yield a warning for each endpoint whose policy does not let everyone read secrets.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    """
    endpoints = network.endpoints
    for name in names:
        found: Endpoint | None = None if isinstance(endpoints, Unknown) else endpoints.get(name)
        if found is not None and not _open_to_all(found.policy):
            because = f"the policy of {name} does not allow everyone secretsmanager:GetSecretValue"
            yield blocker("W_EP_POLICY", name, {"vpce": name}, because)


def _open_to_all(text: str | None) -> bool:
    if not text:
        return True
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return False
    statements = _listed(document.get("Statement")) if isinstance(document, dict) else []
    rows = [row for row in statements if isinstance(row, dict)]
    if any(row.get("Effect") != "Allow" and _concerns_read(row) for row in rows):
        return False
    return any(row.get("Effect") == "Allow" and _unlimited(row) for row in rows)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _concerns_read(row: dict[str, Any]) -> bool:
    return "NotAction" in row or any(fnmatchcase(_READ, str(a).lower()) for a in _listed(row.get("Action")))


def _unlimited(row: dict[str, Any]) -> bool:
    principal = row.get("Principal")
    everyone = principal == "*" or (isinstance(principal, dict) and "*" in _listed(principal.get("AWS")))
    anything = "*" in _listed(row.get("Resource"))
    return everyone and anything and "NotAction" not in row and not row.get("Condition") and _concerns_read(row)
