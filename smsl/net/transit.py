"""Through a transit gateway: the attachment, its table, the far attachment, and the way back.

Source: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
Source: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
"""

from __future__ import annotations

from collections.abc import Iterable

from smsl.model.network import IpNetwork, Network, Subnet, TransitAttachment, TransitRoute, TransitTable, span_of
from smsl.model.unknown import Maybe, Unknown
from smsl.net.boxes import Box, Region, box, meet, overlap, subtract
from smsl.net.filters import acl_of
from smsl.net.legs import EP_BACK, EP_IN, FN_BACK, FN_OUT, reply_from, reply_to, request_of, request_towards
from smsl.net.routes import cut
from smsl.net.site import Site, same_zone, subnet_of, zone_known
from smsl.net.step import Step, failed, incomplete, partly, passed, undecided
from smsl.net.words import remote

_NO_DATA = Unknown(
    "the transit gateway's tables were not read",
    ("ec2:GetTransitGatewayRouteTableAssociations", "ec2:SearchTransitGatewayRoutes"),
)


def forth(
    site: Site, gateway: str, part: Box, version: int, far: Subnet | None
) -> tuple[list[Step], TransitAttachment | None]:
    """Judge the way through a transit gateway for a part of the address space that its table does not cut.

    Args:
        site: The function's side.
        gateway: The transit gateway.
        part: The destination.
        version: Its family.
        far: The subnet that must be reached, or None for any (on the way to the internet).

    Returns:
        The steps, and the far VPC attachment if they lead to one.
    """
    near = attachment(site.network, gateway, site.vpc.id)
    data = site.ids(tgw=gateway, az=site.subnet.az)
    steps = list(handed(site, gateway, site.subnet, near, data))
    if not isinstance(near, TransitAttachment):
        return steps, None
    steps += _near_filters(site, near, version)
    table = table_for(site.network, gateway, near.id)
    found = lookup(table, part, version)
    data["tgw-attach"] = near.id
    if isinstance(found, Unknown) or isinstance(table, Unknown):
        missing = found if isinstance(found, Unknown) else None
        return [*steps, undecided("RT_OPAQUE_TARGET", gateway, "transit_gateway", data, missing)], None
    data["tgw-rtb"] = table.id if table else ""
    if table is None:
        because = f"no table of {gateway} is associated with {near.id}"
        return [*steps, failed("TGW_NO_ROUTE", near.id, "transit_gateway", because, **data)], None
    if found is None:
        because = f"{table.id} has no active route for {remote(part, version)}"
        return [*steps, failed("TGW_NO_ROUTE", table.id, "transit_gateway", because, **data)], None
    if found.blackhole:
        because = f"{table.id}: {found.cidr} -> blackhole"
        return [*steps, failed("TGW_BLACKHOLE", table.id, "transit_gateway", because, **data)], None
    attachments = site.network.transit_attachments
    reached = None if isinstance(attachments, Unknown) else attachments.get(next(iter(found.attachments), ""))
    if reached is None or (far is not None and reached.vpc != far.vpc) or reached.vpc == site.vpc.id:
        # a VPN, another account, or an inspection VPC: what happens there is not in the snapshot
        because = f"{table.id}: {found.cidr} -> {', '.join(found.attachments) or 'an attachment that was not read'}"
        return [*steps, undecided("RT_OPAQUE_TARGET", gateway, "transit_gateway", data, because=because)], None
    steps.append(passed(table.id, "transit_gateway", f"{table.id}: {found.cidr} -> {reached.id}"))
    dead = _dead(reached, data)
    if far is None and dead is not None:
        steps.append(dead)
    if far is not None:
        steps += handed(site, gateway, far, reached, {**data, "az": far.az})
        steps += _far_filters(site, reached, far, part, version)
    return steps, reached


def attachment(network: Network, gateway: str, vpc: str) -> Maybe[TransitAttachment | None]:
    """Return a VPC's attachment to a transit gateway, a live one first."""
    attachments = network.transit_attachments
    if isinstance(attachments, Unknown):
        return attachments
    found = [attachments[name] for name in network.attachments_of_vpc.get((gateway, vpc), ())]
    found.sort(key=lambda one: one.state != "available")
    return next((one for one in found if one.state != "deleted"), None)


def handed(
    site: Site, gateway: str, subnet: Subnet, found: Maybe[TransitAttachment | None], data: dict[str, str]
) -> Iterable[Step]:
    """Judge whether a subnet can hand packets to the transit gateway: resources in other zones cannot."""
    if isinstance(found, Unknown):
        return [undecided("RT_OPAQUE_TARGET", gateway, "transit_gateway", data, found)]
    if found is None:
        because = f"{subnet.vpc} has no attachment to {gateway}"
        return [failed("TGW_NO_ATTACHMENT_AZ", gateway, "transit_gateway", because, **data)]
    data = {**data, "tgw-attach": found.id}
    dead = _dead(found, data)
    if dead is not None:
        return [dead]
    ends = [subnet_of(site.network, name) for name in found.subnets]
    if any(isinstance(end, Subnet) and same_zone(end, subnet) for end in ends):
        return [passed(found.id, "transit_gateway", f"{found.id} has a subnet in {subnet.az}")]
    unread = next((end for end in ends if isinstance(end, Unknown)), None)
    if not all(zone_known(end, subnet) for end in ends if isinstance(end, Subnet)):
        unread = Unknown("the zone of a subnet was not read", ("ec2:DescribeSubnets",))
    if unread is not None:
        return [incomplete(found.id, "transit_gateway", unread)]
    because = f"{found.id} has no subnet in {subnet.az}"
    return [failed("TGW_NO_ATTACHMENT_AZ", found.id, "transit_gateway", because, **data)]


def _dead(found: TransitAttachment, data: dict[str, str]) -> Step | None:
    """Return the step for an attachment that does not forward, or may not."""
    data = {**data, "tgw-attach": found.id}
    if isinstance(found.state, Unknown):
        return incomplete(found.id, "transit_gateway", found.state)
    if found.state not in ("available", "modifying"):
        because = f"{found.id} is {found.state}"
        return failed("TGW_ATTACHMENT_STATE", found.id, "transit_gateway", because, **data)
    return None


def ends_near(site: Site, found: TransitAttachment, subnet: Subnet) -> list[Subnet]:
    """Return the attachment subnets that a subnet's packets may use: its own zone's, else any."""
    ends = [end for name in found.subnets if isinstance(end := subnet_of(site.network, name), Subnet)]
    if found.appliance and found.vpc != site.vpc.id:
        return ends
    return [end for end in ends if same_zone(end, subnet)] or ends


def _near_filters(site: Site, near: TransitAttachment, version: int) -> Iterable[Step]:
    for end in ends_near(site, near, site.subnet):
        if end.id == site.subnet.id:
            continue
        acl = acl_of(site.network, end.id)
        if isinstance(acl, Unknown):
            yield incomplete(end.id, "network_acl", acl)
        else:
            yield request_of(site, acl, FN_OUT, version, egress=False)
            yield reply_to(site, acl, FN_BACK, version, egress=True)


def _far_filters(site: Site, reached: TransitAttachment, far: Subnet, part: Box, version: int) -> Iterable[Step]:
    for end in ends_near(site, reached, far):
        if end.id == far.id:
            continue
        acl = acl_of(site.network, end.id)
        if isinstance(acl, Unknown):
            yield incomplete(end.id, "network_acl", acl)
        else:
            yield request_towards(site, acl, EP_IN, part, version, egress=True)
            yield reply_from(site, acl, EP_BACK, part, version, egress=False)


def table_for(network: Network, gateway: str, name: str) -> Maybe[TransitTable | None]:
    """Return the transit gateway table associated with an attachment; None when there surely is none."""
    tables = network.transit_tables
    if isinstance(tables, Unknown):
        return tables
    mine = [tables[table] for table in network.tables_of_transit_gateway.get(gateway, ())]
    for table in mine:
        if not isinstance(table.attachments, Unknown) and name in table.attachments:
            return table
    if not mine or any(isinstance(table.attachments, Unknown) for table in mine):
        return _NO_DATA
    return None


def lookup(table: Maybe[TransitTable | None], part: Box, version: int) -> Maybe[TransitRoute | None]:
    """Return the row of a transit gateway table for a part of the address space: longest prefix, static first."""
    if isinstance(table, Unknown) or table is None:
        return table
    if isinstance(table.routes, Unknown):
        return table.routes
    family = [r for r in table.routes if r.cidr.version == version]
    matching = [r for r in family if not subtract((Box(part.low, part.high),), (box(r.cidr),))]
    return max(matching, key=lambda r: (r.cidr.prefixlen, r.static), default=None)


def back(site: Site, gateway: str, reached: TransitAttachment, version: int) -> list[Step]:
    """Judge the way from the far attachment back to the function's VPC."""
    near = attachment(site.network, gateway, site.vpc.id)
    table = table_for(site.network, gateway, reached.id)
    data = site.ids(tgw=gateway, **{"tgw-attach": reached.id})
    if isinstance(near, Unknown) or near is None:
        return []
    if isinstance(table, Unknown):
        return [undecided("RT_OPAQUE_TARGET", gateway, "transit_gateway", data, table)]
    if table is None:
        because = f"no table of {gateway} is associated with {reached.id}"
        return [failed("TGW_NO_ROUTE", reached.id, "transit_gateway", because, **data)]
    if isinstance(table.routes, Unknown):
        return [undecided("RT_OPAQUE_TARGET", gateway, "transit_gateway", data, table.routes)]
    data["tgw-rtb"] = table.id
    return [_homeward(site, table, table.routes, block, near, data) for block in site.blocks(version)]


def _homeward(
    site: Site,
    table: TransitTable,
    routes: tuple[TransitRoute, ...],
    block: IpNetwork,
    near: TransitAttachment,
    data: dict[str, str],
) -> Step:
    same = [r for r in routes if r.cidr.version == block.version and overlap(box(r.cidr), box(block)) is not None]
    family = TransitTable(table.id, table.transit_gateway, table.attachments, tuple(same))
    whole = box(block, site.flow.source_ports)
    open_: Region = ()
    code, lost, taken = "TGW_NO_ROUTE", f"{table.id} has no active route for {block} to {near.id}", ""
    for part in cut([Box(whole.low, whole.high)], [span_of(r.cidr) for r in same]):
        found = lookup(family, part, block.version)
        if isinstance(found, TransitRoute) and found.blackhole:
            code, lost = "TGW_BLACKHOLE", f"{table.id}: {found.cidr} -> blackhole"
        elif isinstance(found, TransitRoute) and near.id in found.attachments:
            open_ += (Box(part.low, part.high, *site.flow.source_ports),)
            taken = f"{table.id}: {found.cidr} -> {near.id}"
    left = meet((whole,), open_)
    if not subtract((whole,), left):
        return passed(table.id, "transit_gateway", f"{taken}, for the replies")
    if not left:
        return failed(code, table.id, "transit_gateway", f"{lost}, for the replies", **data)
    return partly(code, table.id, "transit_gateway", left, f"{lost}, for some replies", **data)
