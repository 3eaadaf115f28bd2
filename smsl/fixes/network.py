"""Which steps might open a network path, by the code of what closes it: the cheapest edit first.

A rule costs nothing and opens one thing; an attribute or a name's switch reaches every client of a VPC; a route, all
subnets of its table; an endpoint is billed by the hour. A NAT gateway that is not there yet is never proposed: an
endpoint does the same for less, and opens nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from smsl.fixes.endpoints import create_endpoint, switch_names
from smsl.fixes.filters import open_acl, open_endpoint_group, open_function_group, open_instance_group, open_nat_acl
from smsl.fixes.policies import Candidate
from smsl.fixes.routes import allow_ipv6, lead_back, lead_to_nat, let_forward
from smsl.model.evidence import Access, Blocker
from smsl.model.network import Network
from smsl.model.snapshot import Snapshot

_Maker = Callable[[Network, Access, Blocker], Iterator[Candidate]]


def _names(network: Network, access: Access, _: Blocker) -> Iterator[Candidate]:
    return switch_names(network, access)


def _endpoint(network: Network, access: Access, _: Blocker) -> Iterator[Candidate]:
    return create_endpoint(network, access)


_MAKERS: Mapping[str, tuple[_Maker, ...]] = {
    "FN_SG_EGRESS": (open_function_group,),
    "EP_SG_INGRESS": (open_endpoint_group,),
    "EP_SG_REF_NOT_HONOURED": (open_endpoint_group,),
    "NATI_SG": (open_instance_group, _endpoint),
    "FN_NACL_EGRESS": (open_acl,),
    "FN_NACL_INGRESS": (open_acl,),
    "FN_NACL_EPHEMERAL_PARTIAL": (open_acl,),
    "EP_NACL_INGRESS": (open_acl,),
    "EP_NACL_EGRESS": (open_acl,),
    "EP_NACL_EPHEMERAL_PARTIAL": (open_acl,),
    "NAT_NACL": (open_nat_acl, _endpoint),
    "NATI_SRC_DST_CHECK": (let_forward, _endpoint),
    "NATI_NO_PUBLIC_IP": (_endpoint,),
    "FN_IPV6_DISABLED": (allow_ipv6, _endpoint),
    "FN_SUBNET_NOT_DUALSTACK": (_endpoint,),
    "EIGW_NOT_ATTACHED": (_endpoint,),
    "DNS_SUPPORT_OFF": (_names,),
    "DNS_HOSTNAMES_OFF": (_names,),
    "EP_PRIVATE_DNS_OFF": (_names,),
    "RT_BLACKHOLE": (lead_to_nat, _endpoint),
    "NAT_NOT_AVAILABLE": (lead_to_nat, _endpoint),
    "NAT_NOT_FOUND": (lead_to_nat, _endpoint),
    "NAT_PRIVATE": (lead_to_nat, _endpoint),
    "NAT_SUBNET_NO_IGW": (_endpoint,),
    "NAT_REGIONAL_AZ": (_endpoint,),
    # No route out may be meant so: an endpoint leaves it at that.
    "RT_NO_ROUTE": (_endpoint, lead_to_nat),
    "RT_RETURN_MISSING": (lead_back,),
    "RT_IGW_NO_PUBLIC_IP": (_endpoint,),
    "RT_PEERING_NO_TRANSIT": (_endpoint,),
    "EP_MISSING": (_endpoint,),
    "EP_WRONG_SERVICE": (_endpoint,),
    "EP_OTHER_VPC_NO_DNS": (_endpoint,),
    "BPA_BLOCKS": (_endpoint,),
    "TGW_NO_ATTACHMENT_AZ": (_endpoint,),
    "TGW_ATTACHMENT_STATE": (_endpoint,),
    "TGW_NO_ROUTE": (_endpoint,),
    "TGW_BLACKHOLE": (_endpoint,),
    "PCX_NOT_ACTIVE": (_endpoint,),
}


def network_candidates(snapshot: Snapshot, access: Access, blocker: Blocker) -> tuple[Candidate, ...]:
    """Return what might remove a network blocker, the cheapest first; nothing where no command is safe to propose."""
    network = snapshot.networks.get(access.function.region)
    if network is None or access.reach is None:
        return ()
    return tuple(found for make in _MAKERS.get(blocker.code or "", ()) for found in make(network, access, blocker))
