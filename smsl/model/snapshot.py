"""Everything that is known of an account when a function's access to its secrets is judged.

A Snapshot is the same noun whether it was read from a live account, from a capture or from a file. Nothing in it
is the value of a secret: an environment variable is known by what it holds (`smsl.model.variable`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

from smsl.model.arn import parse_arn
from smsl.model.origin import Assumption, Gap, Origin
from smsl.model.policy import Grant, Policy
from smsl.model.standin import called
from smsl.model.suppression import Suppression
from smsl.model.unknown import Maybe, Unknown
from smsl.model.variable import EnvironmentVariable

if TYPE_CHECKING:
    from smsl.model.network import Network  # a function outside a VPC needs none of it, and it is the largest of all


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether Lambda can run the version.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
    """

    state: str
    """``Active``, ``Inactive``, ``Pending`` or ``Failed``."""
    reason: str | None
    """StateReasonCode, such as ``KMSKeyAccessDenied``."""
    last_update: str
    """``Successful``, ``InProgress`` or ``Failed``."""
    last_update_reason: str | None


@dataclass(frozen=True, slots=True)
class Alias:
    """A name for a published version, and the version that takes part of its traffic, if one does."""

    name: str
    version: str
    also: tuple[str, ...] = ()
    """Further versions by weighted routing."""


@dataclass(frozen=True, slots=True)
class Function:
    """One version of a Lambda function: environment, role, layers and VPC belong to a version."""

    arn: str
    """Without a qualifier."""
    name: str
    region: str
    account: str
    asked: str | None
    """The qualifier that was asked for (alias or version); None for a bare name."""
    version: str
    """The version judged: ``$LATEST`` or a number."""
    role: str
    """Key into Snapshot.roles: the execution role's ARN."""
    architecture: str
    """``x86_64`` or ``arm64``."""
    package: str
    """``Zip`` or ``Image``: layers do not apply to an image."""
    runtime: str | None
    timeout: int | None
    """Seconds."""
    readiness: Maybe[Readiness]
    layers: tuple[str, ...]
    """Layer version ARNs, in order."""
    variables: Maybe[tuple[EnvironmentVariable, ...]]
    environment_key: str | None
    """ARN of the customer key that encrypts the environment; None means the AWS-managed key."""
    subnets: tuple[str, ...]
    """Empty outside a VPC."""
    security_groups: tuple[str, ...]
    ipv6_allowed: bool
    snap_start: bool
    aliases: Maybe[tuple[Alias, ...]]

    @property
    def label(self) -> str:
        """``name``, or ``name:qualifier`` where one was asked for."""
        name = called(self.name)
        return name if self.asked is None else f"{name}:{self.asked}"

    @property
    def qualified_arn(self) -> str:
        """The ARN with the qualifier that was asked for."""
        return self.arn if self.asked is None else f"{self.arn}:{self.asked}"


@dataclass(frozen=True, slots=True)
class Role:
    """An execution role with every policy that speaks of it."""

    arn: str
    name: str
    account: str
    unique_id: str | None
    trust: Maybe[Policy]
    inline: Maybe[tuple[Policy | Unknown, ...]]
    attached: Maybe[tuple[Policy | Unknown, ...]]
    boundary: Maybe[Policy] | None
    """None means that the role has no permissions boundary."""
    boundary_arn: str | None = None
    boundary_version: str | None = None
    """The version of the boundary's policy that is in force: ``v1``."""
    tags: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def identity(self) -> tuple[Policy | Unknown, ...]:
        """All identity policies; a list that could not be read stands as one unknown document."""
        inline = (self.inline,) if isinstance(self.inline, Unknown) else self.inline
        attached = (self.attached,) if isinstance(self.attached, Unknown) else self.attached
        return (*inline, *attached)


@dataclass(frozen=True, slots=True)
class Principal:
    """A role or a user of the account, as one who may read what is not meant for it.

    Service-linked roles are none: only the AWS service that owns such a role can take it.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
    """

    arn: str
    name: str
    kind: Literal["role", "user"]
    account: str
    unique_id: str | None
    identity: tuple[Policy | Unknown, ...]
    """Inline and attached policies, those of a user's groups included."""
    boundary: Policy | Unknown | None
    """None means that there is no permissions boundary."""
    tags: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class SecretVersion:
    """A version of a secret: its stages and the keys that encrypt it, never its value."""

    id: str
    stages: tuple[str, ...]
    keys: tuple[str, ...] = ()
    """KmsKeyIds, newest last; empty where ListSecretVersionIds did not say."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """How a secret rotates."""

    enabled: bool
    every_days: float | None
    """None when the schedule is not a number of days."""
    last: datetime | None
    next: datetime | None


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret's facts. Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html."""

    arn: str
    name: str
    region: str
    account: str
    key: str | None
    """As DescribeSecret names it (id, ARN or alias ARN), key into Snapshot.keys; None means ``aws/secretsmanager``."""
    deleted: datetime | None
    """When its deletion was planned; None when it is not."""
    versions: Maybe[tuple[SecretVersion, ...]]
    rotation: Rotation
    policy: Maybe[Policy] | None
    """None means that it has no resource policy."""
    primary_region: str | None
    replicas: Maybe[tuple[str, ...]]
    """Regions that hold a replica."""
    tags: Mapping[str, str] = field(default_factory=dict, repr=False)
    assumed: bool = False
    """Named here and declared elsewhere: that it is there with a value is assumed, and what it lacks."""

    @property
    def current(self) -> Maybe[SecretVersion] | None:
        """The version that carries AWSCURRENT; None when there is none."""
        if isinstance(self.versions, Unknown):
            return self.versions
        return next((version for version in self.versions if "AWSCURRENT" in version.stages), None)


@dataclass(frozen=True, slots=True)
class Absent:
    """Secrets Manager answered that no such secret exists here."""


@dataclass(frozen=True, slots=True, order=True)
class SecretId:
    """What a function passes as SecretId, and the region whose Secrets Manager it asks."""

    region: str
    text: str
    """An ARN or a name."""


SecretFact: TypeAlias = Secret | Absent | Unknown


@dataclass(frozen=True, slots=True)
class Key:
    """A KMS key."""

    arn: str
    id: str
    account: str
    region: str
    manager: str
    """``AWS`` or ``CUSTOMER``."""
    state: str
    """``Enabled``, ``Disabled``, ``PendingDeletion``, ``PendingImport``, ``Unavailable``, ..."""
    policy: Maybe[Policy]
    grants: Maybe[tuple[Grant, ...]]


@dataclass(frozen=True, slots=True)
class Organization:
    """The policies of AWS Organizations that reach the account."""

    scps: Maybe[tuple[tuple[Policy | Unknown, ...], ...]]
    """Levels from the root to the account; empty when the account is in no organization."""
    rcps: Maybe[tuple[tuple[Policy | Unknown, ...], ...]]
    id: str | None = None
    management_account: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a Snapshot came from."""

    kind: str
    """``live``, ``capture``, ``lab``, ``plan`` or ``template``."""
    account: str | None
    region: str | None
    calls: int = 0
    seconds: float = 0.0


OriginKey: TypeAlias = tuple[str, ...]
"""What is written down somewhere: ``(id or ARN,)``, ``("variable", function, name)``, ``("layer", function, layer)``,
``("policy", name)``, ``("statement", policy, place from 0)``."""

NOT_ASKED = Unknown("the roles and users of the account were not asked for", ("--notes",))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All the facts of one audit."""

    source: Source
    taken_at: datetime
    """What dates, planned deletions and rotation are judged against."""
    functions: tuple[Function, ...]
    roles: Mapping[str, Maybe[Role]]
    """By ARN."""
    secrets: Mapping[SecretId, SecretFact]
    """By what names them, and by their own ARN."""
    keys: Mapping[str, Maybe[Key]]
    """By what a secret calls them, and by their own ARN."""
    networks: Mapping[str, Network]
    """By region."""
    organizations: Mapping[str, Organization]
    """By account."""
    extra_secrets: tuple[str, ...] = ()
    """What ``--secret`` names, for every function."""
    latest_layers: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(region, architecture) to the ARN of the newest extension layer, where it was asked."""
    principals: Maybe[tuple[Principal, ...]] = NOT_ASKED
    """All of the account that the functions are in."""
    gaps: tuple[Gap, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    origins: Mapping[OriginKey, Origin] = field(default_factory=dict)
    """Where things are written down; empty for what was read from an account."""
    tables: Mapping[str, str] = field(default_factory=dict)
    """The date of each shipped table that facts were taken from."""
    suppressions: tuple[Suppression, ...] = ()
    """Inline and in metadata: those that stand in the files that were read."""


def find_secret(snapshot: Snapshot, region: str, text: str) -> SecretFact:
    """Return the secret that `text` (a name, an ARN or an ARN without its suffix) names in a region.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
    """
    fact = snapshot.secrets.get(SecretId(region, text))
    if fact is not None:
        return fact
    arn = parse_arn(text)
    if arn is not None and arn.region != region:
        return find_secret(snapshot, arn.region, text)
    return Unknown(f"secret {text} was not read", ("secretsmanager:DescribeSecret",))
