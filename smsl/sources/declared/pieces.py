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
    from smsl.sources.declared.network_pieces import (
        AclEntryPiece,
        AclUsePiece,
        BlockPiece,
        DhcpPiece,
        DhcpUsePiece,
        EndpointDnsPiece,
        EndpointGroupsPiece,
        EndpointPolicyPiece,
        EndpointSubnetsPiece,
        GatewayAttachmentPiece,
        GatewayPiece,
        GroupRulePiece,
        NetworkPiece,
        RecordPiece,
        RoutePiece,
        TablePiece,
        TableUsePiece,
        ZonePiece,
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
    "FunctionPiece "
    "| AliasPiece "
    "| RolePiece "
    "| InlinePiece "
    "| ManagedPiece "
    "| AttachedPiece "
    "| ExclusivePiece "
    "| SecretPiece "
    "| ValuePiece "
    "| SecretPolicyPiece "
    "| RotationPiece "
    "| KeyPiece "
    "| KeyPolicyPiece "
    "| KeyAliasPiece "
    "| GrantPiece "
    "| NetworkPiece "
    "| BlockPiece "
    "| GatewayPiece "
    "| GatewayAttachmentPiece "
    "| TablePiece "
    "| RoutePiece "
    "| TableUsePiece "
    "| AclEntryPiece "
    "| AclUsePiece "
    "| GroupRulePiece "
    "| EndpointSubnetsPiece "
    "| EndpointGroupsPiece "
    "| EndpointPolicyPiece "
    "| EndpointDnsPiece "
    "| ZonePiece "
    "| RecordPiece "
    "| DhcpPiece "
    "| DhcpUsePiece "
    "| GonePiece"
)
"""Those of a network are loaded only where something of one is declared."""
