"""Whether packets get from a function to the Secrets Manager API, by which path, and what stops them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from smsl.model.unknown import Unknown


class Verdict(StrEnum):
    """What becomes of a connection."""

    REACHABLE = "reachable"
    UNREACHABLE = "unreachable"
    PARTIAL = "partial"
    """Some subnets, addresses or ports pass: connections fail now and then."""
    UNKNOWN = "unknown"


class Path(StrEnum):
    """The way a connection takes."""

    ENDPOINT = "endpoint"
    NAT = "nat"
    IPV6 = "ipv6"
    TGW = "tgw"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Flow:
    """One function's wish to talk to one name: every peculiarity of Lambda that the network solver knows."""

    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]
    ipv6_allowed: bool
    """``Ipv6AllowedForDualStack``."""
    name: str
    """The DNS name to resolve, e.g. ``secretsmanager.eu-west-1.amazonaws.com``."""
    region: str
    target_region: str
    service: str = "secretsmanager"
    """The last part of the endpoint service name, ``secretsmanager`` or ``secretsmanager-fips``."""
    port: int = 443
    source_ports: tuple[int, int] = (1024, 65535)
    """Source: https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-networking.html."""
    account_id: str = ""


@dataclass(frozen=True, slots=True)
class Hop:
    """One thing that a packet meets on its way."""

    component: str
    """Its id, or the DNS name."""
    kind: str
    """subnet, dns, route, endpoint, security_group, network_acl, nat, gateway, peering, transit_gateway."""
    passed: bool | None
    """None where it could not be decided."""
    because: str
    """The rule, route or setting that let the packets pass or stopped them, with ids."""


@dataclass(frozen=True, slots=True)
class Blocker:
    """One fault, or one warning, by its code."""

    code: str
    component: str
    """The id of the thing to change."""
    message: str
    data: Mapping[str, str] = field(default_factory=dict)
    """The ids that the fix needs, under the names of the code's fix text: sg, acl, vpce, subnet, rtb, ..."""
    detail: str = ""
    """The rule, route or setting at fault, with ids: ``rtb-1: 0.0.0.0/0 -> blackhole nat-2``; empty if there is none
    to point at."""
    contributing: bool = False
    """It explains another blocker and is none by itself: no endpoint is needed where a route leads out."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What one of the function's subnets sees."""

    verdict: Verdict
    hops: tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """The answer for a function, over all of its subnets."""

    verdict: Verdict
    path: Path
    blockers: tuple[Blocker, ...]
    warnings: tuple[Blocker, ...]
    per_subnet: Mapping[str, Trace]
    """Key into `Network.subnets`."""
    name: str
    """The DNS name that was traced; empty where the call goes to another host, which is not."""
    endpoint: str | None = None
    """The VPC endpoint that the name leads to, if any."""
    missing: tuple[Unknown, ...] = ()
    """The facts that were needed and not read."""


LAYER_OF_CODE: Mapping[str, str] = {
    "FN_NOT_IN_VPC": "route",
    "FN_SG_EGRESS": "security_group",
    "FN_NACL_EGRESS": "network_acl",
    "FN_NACL_INGRESS": "network_acl",
    "FN_NACL_EPHEMERAL_PARTIAL": "network_acl",
    "FN_SUBNET_IPV6_ONLY": "route",
    "FN_IPV6_DISABLED": "route",
    "FN_SUBNET_NOT_DUALSTACK": "route",
    "RT_NO_ROUTE": "route",
    "RT_BLACKHOLE": "route",
    "RT_IGW_NO_PUBLIC_IP": "route",
    "RT_PEERING_NO_TRANSIT": "route",
    "RT_RETURN_MISSING": "route",
    "RT_OPAQUE_TARGET": "route",
    "RT_MIDDLEBOX": "route",
    "RT_PUBLIC_PARTIAL": "route",
    "NAT_NOT_AVAILABLE": "route",
    "NAT_NOT_FOUND": "route",
    "NAT_PRIVATE": "route",
    "NAT_SUBNET_NO_IGW": "route",
    "NAT_NACL": "network_acl",
    "NAT_REGIONAL_AZ": "route",
    "NATI_SRC_DST_CHECK": "route",
    "NATI_NO_PUBLIC_IP": "route",
    "NATI_SG": "security_group",
    "BPA_BLOCKS": "route",
    "EIGW_NOT_ATTACHED": "route",
    "DNS_SUPPORT_OFF": "dns",
    "DNS_HOSTNAMES_OFF": "dns",
    "EP_PRIVATE_DNS_OFF": "dns",
    "DNS_CUSTOM_SERVERS": "dns",
    "DNS_PHZ_SHADOW": "dns",
    "DNS_PHZ_STALE": "dns",
    "DNS_FORWARD_RULE": "dns",
    "EP_OTHER_VPC_NO_DNS": "dns",
    "EP_MISSING": "route",
    "EP_WRONG_SERVICE": "dns",
    "EP_NOT_AVAILABLE": "endpoint_state",
    "EP_SG_INGRESS": "security_group",
    "EP_SG_REF_NOT_HONOURED": "security_group",
    "EP_NACL_INGRESS": "network_acl",
    "EP_NACL_EGRESS": "network_acl",
    "EP_NACL_EPHEMERAL_PARTIAL": "network_acl",
    "EP_IP_FAMILY": "endpoint_state",
    "PCX_NOT_ACTIVE": "route",
    "TGW_NO_ATTACHMENT_AZ": "route",
    "TGW_ATTACHMENT_STATE": "route",
    "TGW_NO_ROUTE": "route",
    "TGW_BLACKHOLE": "route",
    "SNAPSHOT_INCOMPLETE": "route",
    "SHARED_VPC": "route",
    "PL_ENTRIES_UNKNOWN": "route",
    "W_EP_POLICY": "endpoint_policy",
    "W_IPV6_FIRST": "route",
    "W_CROSS_AZ": "route",
    "W_DNS_FIREWALL": "dns",
    "W_EP_SHADOWS_NAT": "dns",
    "W_SUBNET_IPS": "route",
}
"""Key: blocker or warning code; value: the layer of an access that it belongs to."""
