"""Security groups with rules in all three spellings.

Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/security_group.html.markdown
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from smsl.model.network import GroupReference, GroupRule, IpNetwork, SecurityGroup
from smsl.model.standin import is_unsettled, plain
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.declared.implicit import default_group
from smsl.sources.declared.network_pieces import GroupRulePiece, NetworkPiece
from smsl.sources.declared.pieces import Piece
from smsl.sources.tfplan.body import Body
from smsl.sources.tfplan.cidrs import TCP, parse_cidr, ports, protocol


def group(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_security_group``: without rules it lets nothing out, as the provider takes AWS's own rule away."""
    id_ = body.required("id")
    made = SecurityGroup(id_, body.text("vpc_id") or "", _rules(body, "ingress", id_), _rules(body, "egress", id_))
    yield NetworkPiece(body.origin, body.region, made)


def default(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_default_security_group``: the one that a VPC is made with, with the rules that are written."""
    id_ = body.required("id")
    vpc = body.values.get("vpc_id")
    home = plain(vpc) if isinstance(vpc, str) else id_.removesuffix(default_group(""))
    yield NetworkPiece(
        body.origin, body.region, SecurityGroup(id_, home, _rules(body, "ingress", id_), _rules(body, "egress", id_))
    )


def _rules(body: Body, name: str, group: str) -> Maybe[tuple[GroupRule, ...]]:
    blocks = body.blocks(name, computed=True)
    if isinstance(blocks, Unknown):
        return blocks
    found: list[GroupRule] = []
    inline = bool(body.written.get(name))
    for each in blocks:
        rule = _rule(each, group)
        if isinstance(rule, Unknown):
            return rule
        left = rule if inline else _without(rule, group, name, body.reading.apart)
        found += () if left is None else (left,)
    return tuple(found)


def _without(rule: GroupRule, group: str, way: str, apart: frozenset[tuple[str, ...]]) -> GroupRule | None:
    """Return a rule that was read without the sources that have a resource of their own; None if none is left."""

    def kept(source: object) -> bool:
        return (way, group, rule.protocol, str(rule.ports), str(source)) not in apart

    left = replace(
        rule,
        cidrs=tuple(filter(kept, rule.cidrs)),
        prefix_lists=tuple(filter(kept, rule.prefix_lists)),
        groups=tuple(each for each in rule.groups if kept(each.group)),
    )
    return left if left.cidrs or left.prefix_lists or left.groups or not left.whole else None


def _rule(body: Body, group: str) -> GroupRule | Unknown:
    """Return a rule of several sources."""
    made = _bare(body, "protocol")
    if isinstance(made, Unknown):
        return made
    whole = True
    cidrs: list[IpNetwork] = []
    for name in ("cidr_blocks", "ipv6_cidr_blocks"):
        texts = body.texts(name)
        for text in () if isinstance(texts, Unknown) else texts:
            found = parse_cidr(text, body.cause(name))
            whole = whole and not isinstance(found, Unknown)
            if not isinstance(found, Unknown):
                cidrs.append(found)
        whole = whole and not isinstance(texts, Unknown)
    lists, lists_whole = _settled(body.texts("prefix_list_ids"))
    groups, groups_whole = _settled(body.texts("security_groups"))
    one, one_whole = _single(body, "source_security_group_id")
    own = (group,) if body.flag("self", default=False) is True else ()
    sources = tuple(GroupReference(each.rsplit("/", 1)[-1]) for each in (*groups, *one, *own))
    return replace(
        made,
        cidrs=tuple(cidrs),
        prefix_lists=lists,
        groups=sources,
        whole=whole and lists_whole and groups_whole and one_whole,
    )


def _bare(body: Body, name: str) -> GroupRule | Unknown:
    """Return a rule without its sources."""
    number = protocol(body, name)
    if isinstance(number, Unknown):
        return number
    if number != TCP:
        return GroupRule(number)
    span = ports(body)
    if isinstance(span, Unknown):
        return span
    return GroupRule("tcp", None if span == (-1, -1) else span)


def _settled(texts: Maybe[tuple[str, ...]]) -> tuple[tuple[str, ...], bool]:
    """Return those of the texts that are settled, and whether that is all of them."""
    if isinstance(texts, Unknown):
        return (), False
    kept = tuple(each for each in texts if not is_unsettled(each))
    return kept, len(kept) == len(texts)


def _single(body: Body, name: str) -> tuple[tuple[str, ...], bool]:
    text = body.text(name) if body.given(name) else None
    return _settled(() if not text else (text,))


def rule(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_security_group_rule``."""
    group = body.required("security_group_id")
    egress = body.required("type") == "egress"
    yield GroupRulePiece(body.origin, body.region, group, egress, _rule(body, group))


def ingress_rule(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_vpc_security_group_ingress_rule``."""
    return _one(body, egress=False)


def egress_rule(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_vpc_security_group_egress_rule``."""
    return _one(body, egress=True)


def _one(body: Body, *, egress: bool) -> Iterator[Piece]:
    """Yield a rule of one source."""
    group = body.required("security_group_id")
    made = _bare(body, "ip_protocol")
    if not isinstance(made, Unknown):
        cidrs: list[IpNetwork] = []
        whole = True
        for name in ("cidr_ipv4", "cidr_ipv6"):
            found = parse_cidr(body.required(name), body.cause(name)) if body.given(name) else None
            whole = whole and not isinstance(found, Unknown)
            if found is not None and not isinstance(found, Unknown):
                cidrs.append(found)
        lists, lists_whole = _single(body, "prefix_list_id")
        groups, groups_whole = _single(body, "referenced_security_group_id")
        made = replace(
            made,
            cidrs=tuple(cidrs),
            prefix_lists=lists,
            groups=tuple(GroupReference(each.rsplit("/", 1)[-1]) for each in groups),
            whole=whole and lists_whole and groups_whole,
        )
    yield GroupRulePiece(body.origin, body.region, group, egress, made)


def atoms(values: Mapping[str, Any], kind: str) -> Iterator[tuple[str, ...]]:
    """Yield what a rule with a resource of its own adds to a group: way, group, protocol, ports, source."""
    way = {"aws_vpc_security_group_ingress_rule": "ingress", "aws_vpc_security_group_egress_rule": "egress"}.get(
        kind, str(values.get("type"))
    )
    group = str(values.get("security_group_id"))
    named = str(values.get("ip_protocol", values.get("protocol"))).lower()
    low, high = values.get("from_port"), values.get("to_port")
    span = str((low, high)) if named in ("tcp", "6") and (low, high) != (-1, -1) else "None"
    number = {"tcp": "tcp", "6": "tcp", "udp": "17", "icmp": "1", "icmpv6": "58", "all": "-1"}.get(named, named)
    for name in _SOURCES:
        value = values.get(name)
        for source in value if isinstance(value, list) else [value] if value else []:
            yield (
                way,
                group,
                number,
                span,
                group
                if source is True
                else str(source).rsplit("/", 1)[-1]
                if str(source).count("/sg-")
                else str(source),
            )


_SOURCES = (
    *("cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "source_security_group_id", "self"),
    *("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"),
)
