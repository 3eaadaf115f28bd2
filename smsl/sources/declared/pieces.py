"""The pieces that a plan or a template declares.

A resource of AWS may be declared whole or in parts (a security group and its rules, a role and its policies), and each
language parts it in its own way: readers yield these pieces, in any order, and `assemble` puts them together.

Texts may hold the stand-ins of `smsl.model.standin`. What names another resource is that resource's id or ARN, as its
own piece gives it, so that a reference and what it refers to are the same text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from smsl.model.origin import Origin
from smsl.model.policy import Grant, Policy
from smsl.model.snapshot import Alias, Rotation
from smsl.model.unknown import Maybe, Unknown

if TYPE_CHECKING:
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


@dataclass(frozen=True, slots=True)
class FunctionPiece:
    """A Lambda function as it will be: ``$LATEST``."""

    origin: Origin
    arn: str
    """Without a qualifier."""
    name: str
    region: str
    account: str
    role: str
    """The execution role's ARN."""
    architecture: str = "x86_64"
    package: str = "Zip"
    """``Zip`` or ``Image``."""
    runtime: str | None = None
    timeout: int | None = 3
    """Seconds; None where it is not known."""
    layers: tuple[str, ...] = ()
    environment: Maybe[Mapping[str, str | Unknown]] = field(default_factory=dict, repr=False)
    """Variables with their values. The values end here: what is assembled of them is what they hold."""
    variables: Mapping[str, Origin] = field(default_factory=dict)
    """Where each variable stands, where that is not the function's own origin."""
    places: Mapping[str, Origin] = field(default_factory=dict)
    """Where else the function's members stand: ``layers``, ``role``, ``timeout``, ``vpc``, ``architecture``."""
    environment_key: str | None = None
    subnets: Maybe[tuple[str, ...]] = ()
    security_groups: Maybe[tuple[str, ...]] = ()
    ipv6_allowed: bool = False
    snap_start: bool = False


@dataclass(frozen=True, slots=True)
class AliasPiece:
    """An alias of a function, and the version that it serves."""

    origin: Origin
    function: str
    """The function's ARN or name."""
    alias: Alias
    """Its version: ``$LATEST``, a number, or a stand-in for one that is published by this deployment, which is then
    the same as what is declared."""


@dataclass(frozen=True, slots=True)
class RolePiece:
    """A role without its policies."""

    origin: Origin
    arn: str
    name: str
    account: str
    trust: Policy | Unknown
    """Named ``trust policy``."""
    boundary: str | None = None
    """The ARN of the managed policy that bounds it."""
    tags: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class InlinePiece:
    """An inline policy of a role."""

    origin: Origin
    role: str
    """The role's name or ARN."""
    policy: Policy | Unknown
    """Named ``ROLE, inline "NAME"``."""
    statements: tuple[Origin, ...] = ()
    """Where each statement stands, where that is known."""


@dataclass(frozen=True, slots=True)
class ManagedPiece:
    """A customer managed policy."""

    origin: Origin
    arn: str
    policy: Policy | Unknown
    """Named ``managed NAME``."""
    statements: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class AttachedPiece:
    """A managed policy, of the customer or of AWS, attached to a role."""

    origin: Origin
    role: str
    """The role's name or ARN."""
    arn: str


@dataclass(frozen=True, slots=True)
class ExclusivePiece:
    """A role's policies of a kind are those that are declared, and no others that an account under it may have."""

    origin: Origin
    role: str
    kind: Literal["inline", "attached"]


@dataclass(frozen=True, slots=True)
class SecretPiece:
    """A secret without its policy."""

    origin: Origin
    arn: str
    """Ends in `standin.SUFFIX` before it is drawn."""
    name: str
    region: str
    account: str
    key: str | None = None
    """As it is declared: id, ARN, alias name or alias ARN; None means ``aws/secretsmanager``."""
    valued: bool = False
    """Whether it is declared with a value."""
    stands: bool = False
    """Whether it is there already, so that it may have a value that nothing here declares."""
    replicas: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class ValuePiece:
    """A version of a secret that carries AWSCURRENT; never its value."""

    origin: Origin
    secret: str
    """The secret's ARN or name."""


@dataclass(frozen=True, slots=True)
class SecretPolicyPiece:
    """A secret's resource policy."""

    origin: Origin
    secret: str
    policy: Policy | Unknown
    """Named ``resource policy of NAME``."""
    statements: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class RotationPiece:
    """A secret's rotation."""

    origin: Origin
    secret: str
    rotation: Rotation


@dataclass(frozen=True, slots=True)
class KeyPiece:
    """A KMS key of the customer."""

    origin: Origin
    arn: str
    id: str
    account: str
    region: str
    state: str = "Enabled"
    policy: Policy | Unknown | None = None
    """Named ``key policy of ID``; None means the default policy, which trusts the account."""
    statements: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyPolicyPiece:
    """A key's policy that is declared apart from it."""

    origin: Origin
    key: str
    """The key's id or ARN."""
    policy: Policy | Unknown
    statements: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyAliasPiece:
    """Another name of a key."""

    origin: Origin
    name: str
    """``alias/NAME``."""
    arn: str
    key: str
    """The key's id or ARN."""


@dataclass(frozen=True, slots=True)
class GrantPiece:
    """A grant on a key."""

    origin: Origin
    key: str
    grant: Grant


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


@dataclass(frozen=True, slots=True)
class GonePiece:
    """What this deployment deletes: an account under it still has it."""

    origin: Origin
    kind: Literal["function", "role", "inline", "attached", "policy", "secret", "key", "network"]
    id: str
    """ARN or id; for a policy of a role, the role's name."""
    name: str = ""
    """For an inline policy its name, for an attached one its ARN."""
    region: str = ""


Piece: TypeAlias = (
    FunctionPiece
    | AliasPiece
    | RolePiece
    | InlinePiece
    | ManagedPiece
    | AttachedPiece
    | ExclusivePiece
    | SecretPiece
    | ValuePiece
    | SecretPolicyPiece
    | RotationPiece
    | KeyPiece
    | KeyPolicyPiece
    | KeyAliasPiece
    | GrantPiece
    | NetworkPiece
    | BlockPiece
    | GatewayPiece
    | GatewayAttachmentPiece
    | TablePiece
    | RoutePiece
    | TableUsePiece
    | AclEntryPiece
    | AclUsePiece
    | GroupRulePiece
    | EndpointSubnetsPiece
    | EndpointGroupsPiece
    | EndpointPolicyPiece
    | EndpointDnsPiece
    | ZonePiece
    | RecordPiece
    | DhcpPiece
    | DhcpUsePiece
    | GonePiece
)
