"""EC2: transit gateways and peering connections, their default tables, routes and filters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

from smsl.lab.corrected.document import answer_of, filters_of, read, written
from smsl.lab.correction import Correction
from smsl.lab.emulator import Emulator
from smsl.lab.errors import failure
from smsl.lab.exchange import Reply, Request

_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/"
_GONE = "vpc-peering-connection-id"
_DEFAULT_TABLES = ("DefaultRouteTableAssociation", "DefaultRouteTablePropagation")


def _created_gateway(request: Request, reply: Reply, emulator: Emulator) -> Reply:
    """Drop the default table of a gateway that was to have none."""
    backend = emulator.backend("ec2", request.region)
    gateway = next(reversed(backend.transit_gateways.values()))
    wanted = [request.parameters.get(f"Options.{name}", "enable") == "enable" for name in _DEFAULT_TABLES]
    gateway.default_route_table.default_association_route_table = wanted[0]
    gateway.default_route_table.default_propagation_route_table = wanted[1]
    for name, kept in zip(("AssociationDefaultRouteTableId", "PropagationDefaultRouteTableId"), wanted, strict=True):
        if not kept:
            gateway.options.pop(name, None)
    _hide_table(backend, gateway)
    return reply


def _hide_table(backend: Any, gateway: Any) -> None:
    table = gateway.default_route_table
    if not (table.default_association_route_table or table.default_propagation_route_table):
        backend.transit_gateways_route_tables.pop(table.id, None)


def _lend_table(request: Request, emulator: Emulator) -> None:
    """Show moto the default table, without which it makes no attachment."""
    backend = emulator.backend("ec2", request.region)
    gateway = backend.transit_gateways.get(request.parameters.get("TransitGatewayId"))
    if gateway is not None:
        backend.transit_gateways_route_tables.setdefault(gateway.default_route_table.id, gateway.default_route_table)


def _created_attachment(request: Request, reply: Reply, emulator: Emulator) -> Reply:
    """Associate an attachment, and propagate its VPC's blocks, as far as the gateway does so by default."""
    backend = emulator.backend("ec2", request.region)
    attachment = next(reversed(backend.transit_gateway_attachments.values()))
    gateway = backend.transit_gateways[attachment.transit_gateway_id]
    default = gateway.default_route_table
    if not default.default_association_route_table:
        default.route_table_associations.pop(attachment.id, None)
    if default.default_propagation_route_table:
        backend.enable_transit_gateway_route_table_propagation(attachment.id, default.id)
    _hide_table(backend, gateway)
    return reply


def _refuse_second_table(request: Request, emulator: Emulator) -> Reply | None:
    """An attachment is associated with one table at most."""
    backend = emulator.backend("ec2", request.region)
    attachment = str(request.parameters.get("TransitGatewayAttachmentId", ""))
    for table in backend.transit_gateways_route_tables.values():
        if attachment in table.route_table_associations:
            text = f"Transit Gateway Attachment {attachment} is already associated to a route table."
            return failure(request, 400, "Resource.AlreadyAssociated", text)
    return None


def _routes(request: Request, emulator: Emulator) -> Reply:
    """Answer with a table's static routes and those that its propagations stand for.

    Source: https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html#tgw-route-evaluation-overview
    """
    backend = emulator.backend("ec2", request.region)
    table = backend.transit_gateways_route_tables.get(str(request.parameters.get("TransitGatewayRouteTableId", "")))
    if table is None:
        return failure(request, 400, "InvalidRouteTableID.NotFound", "The transit gateway route table does not exist.")
    wanted = filters_of(request)
    rows = [
        row
        for row in _rows(backend, table)
        if row["state"] in wanted.get("state", [row["state"]])
        and row["type"] in wanted.get("type", [row["type"]])
        and row["destinationCidrBlock"] in wanted.get("route-search.exact-match", [row["destinationCidrBlock"]])
    ]
    items = "".join(f"<item>{_route(row, backend)}</item>" for row in rows)
    rest = "<additionalRoutesAvailable>false</additionalRoutesAvailable>"
    return answer_of(request.operation, f"<routeSet>{items}</routeSet>{rest}")


def _rows(backend: Any, table: Any) -> Iterator[dict[str, str]]:
    for destination, route in table.routes.items():
        attachment = (route.get("transitGatewayAttachments") or {}).get("transitGatewayAttachmentId", "")
        alive = route["state"] == "active" and attachment in backend.transit_gateway_attachments
        state = "active" if alive else "blackhole"
        yield {"destinationCidrBlock": destination, "attachment": attachment, "type": "static", "state": state}
    for propagation in table.route_table_propagation:
        attachment = backend.transit_gateway_attachments.get(propagation.transitGatewayAttachmentId)
        vpc = backend.vpcs.get(attachment.resource_id) if attachment else None
        for block in vpc.get_cidr_block_association_set() if vpc else ():
            if block["cidr_block"] not in table.routes:  # a static route wins, and alone is shown as active
                yield {
                    "destinationCidrBlock": block["cidr_block"],
                    "attachment": attachment.id,
                    "type": "propagated",
                    "state": "active",
                }


def _route(row: Mapping[str, str], backend: Any) -> str:
    members = "".join(f"<{name}>{escape(row[name])}</{name}>" for name in ("destinationCidrBlock", "type", "state"))
    attachment = backend.transit_gateway_attachments.get(row["attachment"])
    if attachment is None:
        return members
    towards = (
        f"<resourceId>{attachment.resource_id}</resourceId><resourceType>{attachment.resource_type}</resourceType>"
        f"<transitGatewayAttachmentId>{attachment.id}</transitGatewayAttachmentId>"
    )
    return f"{members}<transitGatewayAttachments><item>{towards}</item></transitGatewayAttachments>"


def _filtered_peerings(request: Request, reply: Reply, _emulator: Emulator) -> Reply:
    wanted = filters_of(request).get(_GONE)
    if wanted is None:
        return reply
    root = read(reply)
    listed = root.find("vpcPeeringConnectionSet")
    for row in list(listed) if listed is not None else ():
        if row.findtext("vpcPeeringConnectionId") not in wanted and listed is not None:
            listed.remove(row)
    return written(reply, root)


_NAMED = {
    "DescribeVpcPeeringConnections": ("VpcPeeringConnectionId", "InvalidVpcPeeringConnectionID.NotFound"),
    "DescribeTransitGateways": ("TransitGatewayIds", "InvalidTransitGatewayID.NotFound"),
    "DescribeVpcEndpoints": ("VpcEndpointId", "InvalidVpcEndpointId.NotFound"),
}
"""Operations, the field of the ids they are asked for, and how AWS refuses one that does not exist."""


def _refuse_absent(request: Request, emulator: Emulator) -> Reply | None:
    backend = emulator.backend("ec2", request.region)
    field, code = _NAMED[request.operation]
    known = {*backend.vpc_pcxs, *backend.transit_gateways, *backend.vpc_end_points}
    absent = [each for each in request.numbered(field) if each not in known]
    return failure(request, 400, code, f"The ID '{absent[0]}' does not exist") if absent else None


def _forgotten_peering(request: Request, reply: Reply, emulator: Emulator) -> Reply:
    """Forget a deleted connection, as AWS's answers do within hours; its routes stay, as black holes."""
    emulator.backend("ec2", request.region).vpc_pcxs.pop(request.parameters.get("VpcPeeringConnectionId"), None)
    return reply


ROWS: tuple[Correction, ...] = (
    Correction(
        "transit-gateway-default-table",
        "ec2",
        ("CreateTransitGateway",),
        "moto makes a default route table whatever the options say.",
        f"{_API}API_TransitGatewayRequestOptions.html",
        after=_created_gateway,
    ),
    Correction(
        "transit-gateway-attachment-routed",
        "ec2",
        ("CreateTransitGatewayVpcAttachment",),
        "moto associates an attachment with the default table whatever the options say, and propagates nothing.",
        f"{_API}API_TransitGatewayRequestOptions.html",
        before=_lend_table,
        after=_created_attachment,
    ),
    Correction(
        "transit-gateway-one-table",
        "ec2",
        ("AssociateTransitGatewayRouteTable",),
        "moto associates an attachment with any number of tables.",
        f"{_API}API_AssociateTransitGatewayRouteTable.html",
        before=_refuse_second_table,
    ),
    Correction(
        "transit-gateway-routes",
        "ec2",
        ("SearchTransitGatewayRoutes",),
        "moto leaves out the attachments that routes lead to, and every propagated route.",
        f"{_API}API_TransitGatewayRoute.html",
        before=_routes,
    ),
    Correction(
        "peering-filters",
        "ec2",
        ("DescribeVpcPeeringConnections",),
        "moto knows no filter of peering connections.",
        f"{_API}API_DescribeVpcPeeringConnections.html",
        after=_filtered_peerings,
    ),
    Correction(
        "peering-deleted",
        "ec2",
        ("DeleteVpcPeeringConnection",),
        "a deleted peering connection is gone from the answers",
        "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-lifecycle",
        after=_forgotten_peering,
    ),
    Correction(
        "absent-ids-refused",
        "ec2",
        tuple(_NAMED),
        "moto leaves out what does not exist; AWS refuses the call.",
        f"{_API}errors-overview.html",
        before=_refuse_absent,
    ),
)
