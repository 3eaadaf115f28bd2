"""The network that a function's packets cross: VPCs, filters, gateways and names, as the Describe answers give them.

Every collection is keyed by id. One that was not read is `Unknown`, never empty: an absent endpoint and an
endpoint nobody looked for lead to different verdicts.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from typing import NamedTuple, TypeVar

from smsl.model.unknown import Maybe, Unknown

IpNetwork = IPv4Network | IPv6Network


class Span(NamedTuple):
    """The addresses of a CIDR block as integers, made once: a path asks each rule for them a dozen times."""

    version: int
    low: int
    high: int


def span_of(cidr: IpNetwork) -> Span:
    """Return the first and the last address of a block."""
    return Span(cidr.version, int(cidr.network_address), int(cidr.broadcast_address))


NOT_READ = Unknown("not read")
"""What a collection holds before anything was said about it."""


class BlockMode(StrEnum):
    """The effective VPC Block Public Access mode of a subnet or VPC."""

    OFF = "off"
    INGRESS = "block-ingress"
    BIDIRECTIONAL = "block-bidirectional"


class Target(StrEnum):
    """What kind of thing a route points at."""

    LOCAL = "local"
    INTERNET_GATEWAY = "igw"
    EGRESS_ONLY_GATEWAY = "eigw"
    NAT_GATEWAY = "nat"
    PEERING = "pcx"
    TRANSIT_GATEWAY = "tgw"
    ENDPOINT = "vpce"
    INTERFACE = "eni"
    OPAQUE = "opaque"
    """A virtual private gateway, Cloud WAN, Outpost or carrier gateway: its far side is never in a snapshot."""


class RouteState(StrEnum):
    """Whether a route forwards. Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html."""

    ACTIVE = "active"
    BLACKHOLE = "blackhole"
    FILTERED = "filtered"


@dataclass(frozen=True, slots=True)
class Vpc:
    """A VPC with the two attributes that decide what its resolver answers."""

    id: str
    owner: str = ""
    cidrs: tuple[IpNetwork, ...] = ()
    """The primary IPv4 block first: the Amazon resolver sits at its base plus two."""
    dhcp_options: Maybe[str] = NOT_READ
    dns_support: Maybe[bool] = NOT_READ
    dns_hostnames: Maybe[bool] = NOT_READ
    block_mode: Maybe[BlockMode] = BlockMode.OFF


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet and its addresses."""

    id: str
    vpc: str
    owner: str = ""
    az: str = ""
    zone_id: str = ""
    ipv4: IPv4Network | None = None
    ipv6: tuple[IPv6Network, ...] = ()
    ipv6_native: bool = False
    ipv6_read: bool = True
    """False where it is not known whether there is an IPv6 block."""
    free_addresses: int | None = None
    block_mode: Maybe[BlockMode] = BlockMode.OFF


@dataclass(frozen=True, slots=True)
class Route:
    """One row of a VPC route table; either ``cidr`` or ``prefix_list`` is set."""

    target: Target
    target_id: str
    cidr: IpNetwork | None = None
    prefix_list: str = ""
    state: RouteState = RouteState.ACTIVE
    propagated: bool = False


@dataclass(frozen=True, slots=True)
class RouteTable:
    """A VPC route table; its associations are in `Network.table_of_subnet`, `main_table` and `gateway_table`."""

    id: str
    vpc: str
    routes: Maybe[tuple[Route, ...]] = ()
    subnets: tuple[str, ...] = ()
    """Subnets with an explicit association."""
    gateways: tuple[str, ...] = ()
    """Internet gateways with an edge association."""
    main: bool = False
    associations_read: bool = True
    """False where it is not known which subnets are associated."""


@dataclass(frozen=True, slots=True)
class AclEntry:
    """One numbered rule of a network ACL. ``ports`` None means all; ``protocol`` is a number, -1 for all."""

    number: int
    allow: bool
    egress: bool
    cidr: IpNetwork
    protocol: str = "-1"
    ports: tuple[int, int] | None = None
    span: Span = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "span", span_of(self.cidr))


@dataclass(frozen=True, slots=True)
class NetworkAcl:
    """A network ACL and the subnets it filters."""

    id: str
    vpc: str
    entries: Maybe[tuple[AclEntry, ...]] = ()
    """Ascending by number."""
    subnets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupReference:
    """A security group named as source or destination of a rule."""

    group: str
    peering: str = ""
    active: bool = True
    """False for the stale reference that a deleted peering leaves behind."""


@dataclass(frozen=True, slots=True)
class GroupRule:
    """One permission of a security group. ``ports`` None means all; ``protocol`` is tcp, -1, or another name."""

    protocol: str = "-1"
    ports: tuple[int, int] | None = None
    cidrs: tuple[IpNetwork, ...] = ()
    prefix_lists: tuple[str, ...] = ()
    groups: tuple[GroupReference, ...] = ()
    whole: bool = True
    """False where one of its lists was not read: it may admit more."""
    spans: tuple[Span, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "spans", tuple(map(span_of, self.cidrs)))


@dataclass(frozen=True, slots=True)
class SecurityGroup:
    """A security group."""

    id: str
    vpc: str = ""
    ingress: Maybe[tuple[GroupRule, ...]] = ()
    egress: Maybe[tuple[GroupRule, ...]] = ()


@dataclass(frozen=True, slots=True)
class PrefixList:
    """A managed prefix list."""

    id: str
    name: str = ""
    aws: bool = False
    """Owned by AWS; none of those covers the Secrets Manager API."""
    entries: Maybe[tuple[IpNetwork, ...]] = NOT_READ
    owner_read: bool = True
    """False where only its entries were asked for, and not whose it is."""
    spans: tuple[Span, ...] = field(init=False, repr=False, compare=False)
    """Empty where the entries are not known."""

    def __post_init__(self) -> None:
        entries = () if isinstance(self.entries, Unknown) else self.entries
        object.__setattr__(self, "spans", tuple(map(span_of, entries)))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A VPC endpoint of any type."""

    id: str
    vpc: Maybe[str]
    type: str
    """Interface, Gateway, GatewayLoadBalancer, ..., as AWS writes it."""
    service: Maybe[str]
    state: Maybe[str]
    """Lower case, e.g. ``pendingacceptance``."""
    private_dns: Maybe[bool] = NOT_READ
    interfaces: Maybe[tuple[str, ...]] = NOT_READ
    groups: Maybe[tuple[str, ...]] = NOT_READ
    record_types: Maybe[tuple[str, ...]] = ("ipv4",)
    """The address families its names answer with: ``ipv4``, ``ipv6`` or both."""
    names: tuple[str, ...] = ()
    """Its DNS names, lower case, without the final dot."""
    policy: str | None = None
    """The policy document's text; None means full access."""


@dataclass(frozen=True, slots=True)
class NatGateway:
    """A NAT gateway: zonal (in a subnet), regional (with its own route table), public or private."""

    id: str
    vpc: str
    state: Maybe[str]
    public: Maybe[bool] = True
    regional: bool = False
    subnet: str = ""
    route_table: str = ""
    auto_zones: Maybe[bool] = True
    """Regional only: AWS adds an address in each new zone."""
    zones: Maybe[tuple[str, ...]] = ()
    """Regional only: names and ids of the zones that have an address."""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class NetworkInterface:
    """An elastic network interface."""

    id: str
    vpc: str = ""
    subnet: str = ""
    type: str = "interface"
    ipv4: tuple[str, ...] = ()
    ipv6: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    """Empty where they were not read: an interface of an instance or endpoint has at least one."""
    public_ip: Maybe[bool] = False
    source_dest_check: Maybe[bool] = True


@dataclass(frozen=True, slots=True)
class Gateway:
    """An internet gateway or egress-only internet gateway, with the VPCs it is attached to."""

    id: str
    vpcs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Peering:
    """A VPC peering connection."""

    id: str
    state: Maybe[str]
    vpcs: tuple[str, str]
    regions: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class TransitAttachment:
    """A transit gateway's attachment to a VPC."""

    id: str
    transit_gateway: str
    vpc: str
    state: Maybe[str]
    subnets: tuple[str, ...] = ()
    appliance: bool = False
    """Appliance mode: a flow is handed to any of its zones, not to the sender's."""


@dataclass(frozen=True, slots=True)
class TransitRoute:
    """One row of a transit gateway route table."""

    cidr: IpNetwork
    blackhole: bool = False
    attachments: tuple[str, ...] = ()
    static: bool = True


@dataclass(frozen=True, slots=True)
class TransitTable:
    """A transit gateway route table."""

    id: str
    transit_gateway: str
    attachments: Maybe[tuple[str, ...]] = NOT_READ
    """The attachments associated with it, whose traffic it routes."""
    routes: Maybe[tuple[TransitRoute, ...]] = NOT_READ


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """One record set of a private hosted zone."""

    name: str
    type: str
    values: tuple[str, ...] = ()
    """Addresses, or the names an alias or CNAME points at; lower case, without the final dot."""


@dataclass(frozen=True, slots=True)
class HostedZone:
    """A private hosted zone associated with a VPC."""

    id: str
    name: str
    records: Maybe[tuple[DnsRecord, ...]] = NOT_READ


@dataclass(frozen=True, slots=True)
class ResolverRule:
    """A Route 53 Resolver rule."""

    id: str
    domain: str
    type: str


@dataclass(frozen=True, slots=True)
class ResolverAssociation:
    """A resolver rule, or a DNS Firewall rule group, at work in a VPC."""

    id: str
    """Of the rule or the rule group."""
    vpc: str


@dataclass(frozen=True, slots=True)
class Network:
    """All that was read of one Region's network; each collection is keyed by id unless it says otherwise."""

    vpcs: Maybe[Mapping[str, Vpc]] = NOT_READ
    subnets: Maybe[Mapping[str, Subnet]] = NOT_READ
    route_tables: Maybe[Mapping[str, RouteTable]] = NOT_READ
    network_acls: Maybe[Mapping[str, NetworkAcl]] = NOT_READ
    security_groups: Maybe[Mapping[str, SecurityGroup]] = NOT_READ
    prefix_lists: Maybe[Mapping[str, PrefixList]] = NOT_READ
    endpoints: Maybe[Mapping[str, Endpoint]] = NOT_READ
    nat_gateways: Maybe[Mapping[str, NatGateway]] = NOT_READ
    interfaces: Maybe[Mapping[str, NetworkInterface]] = NOT_READ
    internet_gateways: Maybe[Mapping[str, Gateway]] = NOT_READ
    egress_only_gateways: Maybe[Mapping[str, Gateway]] = NOT_READ
    peerings: Maybe[Mapping[str, Peering]] = NOT_READ
    transit_attachments: Maybe[Mapping[str, TransitAttachment]] = NOT_READ
    transit_tables: Maybe[Mapping[str, TransitTable]] = NOT_READ
    dhcp_options: Maybe[Mapping[str, tuple[str, ...]]] = NOT_READ
    """The domain name servers of each option set."""
    hosted_zones: Maybe[Mapping[str, Maybe[tuple[HostedZone, ...]]]] = NOT_READ
    """By VPC id, without the zones that an AWS service owns."""
    resolver_rules: Maybe[Mapping[str, ResolverRule]] = NOT_READ
    resolver_associations: Maybe[tuple[ResolverAssociation, ...]] = NOT_READ
    firewall_associations: Maybe[tuple[ResolverAssociation, ...]] = NOT_READ

    table_of_subnet: Mapping[str, str] = field(init=False, repr=False, compare=False)
    main_table: Mapping[str, str] = field(init=False, repr=False, compare=False)
    doubtful_table: Mapping[str, str] = field(init=False, repr=False, compare=False)
    """By VPC, a table whose associations were not read: any subnet may be among them."""
    gateway_table: Mapping[str, str] = field(init=False, repr=False, compare=False)
    acl_of_subnet: Mapping[str, str] = field(init=False, repr=False, compare=False)
    endpoints_of_vpc: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    """Key ``""`` holds the endpoints whose VPC is not known."""
    endpoints_of_service: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    endpoint_of_name: Mapping[str, str] = field(init=False, repr=False, compare=False)
    endpoint_of_interface: Mapping[str, str] = field(init=False, repr=False, compare=False)
    interfaces_of_address: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    nat_gateways_of_vpc: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    attachments_of_vpc: Mapping[tuple[str, str], tuple[str, ...]] = field(init=False, repr=False, compare=False)
    """By transit gateway and VPC."""
    tables_of_transit_gateway: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    rules_of_vpc: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    firewalls_of_vpc: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index once, so that judging a function costs what its path holds and not what the account holds."""
        tables, acls = _values(self.route_tables), _values(self.network_acls)
        endpoints, interfaces = _values(self.endpoints), _values(self.interfaces)
        indexes: dict[str, Mapping[str, object] | Mapping[tuple[str, str], object]] = {
            "table_of_subnet": {subnet: t.id for t in tables for subnet in t.subnets},
            "main_table": {t.vpc: t.id for t in tables if t.main},
            "doubtful_table": {t.vpc: t.id for t in tables if not t.associations_read},
            "gateway_table": {gateway: t.id for t in tables for gateway in t.gateways},
            "acl_of_subnet": {subnet: acl.id for acl in acls for subnet in acl.subnets},
            "endpoints_of_vpc": _grouped((e.vpc if isinstance(e.vpc, str) else "", e.id) for e in endpoints),
            "endpoints_of_service": _grouped((e.service, e.id) for e in endpoints if isinstance(e.service, str)),
            "endpoint_of_name": {
                name: e.id
                for e in endpoints
                for name in e.names
                if ".vpce." in name  # the private name is the same for every endpoint of a service
            },
            "endpoint_of_interface": {
                eni: e.id for e in endpoints if not isinstance(e.interfaces, Unknown) for eni in e.interfaces
            },
            "interfaces_of_address": _grouped((ip, i.id) for i in interfaces for ip in (*i.ipv4, *i.ipv6)),
            "nat_gateways_of_vpc": _grouped((n.vpc, n.id) for n in _values(self.nat_gateways)),
            "attachments_of_vpc": _grouped(
                ((a.transit_gateway, a.vpc), a.id) for a in _values(self.transit_attachments)
            ),
            "tables_of_transit_gateway": _grouped((t.transit_gateway, t.id) for t in _values(self.transit_tables)),
            "rules_of_vpc": _grouped((a.vpc, a.id) for a in _items(self.resolver_associations)),
            "firewalls_of_vpc": _grouped((a.vpc, a.id) for a in _items(self.firewall_associations)),
        }
        for name, index in indexes.items():
            object.__setattr__(self, name, index)


_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")


def _values(collection: Maybe[Mapping[str, _V]]) -> tuple[_V, ...]:
    return () if isinstance(collection, Unknown) else tuple(collection.values())


def _items(collection: Maybe[tuple[_V, ...]]) -> tuple[_V, ...]:
    return () if isinstance(collection, Unknown) else collection


def _grouped(pairs: Iterable[tuple[_K, str]]) -> dict[_K, tuple[str, ...]]:
    groups: dict[_K, list[str]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(sorted(values)) for key, values in groups.items()}
