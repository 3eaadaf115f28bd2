"""Network ACLs, their entries and the subnets that they filter.

Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/network_acl.html.markdown
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.network import AclEntry, NetworkAcl
from smsl.model.standin import is_unsettled, plain
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.declared.implicit import default_acl
from smsl.sources.declared.network_pieces import AclEntryPiece, AclUsePiece, NetworkPiece
from smsl.sources.declared.pieces import Piece
from smsl.sources.tfplan.body import Body
from smsl.sources.tfplan.cidrs import TCP, cidr, ports, protocol
from smsl.sources.tfplan.reading import MisshapenError


def acl(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_network_acl``."""
    yield _acl(body, body.required("id"), body.required("vpc_id"))


def default(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_default_network_acl``: the one that a VPC is made with, with the entries that are written."""
    vpc = body.values.get("vpc_id")
    home = plain(vpc) if isinstance(vpc, str) else body.required("id").removesuffix(default_acl(""))
    yield _acl(body, default_acl(home), home)


def _acl(body: Body, id_: str, vpc: str) -> NetworkPiece:
    subnets = body.settled_texts("subnet_ids") if body.given("subnet_ids") else ()
    ways = [_entries(body, "egress", id_), _entries(body, "ingress", id_)]
    unknown = [each for each in ways if isinstance(each, Unknown)]
    known = [entry for each in ways if not isinstance(each, Unknown) for entry in each]
    entries: Maybe[tuple[AclEntry, ...]] = unknown[0] if unknown else tuple(sorted(known, key=lambda each: each.number))
    return NetworkPiece(body.origin, body.region, NetworkAcl(id_, vpc, entries, subnets))


def _entries(body: Body, name: str, acl: str) -> Maybe[tuple[AclEntry, ...]]:
    blocks = body.blocks(name, computed=True)
    if isinstance(blocks, Unknown):
        return blocks
    found: list[AclEntry] = []
    for each in blocks:
        entry = _entry(each, "rule_no", "action", egress=name == "egress")
        if isinstance(entry, Unknown):
            return entry
        if body.written.get(name) or ("acl", acl, str(entry.egress), str(entry.number)) not in body.reading.apart:
            found.append(entry)
    return tuple(found)


def _entry(body: Body, number: str, action: str, *, egress: bool) -> AclEntry | Unknown:
    place, named = body.number(number), protocol(body, "protocol")
    verdict = (body.text(action) or "").lower()
    ipv6 = body.given("ipv6_cidr_block")
    block = cidr(body, "ipv6_cidr_block" if ipv6 else "cidr_block")
    span = ports(body) if named == TCP else None
    for each in (place, named, block, span):
        if isinstance(each, Unknown):
            return each
    if is_unsettled(verdict):
        return body.unsettled(action)
    if not isinstance(place, int) or block is None or isinstance(block, Unknown) or verdict not in ("allow", "deny"):
        raise MisshapenError(body.cause(number))
    return AclEntry(place, verdict == "allow", egress, block, str(named), None if isinstance(span, Unknown) else span)


def entry(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_network_acl_rule``."""
    egress = body.flag("egress", default=False)
    made = egress if isinstance(egress, Unknown) else _entry(body, "rule_number", "rule_action", egress=egress)
    yield AclEntryPiece(body.origin, body.region, body.required("network_acl_id"), made)


def use(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_network_acl_association``."""
    yield AclUsePiece(body.origin, body.region, body.required("network_acl_id"), body.required("subnet_id"))
