"""Route tables, routes in both spellings, and what a table serves.

Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/route_table.html.markdown
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.network import Route, Target
from smsl.model.standin import is_unsettled
from smsl.model.unknown import Unknown
from smsl.sources.declared.implicit import main_table
from smsl.sources.declared.network_pieces import RoutePiece, TablePiece, TableUsePiece
from smsl.sources.declared.pieces import Piece
from smsl.sources.tfplan.body import Body
from smsl.sources.tfplan.cidrs import cidr
from smsl.sources.tfplan.ends import Attribute
from smsl.sources.tfplan.reading import MisshapenError

_GATEWAYS = {
    "aws_internet_gateway": Target.INTERNET_GATEWAY,
    "aws_vpn_gateway": Target.OPAQUE,
    "aws_vpc_endpoint": Target.ENDPOINT,
}
_PREFIXES = {
    "igw": Target.INTERNET_GATEWAY,
    "vgw": Target.OPAQUE,
    "vpce": Target.ENDPOINT,
    "local": Target.LOCAL,
}
_TARGETS = {
    "nat_gateway_id": Target.NAT_GATEWAY,
    "egress_only_gateway_id": Target.EGRESS_ONLY_GATEWAY,
    "transit_gateway_id": Target.TRANSIT_GATEWAY,
    "vpc_peering_connection_id": Target.PEERING,
    "vpc_endpoint_id": Target.ENDPOINT,
    "network_interface_id": Target.INTERFACE,
    "instance_id": Target.INTERFACE,
    "local_gateway_id": Target.OPAQUE,
    "carrier_gateway_id": Target.OPAQUE,
    "core_network_arn": Target.OPAQUE,
    "odb_network_arn": Target.OPAQUE,
}
_DESTINATIONS = ("destination_cidr_block", "destination_ipv6_cidr_block", "cidr_block", "ipv6_cidr_block")


def table(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_route_table`` with the routes that are written inside it."""
    id_ = body.required("id")
    yield TablePiece(body.origin, body.region, id_, body.required("vpc_id"))
    yield from _routes(body, id_)


def default_table(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_default_route_table``: the main table that a VPC is made with."""
    id_ = body.required("id")
    vpc = body.values.get("vpc_id")
    owner = vpc if isinstance(vpc, str) else id_.removesuffix(main_table(""))
    yield TablePiece(body.origin, body.region, id_, owner, main=True)
    yield from _routes(body, id_)


def _routes(body: Body, table: str) -> Iterator[Piece]:
    blocks = body.blocks("route", computed=True)
    if isinstance(blocks, Unknown):
        yield RoutePiece(body.origin, body.region, table, blocks)
        return
    inline = bool(body.written.get("route"))
    for each in blocks:
        if inline or ("route", table, _destination(each)) not in body.reading.apart:
            yield RoutePiece(body.at("route"), body.region, table, _route(each))


def route(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_route``."""
    yield RoutePiece(body.origin, body.region, body.required("route_table_id"), _route(body))


def _destination(body: Body) -> str:
    return next((text for name in _DESTINATIONS if isinstance(text := body.values.get(name), str) and text), "")


def _route(body: Body) -> Route | Unknown:
    target = _target(body)
    if isinstance(target, Unknown):
        return target
    if body.given("destination_prefix_list_id"):
        listed = body.text("destination_prefix_list_id") or ""
        return body.unsettled("destination_prefix_list_id") if is_unsettled(listed) else Route(*target, None, listed)
    for name in _DESTINATIONS:
        found = cidr(body, name) if body.given(name) else None
        if isinstance(found, Unknown):
            return found
        if found is not None:
            return Route(*target, found)
    raise MisshapenError(body.cause("destination_cidr_block"))


def _target(body: Body) -> tuple[Target, str] | Unknown:
    if body.given("gateway_id"):
        return _gateway(body)
    for name, target in _TARGETS.items():
        if body.given(name):
            text = body.text(name) or ""
            return body.unsettled(name) if is_unsettled(text) and target is not Target.OPAQUE else (target, text)
    return Target.OPAQUE, ""


def _gateway(body: Body) -> tuple[Target, str] | Unknown:
    text = body.text("gateway_id") or ""
    known = _PREFIXES.get(text.split("-")[0])
    if known is not None:
        return known, text
    kinds = {each.resource.type for each in body.ends("gateway_id") if isinstance(each, Attribute)}
    targets = {_GATEWAYS[kind] for kind in kinds if kind in _GATEWAYS}
    if len(targets) != 1 or is_unsettled(text):
        return body.unsettled("gateway_id")
    return targets.pop(), text


def use(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_route_table_association`` of a subnet or a gateway."""
    member = "subnet_id" if body.given("subnet_id") else "gateway_id"
    yield TableUsePiece(body.origin, body.region, body.required("route_table_id"), body.required(member))


def main_use(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_main_route_table_association``."""
    yield TableUsePiece(body.origin, body.region, body.required("route_table_id"), body.required("vpc_id"))
