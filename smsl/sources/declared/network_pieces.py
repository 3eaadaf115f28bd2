"""The pieces of a network that a plan or a template declares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from smsl.model.network import (
    AclEntry,
    DnsRecord,
    Endpoint,
    Gateway,
    GroupRule,
    IpNetwork,
    NatGateway,
    NetworkAcl,
    Peering,
    PrefixList,
    Route,
    SecurityGroup,
    Subnet,
    TransitAttachment,
    Vpc,
)
from smsl.model.origin import Origin
from smsl.model.unknown import Maybe, Unknown

NetworkThing: TypeAlias = (
    "Vpc | Subnet | NetworkAcl | SecurityGroup | Endpoint | NatGateway | Peering | PrefixList | TransitAttachment"
)


@dataclass(frozen=True, slots=True)
class NetworkPiece:
    """A part of a VPC, or a VPC itself, without what is declared apart from it.

    A SecurityGroup has the rules that it is made with, the default egress rule where AWS adds it. A NetworkAcl has its
    own entries, without the final one that denies. An Endpoint's ``interfaces`` are made by `assemble`: its subnets
    come as `EndpointSubnetsPiece`.
    """

    origin: Origin
    region: str
    thing: NetworkThing


@dataclass(frozen=True, slots=True)
class BlockPiece:
    """A further CIDR block of a VPC or a subnet."""

    origin: Origin
    region: str
    owner: str
    """The VPC's or the subnet's id."""
    cidr: IpNetwork | Unknown


@dataclass(frozen=True, slots=True)
class GatewayPiece:
    """An internet gateway, or an egress-only one."""

    origin: Origin
    region: str
    gateway: Gateway
    egress_only: bool = False


@dataclass(frozen=True, slots=True)
class GatewayAttachmentPiece:
    """An internet gateway that a VPC has."""

    origin: Origin
    region: str
    gateway: str
    vpc: str


@dataclass(frozen=True, slots=True)
class TablePiece:
    """A route table; its ``local`` routes are made by `assemble`."""

    origin: Origin
    region: str
    id: str
    vpc: str
    main: bool = False
    """True for one that takes the place of the VPC's own main table."""


@dataclass(frozen=True, slots=True)
class RoutePiece:
    """A route of a table."""

    origin: Origin
    region: str
    table: str
    route: Route | Unknown


@dataclass(frozen=True, slots=True)
class TableUsePiece:
    """A subnet, or an internet gateway, that a table serves; or the VPC whose main table it is."""

    origin: Origin
    region: str
    table: str
    user: str
    """The id of a subnet, a gateway or a VPC."""


@dataclass(frozen=True, slots=True)
class AclEntryPiece:
    """A numbered rule of a network ACL."""

    origin: Origin
    region: str
    acl: str
    entry: AclEntry | Unknown


@dataclass(frozen=True, slots=True)
class AclUsePiece:
    """A subnet that a network ACL filters."""

    origin: Origin
    region: str
    acl: str
    subnet: str


@dataclass(frozen=True, slots=True)
class GroupRulePiece:
    """A rule of a security group."""

    origin: Origin
    region: str
    group: str
    egress: bool
    rule: GroupRule | Unknown


@dataclass(frozen=True, slots=True)
class EndpointSubnetsPiece:
    """Subnets in which an endpoint has an interface."""

    origin: Origin
    region: str
    endpoint: str
    subnets: Maybe[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class EndpointGroupsPiece:
    """Security groups of an endpoint, beside those that it is declared with."""

    origin: Origin
    region: str
    endpoint: str
    groups: Maybe[tuple[str, ...]]
    instead: bool = False
    """True where they take the place of the VPC's default group."""


@dataclass(frozen=True, slots=True)
class EndpointPolicyPiece:
    """An endpoint's policy as JSON text; None means full access."""

    origin: Origin
    region: str
    endpoint: str
    policy: Maybe[str] | None
    statements: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class EndpointDnsPiece:
    """Whether an endpoint has private DNS, declared apart from it."""

    origin: Origin
    region: str
    endpoint: str
    private: Maybe[bool]


@dataclass(frozen=True, slots=True)
class ZonePiece:
    """A private hosted zone with the VPCs that it is associated with."""

    origin: Origin
    region: str
    id: str
    name: str
    vpcs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordPiece:
    """A record set of a hosted zone."""

    origin: Origin
    region: str
    zone: str
    record: DnsRecord | Unknown


@dataclass(frozen=True, slots=True)
class DhcpPiece:
    """A set of DHCP options; a VPC uses the default set where none is declared for it."""

    origin: Origin
    region: str
    id: str
    servers: tuple[str, ...]
    """The domain name servers: addresses, or ``AmazonProvidedDNS``."""


@dataclass(frozen=True, slots=True)
class DhcpUsePiece:
    """The set of DHCP options that a VPC uses."""

    origin: Origin
    region: str
    options: str
    vpc: str
