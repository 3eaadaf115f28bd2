"""NAT, internet and egress-only gateways, peerings, prefix lists and transit gateway attachments.

Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/nat_gateway.html.markdown
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.network import Gateway, IpNetwork, NatGateway, Peering, PrefixList, TransitAttachment
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.declared.network_pieces import GatewayAttachmentPiece, GatewayPiece, NetworkPiece
from smsl.sources.declared.pieces import Piece
from smsl.sources.tfplan.body import Body, body_of
from smsl.sources.tfplan.cidrs import cidr


def nat(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_nat_gateway``, zonal or regional.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
    """
    regional = body.values.get("availability_mode") == "regional"
    zones = body.blocks("availability_zone_address", computed=True)
    yield NetworkPiece(
        body.origin,
        body.region,
        NatGateway(
            id=body.required("id"),
            vpc=(body.text("vpc_id") or "") if body.given("vpc_id") else "",
            state="available",
            public=(body.text("connectivity_type") or "public") != "private",
            regional=regional,
            subnet=(body.text("subnet_id") or "") if body.given("subnet_id") else "",
            route_table=(body.text("route_table_id") or "") if body.given("route_table_id") else "",
            auto_zones=not zones if regional else True,
            zones=_zones(zones) if regional else (),
        ),
    )


def _zones(blocks: Maybe[tuple[Body, ...]]) -> Maybe[tuple[str, ...]]:
    if isinstance(blocks, Unknown):
        return blocks
    named = [each.text(name) for each in blocks for name in ("availability_zone", "availability_zone_id")]
    return tuple(sorted({each for each in named if each}))


def internet(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_internet_gateway``."""
    vpc = body.text("vpc_id") if body.given("vpc_id") else None
    yield GatewayPiece(body.origin, body.region, Gateway(body.required("id"), (vpc,) if vpc else ()))


def attachment(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_internet_gateway_attachment``."""
    yield GatewayAttachmentPiece(
        body.origin, body.region, body.required("internet_gateway_id"), body.required("vpc_id")
    )


def egress_only(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_egress_only_internet_gateway``."""
    gateway = Gateway(body.required("id"), (body.required("vpc_id"),))
    yield GatewayPiece(body.origin, body.region, gateway, egress_only=True)


def peering(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_vpc_peering_connection``: active where it is accepted here, in either way."""
    id_ = body.required("id")
    given = body.values.get("accept_status")
    there = body.text("peer_region") if body.given("peer_region") else None
    state: Maybe[str] = Unknown(f"whether {body.resource.address} is accepted is not declared here")
    if isinstance(given, str):
        state = given
    elif body.flag("auto_accept", default=False) is True or _is_accepted(body, id_):
        state = "active"
    yield NetworkPiece(
        body.origin,
        body.region,
        Peering(
            id_, state, (body.required("vpc_id"), body.required("peer_vpc_id")), (body.region, there or body.region)
        ),
    )


def _is_accepted(body: Body, peering: str) -> bool:
    return any(
        each.type == "aws_vpc_peering_connection_accepter"
        and not each.gone
        and body_of(body.reading, each).text("vpc_peering_connection_id") == peering
        and body_of(body.reading, each).flag("auto_accept", default=False) is True
        for each in body.reading.plan.resources
    )


def prefix_list(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_ec2_managed_prefix_list`` with the entries that it has inside and apart."""
    id_ = body.required("id")
    blocks = body.blocks("entry", computed=True)
    entries: Maybe[tuple[IpNetwork, ...]] = (
        blocks if isinstance(blocks, Unknown) else _entries([*blocks, *_apart(body, id_)])
    )
    yield NetworkPiece(body.origin, body.region, PrefixList(id_, body.text("name", "name") or "", entries=entries))


def _apart(body: Body, prefix_list: str) -> Iterator[Body]:
    for each in body.reading.plan.resources:
        if each.type == "aws_ec2_managed_prefix_list_entry" and not each.gone:
            entry = body_of(body.reading, each)
            if entry.text("prefix_list_id") == prefix_list:
                yield entry


def _entries(blocks: list[Body]) -> Maybe[tuple[IpNetwork, ...]]:
    found: list[IpNetwork] = []
    for each in blocks:
        block = cidr(each, "cidr")
        if isinstance(block, Unknown):
            return block
        if block is not None:
            found.append(block)
    return tuple(dict.fromkeys(found))


def transit_attachment(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_ec2_transit_gateway_vpc_attachment``."""
    subnets = body.texts("subnet_ids")
    yield NetworkPiece(
        body.origin,
        body.region,
        TransitAttachment(
            id=body.required("id"),
            transit_gateway=body.required("transit_gateway_id"),
            vpc=body.required("vpc_id"),
            state=subnets if isinstance(subnets, Unknown) else "available",
            subnets=() if isinstance(subnets, Unknown) else subnets,
            appliance=(body.text("appliance_mode_support") or "") == "enable",
        ),
    )
