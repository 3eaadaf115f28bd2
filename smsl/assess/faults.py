"""What a component of the network does wrong, by the code of the fault: the half of a sentence that its id begins."""

from __future__ import annotations

import re
from collections.abc import Mapping

from smsl.model.reach import Blocker

_FAULTS: Mapping[str, str] = {
    "FN_SG_EGRESS": "has no outbound rule for TCP 443 (to {cidr})",
    "FN_NACL_EGRESS": "denies TCP 443 out of the function's subnet (rule {rule})",
    "FN_NACL_INGRESS": "denies the replies, TCP 1024-65535 into the function's subnet (rule {rule})",
    "FN_NACL_EPHEMERAL_PARTIAL": "lets replies back to some ports of 1024-65535 only; Lambda uses them all",
    "FN_SUBNET_IPV6_ONLY": "has IPv6 only, which Lambda does not support",
    "FN_IPV6_DISABLED": "could get out by IPv6 only, which the function does not allow (Ipv6AllowedForDualStack)",
    "FN_SUBNET_NOT_DUALSTACK": "has no IPv6, and Lambda uses it only where every subnet has it",
    "RT_NO_ROUTE": "has no route to Secrets Manager (to {dest})",
    "RT_BLACKHOLE": "has a dead route to Secrets Manager: the target of {dest} is gone",
    "RT_IGW_NO_PUBLIC_IP": "leads to an internet gateway, but a function never has a public IPv4 address",
    "RT_PEERING_NO_TRANSIT": "is a peering, which leads to nothing beyond the other VPC",
    "RT_RETURN_MISSING": "has no route back to the function's subnet",
    "NAT_NOT_AVAILABLE": "is not available",
    "NAT_PRIVATE": "is a private NAT gateway, which does not reach the internet",
    "NAT_SUBNET_NO_IGW": "gives the NAT gateway no live route to an internet gateway",
    "NAT_NACL": "blocks TCP 443, or its replies, at the NAT gateway's subnet (rule {rule})",
    "NAT_REGIONAL_AZ": "has no address in the zone of the function's subnet",
    "NATI_SRC_DST_CHECK": "drops what it should forward: its source/destination check is on",
    "NATI_NO_PUBLIC_IP": "is a NAT instance without a public address",
    "NATI_SG": "does not let the NAT instance take TCP 443 from the function and pass it on",
    "BPA_BLOCKS": "is cut off from the internet by VPC Block Public Access",
    "EIGW_NOT_ATTACHED": "is not attached to the function's VPC",
    "DNS_SUPPORT_OFF": "has DNS support off, so no AWS name resolves in it (enableDnsSupport)",
    "DNS_HOSTNAMES_OFF": "has DNS host names off, so the endpoint's private name does not work (enableDnsHostnames)",
    "EP_PRIVATE_DNS_OFF": "has private DNS off, so the SDK's name leads past it to public addresses",
    "DNS_PHZ_SHADOW": "covers the name and has no record for it, so it does not resolve",
    "DNS_PHZ_STALE": "points the name at an address that is no live endpoint",
    "EP_OTHER_VPC_NO_DNS": "stands in another VPC, and no DNS of the function's VPC leads to it",
    "EP_WRONG_SERVICE": "serves another name than the one that is called (FIPS or region)",
    "EP_NOT_AVAILABLE": "is not available",
    "EP_SG_INGRESS": "has no inbound rule for TCP 443 from the function",
    "EP_SG_REF_NOT_HONOURED": "allows the function by its group, which does not count through a transit gateway",
    "EP_NACL_INGRESS": "denies TCP 443 into the endpoint's subnet (rule {rule})",
    "EP_NACL_EGRESS": "denies the replies, TCP 1024-65535 out of the endpoint's subnet (rule {rule})",
    "EP_NACL_EPHEMERAL_PARTIAL": "lets replies out to some ports of 1024-65535 only; Lambda uses them all",
    "EP_IP_FAMILY": "answers in an address family that the function does not speak",
    "PCX_NOT_ACTIVE": "is not active",
    "TGW_NO_ATTACHMENT_AZ": "has no attachment in the zone of the function's subnet",
    "TGW_ATTACHMENT_STATE": "is not available",
    "TGW_NO_ROUTE": "has no route for it, there or back",
    "TGW_BLACKHOLE": "drops it: the route is a blackhole",
}
_OPEN = re.compile(r" \([^()]*\{[^()]*\)|\{\w+\}")


def fault(blocker: Blocker) -> str:
    """Return one line that begins with the id of what is at fault; the code's meaning where there is none shorter."""
    phrase = _FAULTS.get(blocker.code)
    if phrase is None:
        text = blocker.message.rstrip(".")
        return text if blocker.component in text else f"{text} ({blocker.component})"
    for name, value in blocker.data.items():
        if value:
            phrase = phrase.replace("{" + name + "}", value)
    # A part in brackets whose id is not known is left out.
    return f"{blocker.component} {_OPEN.sub('', phrase)}"
