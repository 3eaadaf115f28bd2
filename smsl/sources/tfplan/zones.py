"""Private hosted zones and their records.

Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/route53_zone.html.markdown
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.network import DnsRecord
from smsl.model.standin import is_unsettled, plain
from smsl.model.unknown import Unknown
from smsl.sources.declared.network_pieces import RecordPiece, ZonePiece
from smsl.sources.declared.pieces import Piece
from smsl.sources.tfplan.body import Body, body_of
from smsl.sources.tfplan.ends import Attribute


def zone(body: Body) -> Iterator[Piece]:
    """Yield a private ``aws_route53_zone``; a public one plays no part."""
    blocks = body.blocks("vpc")
    if isinstance(blocks, Unknown) or not blocks:
        return
    name = _name(body.required("name", "name"))
    for each in blocks:
        region = each.text("vpc_region") if each.given("vpc_region") else None
        yield ZonePiece(body.origin, region or body.region, body.required("zone_id"), name, (each.required("vpc_id"),))


def association(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_route53_zone_association`` of a zone that is declared beside it."""
    region = body.text("vpc_region") if body.given("vpc_region") else None
    name = _name_of_zone(body)
    if name:
        zone = body.required("zone_id")
        yield ZonePiece(body.origin, region or body.region, zone, name, (body.required("vpc_id"),))


def _name_of_zone(body: Body) -> str:
    for end in body.ends("zone_id"):
        if isinstance(end, Attribute) and end.resource.type == "aws_route53_zone":
            return _name(body_of(body.reading, end.resource).text("name", "name") or "")
    known = body.values.get("zone_id")
    for each in body.reading.plan.resources if isinstance(known, str) else ():
        if each.type == "aws_route53_zone" and known in (each.values.get("zone_id"), each.values.get("id")):
            return _name(str(each.values.get("name", "")))
    return ""


def record(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_route53_record``; a name that does not end in the zone's is inside it."""
    name, zone = _name(body.required("name", "name")), _name_of_zone(body)
    if zone and name != zone and not name.endswith(f".{zone}"):
        name = f"{name}.{zone}" if name else zone
    yield RecordPiece(body.origin, body.region, body.required("zone_id"), _record(body, name))


def _record(body: Body, name: str) -> DnsRecord | Unknown:
    kind = body.required("type")
    values = body.texts("records", "name")
    if isinstance(values, Unknown):
        return values
    aliases = body.blocks("alias")
    if isinstance(aliases, Unknown):
        return aliases
    targets = [*values, *(each.required("name", "name") for each in aliases)]
    if is_unsettled(name) or is_unsettled(kind) or not targets:
        return body.unsettled("name")
    return DnsRecord(name, kind.upper(), tuple(map(_name, targets)))


def _name(text: str) -> str:
    """Return a DNS name as it is compared: lower case, no final dot, the asterisk unescaped."""
    return plain(text).lower().rstrip(".").replace("\\052", "*") if text.isascii() else text.rstrip(".")
