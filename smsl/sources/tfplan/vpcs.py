"""VPCs, subnets and DHCP options.

Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/vpc.html.markdown
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network

from smsl.model.network import IpNetwork, Subnet, Vpc
from smsl.model.unknown import Unknown
from smsl.sources.declared.network_pieces import BlockPiece, DhcpPiece, DhcpUsePiece, NetworkPiece
from smsl.sources.declared.pieces import Piece
from smsl.sources.tfplan.body import Body
from smsl.sources.tfplan.cidrs import cidr
from smsl.sources.tfplan.reading import MisshapenError, UnsettledError


def vpc(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_vpc`` or an ``aws_default_vpc``, which has DNS host names unless it says otherwise."""
    default = body.resource.type == "aws_default_vpc"
    id_ = body.required("id")
    known: list[IpNetwork] = []
    for name in ("cidr_block", "ipv6_cidr_block"):
        given = body.given(name) or (name == "ipv6_cidr_block" and _generated(body))
        found = cidr(body, name) if given else None
        if isinstance(found, Unknown):
            yield BlockPiece(body.at(name), body.region, id_, found)
        elif found is not None:
            known.append(found)
    yield NetworkPiece(
        body.origin,
        body.region,
        Vpc(
            id=id_,
            owner=body.account,
            cidrs=tuple(known),
            dns_support=body.flag("enable_dns_support", default=True),
            dns_hostnames=body.flag("enable_dns_hostnames", default=default),
        ),
    )


def _generated(body: Body) -> bool:
    return body.flag("assign_generated_ipv6_cidr_block", default=False) is not False


def block(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_vpc_ipv4_cidr_block_association`` or an ``aws_vpc_ipv6_cidr_block_association``."""
    for name in ("cidr_block", "ipv6_cidr_block"):
        if body.given(name) or body.is_unknown(name):
            found = cidr(body, name)
            if found is not None:
                yield BlockPiece(body.origin, body.region, body.required("vpc_id"), found)


def subnet(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_subnet`` or an ``aws_default_subnet``."""
    ipv4 = cidr(body, "cidr_block") if body.given("cidr_block") else None
    if isinstance(ipv4, Unknown):
        raise UnsettledError(body.cause("cidr_block"))
    if isinstance(ipv4, IPv6Network):
        raise MisshapenError(body.cause("cidr_block"))
    ipv6 = cidr(body, "ipv6_cidr_block") if body.given("ipv6_cidr_block") else None
    zone_id = body.values.get("availability_zone_id")
    yield NetworkPiece(
        body.origin,
        body.region,
        Subnet(
            id=body.required("id"),
            vpc=body.required("vpc_id"),
            owner=body.account,
            az=body.text("availability_zone") or "",
            zone_id=zone_id if isinstance(zone_id, str) else "",
            ipv4=ipv4 if isinstance(ipv4, IPv4Network) else None,
            ipv6=(ipv6,) if isinstance(ipv6, IPv6Network) else (),
            ipv6_native=body.flag("ipv6_native", default=False) is True,
            ipv6_read=not isinstance(ipv6, Unknown),
        ),
    )


def options(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_vpc_dhcp_options`` with its name servers."""
    servers = body.settled_texts("domain_name_servers")
    yield DhcpPiece(body.origin, body.region, body.required("id"), servers)


def options_use(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_vpc_dhcp_options_association``."""
    yield DhcpUsePiece(body.origin, body.region, body.required("dhcp_options_id"), body.required("vpc_id"))
