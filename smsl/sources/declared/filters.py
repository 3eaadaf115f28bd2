"""Security groups and network ACLs: those declared, those that a VPC is made with, and what is declared for others.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network

from smsl.model.network import AclEntry, GroupReference, GroupRule, NetworkAcl, SecurityGroup, Subnet, Vpc
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.declared.implicit import default_acl, default_group
from smsl.sources.declared.network_pieces import AclEntryPiece, AclUsePiece, GroupRulePiece
from smsl.sources.declared.sorted import Sorted

ALL_IPV4, ALL_IPV6 = IPv4Network("0.0.0.0/0"), IPv6Network("::/0")
_LAST, _LAST_IPV6 = 32767, 32768
_FIRST, _FIRST_IPV6 = 100, 101


def groups_of(pieces: Sorted, vpcs: Mapping[str, Vpc], live: Mapping[str, SecurityGroup]) -> dict[str, SecurityGroup]:
    """Return the security groups that are declared or changed, the default ones of declared VPCs among them."""
    rules: defaultdict[tuple[str, bool], list[GroupRule | Unknown]] = defaultdict(list)
    for piece in pieces.of(GroupRulePiece):
        rules[piece.group, piece.egress].append(piece.rule)
    found = {default_group(vpc.id): _default_group(vpc) for vpc in vpcs.values()}
    found = {name: group for name, group in found.items() if name not in live} | pieces.things(SecurityGroup)
    changed = {group for group, _ in rules}
    found |= {name: group for name, group in live.items() if name in changed and name not in found}
    return {
        name: replace(
            group,
            ingress=_with(group.ingress, rules.get((name, False), ())),
            egress=_with(group.egress, rules.get((name, True), ())),
        )
        for name, group in found.items()
    }


def _default_group(vpc: Vpc) -> SecurityGroup:
    itself = GroupRule("-1", groups=(GroupReference(default_group(vpc.id)),))
    return SecurityGroup(default_group(vpc.id), vpc.id, (itself,), (GroupRule("-1", cidrs=(ALL_IPV4,)),))


def _with(before: Maybe[tuple[GroupRule, ...]], rules: Iterable[GroupRule | Unknown]) -> Maybe[tuple[GroupRule, ...]]:
    """Return the rules with those declared apart; one that is not known leaves the known ones, and admits who knows."""
    if isinstance(before, Unknown):
        return before
    known: list[GroupRule] = []
    for rule in rules:
        if isinstance(rule, Unknown):
            return rule
        known.append(rule)
    return (*before, *known)


def acls_of(
    pieces: Sorted, vpcs: Mapping[str, Vpc], subnets: Mapping[str, Subnet], live: Mapping[str, NetworkAcl]
) -> dict[str, NetworkAcl]:
    """Return the network ACLs that are declared or changed, the default ones of declared VPCs among them."""
    entries: defaultdict[str, list[AclEntry | Unknown]] = defaultdict(list)
    for piece in pieces.of(AclEntryPiece):
        entries[piece.acl].append(piece.entry)
    used = {each.subnet: each.acl for each in pieces.of(AclUsePiece)}
    found = {name: replace(acl, subnets=_users(acl, used)) for name, acl in pieces.things(NetworkAcl).items()}
    taken = {subnet for acl in found.values() for subnet in acl.subnets} | used.keys()
    for vpc in vpcs.values():
        name = default_acl(vpc.id)
        rest = tuple(sorted(each.id for each in subnets.values() if each.vpc == vpc.id and each.id not in taken))
        if name not in live:
            declared = found.get(name)
            found[name] = _default_acl(vpc, rest) if declared is None else replace(declared, subnets=rest)
    made = {
        name: replace(acl, entries=_numbered(acl.entries, entries.get(name, ()), vpcs.get(acl.vpc)))
        for name, acl in found.items()
    }
    return {**_left(live, made, used, entries), **made}


def _users(acl: NetworkAcl, used: Mapping[str, str]) -> tuple[str, ...]:
    own = [each for each in acl.subnets if used.get(each, acl.id) == acl.id]
    return tuple(sorted({*own, *(subnet for subnet, name in used.items() if name == acl.id)}))


def _left(
    live: Mapping[str, NetworkAcl],
    made: Mapping[str, NetworkAcl],
    used: Mapping[str, str],
    entries: Mapping[str, list[AclEntry | Unknown]],
) -> dict[str, NetworkAcl]:
    """Return the account's ACLs that get entries, or that win or lose subnets."""
    found = {}
    taken = {subnet: name for name, acl in made.items() for subnet in acl.subnets} | dict(used)
    for name, acl in live.items():
        if name in made:
            continue
        kept = [each for each in acl.subnets if taken.get(each, name) == name]
        won = [each for each, target in used.items() if target == name]
        subnets = tuple(dict.fromkeys((*kept, *won)))
        if subnets != acl.subnets or entries.get(name):
            numbered = _numbered(acl.entries, entries.get(name, ()), None)
            found[name] = replace(acl, subnets=subnets, entries=numbered)
    return found


def _default_acl(vpc: Vpc, subnets: tuple[str, ...]) -> NetworkAcl:
    allowed = [AclEntry(_FIRST, allow=True, egress=egress, cidr=ALL_IPV4) for egress in (True, False)]
    if _has_ipv6(vpc):
        allowed += [AclEntry(_FIRST_IPV6, allow=True, egress=egress, cidr=ALL_IPV6) for egress in (True, False)]
    return NetworkAcl(default_acl(vpc.id), vpc.id, tuple(allowed), subnets)


def _has_ipv6(vpc: Vpc | None) -> bool:
    return vpc is not None and any(isinstance(cidr, IPv6Network) for cidr in vpc.cidrs)


def _numbered(
    before: Maybe[tuple[AclEntry, ...]], entries: Iterable[AclEntry | Unknown], vpc: Vpc | None
) -> Maybe[tuple[AclEntry, ...]]:
    """Return the entries by number, the final ones that deny everything among them."""
    if isinstance(before, Unknown):
        return before
    found = {(each.egress, each.number): each for each in _final(vpc)}
    for entry in (*before, *entries):
        if isinstance(entry, Unknown):
            return entry
        found[entry.egress, entry.number] = entry
    return tuple(sorted(found.values(), key=lambda each: each.number))


def _final(vpc: Vpc | None) -> Iterable[AclEntry]:
    for egress in (True, False):
        yield AclEntry(_LAST, allow=False, egress=egress, cidr=ALL_IPV4)
        if _has_ipv6(vpc):
            yield AclEntry(_LAST_IPV6, allow=False, egress=egress, cidr=ALL_IPV6)
