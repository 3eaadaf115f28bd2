"""The network of each region: what is declared of it, over what an account has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network
from typing import TypeVar

from smsl.model.network import (
    DnsRecord,
    Gateway,
    HostedZone,
    IpNetwork,
    NatGateway,
    Network,
    Peering,
    PrefixList,
    Subnet,
    TransitAttachment,
    Vpc,
)
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.declared.endpoints import endpoints_of, interfaces_of
from smsl.sources.declared.filters import acls_of, groups_of
from smsl.sources.declared.network_pieces import (
    BlockPiece,
    DhcpPiece,
    DhcpUsePiece,
    GatewayAttachmentPiece,
    GatewayPiece,
    RecordPiece,
    ZonePiece,
)
from smsl.sources.declared.pieces import GonePiece
from smsl.sources.declared.sorted import Sorted
from smsl.sources.declared.tables import tables_of

T = TypeVar("T")
_DEFAULT_OPTIONS = "default-dhcp"
_AMAZON = ("AmazonProvidedDNS",)
_NOTHING = Network(
    vpcs={}, subnets={}, route_tables={}, network_acls={}, security_groups={}, prefix_lists={}, endpoints={},
    nat_gateways={}, interfaces={}, internet_gateways={}, egress_only_gateways={}, peerings={}, transit_attachments={},
    transit_tables=Unknown("the route tables of transit gateways are not declared here", ("--capture",)),
    dhcp_options={}, hosted_zones={}, resolver_rules={}, resolver_associations=(), firewall_associations=(),
)  # fmt: skip
"""What there is where nothing is declared: transit gateways mostly belong to another account's code."""


def networks_of(pieces: Sorted, under: Mapping[str, Network]) -> dict[str, Network]:
    """Return the networks by region; a region of which nothing is declared is as the account has it."""
    declared = {name: _network(region, under.get(name, _NOTHING)) for name, region in pieces.by_region().items()}
    return {**under, **declared}


def _network(pieces: Sorted, live: Network) -> Network:
    vpcs = _vpcs(pieces)
    subnets = _subnets(pieces)
    gone = {each.id for each in pieces.of(GonePiece)}
    endpoints = endpoints_of(pieces, _known(live.endpoints))
    every_subnet = {**_known(live.subnets), **subnets}

    def over(before: Maybe[Mapping[str, T]], declared: Mapping[str, T]) -> Maybe[Mapping[str, T]]:
        """Lay what is declared over what was read; a collection that was not read then holds no more than that."""
        if isinstance(before, Unknown) and not declared:
            return before
        return {name: thing for name, thing in {**_known(before), **declared}.items() if name not in gone}

    return Network(
        vpcs=over(live.vpcs, vpcs),
        subnets=over(live.subnets, subnets),
        route_tables=over(live.route_tables, tables_of(pieces, vpcs, _known(live.route_tables))),
        network_acls=over(live.network_acls, acls_of(pieces, vpcs, subnets, _known(live.network_acls))),
        security_groups=over(live.security_groups, groups_of(pieces, vpcs, _known(live.security_groups))),
        prefix_lists=over(live.prefix_lists, pieces.things(PrefixList)),
        endpoints=over(live.endpoints, endpoints),
        nat_gateways=over(live.nat_gateways, _nats(pieces, every_subnet)),
        interfaces=over(live.interfaces, interfaces_of(endpoints, every_subnet, _known(live.interfaces))),
        internet_gateways=over(live.internet_gateways, _gateways(pieces, egress_only=False)),
        egress_only_gateways=over(live.egress_only_gateways, _gateways(pieces, egress_only=True)),
        peerings=over(live.peerings, pieces.things(Peering)),
        transit_attachments=over(live.transit_attachments, pieces.things(TransitAttachment)),
        transit_tables=live.transit_tables,
        dhcp_options=over(live.dhcp_options, _options(pieces, vpcs)),
        hosted_zones=over(live.hosted_zones, _zones(pieces, vpcs)),
        resolver_rules=live.resolver_rules,
        resolver_associations=live.resolver_associations,
        firewall_associations=live.firewall_associations,
    )


def _known(collection: Maybe[Mapping[str, T]]) -> Mapping[str, T]:
    return {} if isinstance(collection, Unknown) else collection


def _vpcs(pieces: Sorted) -> dict[str, Vpc]:
    options = {each.vpc: each.options for each in pieces.of(DhcpUsePiece)}
    blocks = _blocks(pieces)
    return {
        vpc.id: replace(
            vpc,
            cidrs=tuple(dict.fromkeys((*vpc.cidrs, *blocks.get(vpc.id, ())))),
            dhcp_options=options.get(vpc.id, _DEFAULT_OPTIONS),
        )
        for vpc in pieces.things(Vpc).values()
    }


def _subnets(pieces: Sorted) -> dict[str, Subnet]:
    blocks = _blocks(pieces)
    found = {}
    for subnet in pieces.things(Subnet).values():
        more = tuple(cidr for cidr in blocks.get(subnet.id, ()) if isinstance(cidr, IPv6Network))
        found[subnet.id] = replace(subnet, ipv6=tuple(dict.fromkeys((*subnet.ipv6, *more))))
    return found


def _blocks(pieces: Sorted) -> Mapping[str, list[IpNetwork]]:
    """Return the further CIDR blocks of VPCs and subnets; one that is not known cannot be routed to by anybody here."""
    found: defaultdict[str, list[IpNetwork]] = defaultdict(list)
    for block in pieces.of(BlockPiece):
        if isinstance(block.cidr, IPv4Network | IPv6Network):
            found[block.owner].append(block.cidr)
    return found


def _nats(pieces: Sorted, subnets: Mapping[str, Subnet]) -> dict[str, NatGateway]:
    return {
        nat.id: replace(nat, vpc=nat.vpc or (subnets[nat.subnet].vpc if nat.subnet in subnets else ""))
        for nat in pieces.things(NatGateway).values()
    }


def _gateways(pieces: Sorted, *, egress_only: bool) -> dict[str, Gateway]:
    attached: defaultdict[str, list[str]] = defaultdict(list)
    for each in pieces.of(GatewayAttachmentPiece):
        attached[each.gateway].append(each.vpc)
    return {
        each.gateway.id: Gateway(
            each.gateway.id, tuple(dict.fromkeys((*each.gateway.vpcs, *attached.get(each.gateway.id, ()))))
        )
        for each in pieces.of(GatewayPiece)
        if each.egress_only is egress_only
    }


def _options(pieces: Sorted, vpcs: Mapping[str, Vpc]) -> dict[str, tuple[str, ...]]:
    declared = {each.id: each.servers for each in pieces.of(DhcpPiece)}
    return {_DEFAULT_OPTIONS: _AMAZON, **declared} if vpcs else declared


def _zones(pieces: Sorted, vpcs: Mapping[str, Vpc]) -> dict[str, Maybe[tuple[HostedZone, ...]]]:
    """Return the private hosted zones by VPC; a declared VPC has those that are declared for it."""
    records: defaultdict[str, list[DnsRecord | Unknown]] = defaultdict(list)
    for record in pieces.of(RecordPiece):
        records[record.zone].append(record.record)
    found: dict[str, list[HostedZone]] = {vpc: [] for vpc in vpcs}
    for zone in pieces.of(ZonePiece):
        held = HostedZone(zone.id, zone.name, _all(records.get(zone.id, ())))
        for vpc in zone.vpcs:
            found.setdefault(vpc, []).append(held)
    return {vpc: tuple(zones) for vpc, zones in found.items()}


def _all(records: list[DnsRecord | Unknown] | tuple[()]) -> Maybe[tuple[DnsRecord, ...]]:
    known: list[DnsRecord] = []
    for record in records:
        if isinstance(record, Unknown):
            return record
        known.append(record)
    return tuple(known)
