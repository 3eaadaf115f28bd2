"""What `assess` concluded: the questions that the checks judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from smsl.model.decision import Decision
from smsl.model.origin import Basis
from smsl.model.reach import Reach
from smsl.model.snapshot import Function, Role, SecretFact, Snapshot
from smsl.model.unknown import Maybe


class Verdict(StrEnum):
    """Whether a function can read a secret; a function's verdict is the worst of its wanted accesses."""

    BLOCKED = "blocked"
    INTERMITTENT = "intermittent"
    UNKNOWN = "unknown"
    READABLE = "readable"
    NO_SECRET_NAMED = "no-secret-named"


class WantedFrom(StrEnum):
    """Where it is known from that a function wants a secret."""

    VARIABLE = "environment variable"
    OPTION = "--secret"
    STATEMENT = "role statement"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A secret that a function's configuration names."""

    text: str
    """The name or ARN, as it is named."""
    source: WantedFrom
    by: str
    """The variable's name, ``--secret``, or the policy and statement."""
    basis: Basis


@dataclass(frozen=True, slots=True)
class Blocker:
    """One layer that stands in the way of an access."""

    layer: str
    """In the order and words of the design: ``security_group``, ``identity_policy``, ``kms_permission``, ..."""
    message: str
    """One line for the reader, with the names of what is at fault."""
    resource: str
    """ARN or id of what is at fault."""
    code: str | None = None
    """The network's code, or a finer cause: ``suffix``, ``via-service``."""


@dataclass(frozen=True, slots=True)
class Access:
    """One function and one secret: the network, the read and the decrypt, in one answer."""

    function: Function
    secret: SecretFact
    wanted: Wanted
    role: Maybe[Role]
    read: Decision | None
    """None when the question does not arise (no such secret)."""
    decrypt: Decision | None
    """None when the AWS-managed key of the same account decrypts, or there is nothing to decrypt."""
    key_arn: str | None
    reach: Reach | None
    """None outside a VPC."""
    verdict: Verdict
    blockers: tuple[Blocker, ...]
    """All blocking layers, in the order in which a real call meets them."""
    unknowns: tuple[str, ...]
    """What the verdict hangs on when it is unknown, in words."""
    needs: tuple[str, ...]
    basis: Mapping[str, Basis] = field(default_factory=dict)
    """By question: ``network``, ``read``, ``decrypt``, ``secret``, ``wanted``."""

    @property
    def blocked_by(self) -> tuple[str, ...]:
        """The blocking layers' names, each once."""
        return tuple(dict.fromkeys(blocker.layer for blocker in self.blockers))

    @property
    def question(self) -> str | None:
        """The first question that is answered with no: ``network``, ``read`` or ``decrypt``; None when readable."""
        if not self.blockers:
            return None
        layer = self.blockers[0].layer
        if layer in {"dns", "endpoint_state", "route", "security_group", "network_acl"}:
            return "network"
        if layer.startswith(("kms:", "key_", "kms_")):
            return "decrypt"
        return "read"


@dataclass(frozen=True, slots=True)
class ExtensionUse:
    """The AWS Parameters and Secrets Lambda Extension in a function's layers."""

    layer: str
    region: str
    architecture: str
    """The one that the layer is built for."""
    version: int
    latest: int | None
    """The newest version known for the region and architecture; None where neither the account nor the table says."""
    latest_from: str
    """``public parameter`` or the date of the table."""
    replacement: str | None
    """The layer's ARN for the function's own architecture and region, in the newest known version."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A role or user that can read something, or may."""

    name: str
    kind: Literal["role", "user"]
    policies: tuple[str, ...]
    """The policies that allow it, as a report names them."""


@dataclass(frozen=True, slots=True)
class Readers:
    """Who of an account can read a function's environment, or a secret's value."""

    able: tuple[Reader, ...]
    perhaps: tuple[Reader, ...]
    """Those for whom it hangs on what is not known."""
    needs: tuple[str, ...]
    """What it hangs on for those: condition keys, or what would let a policy be read."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One function with all that was concluded of it."""

    function: Function
    verdict: Verdict
    wanted_from: str
    """One line: where the wanted secrets come from, or why there are none."""
    complete: bool
    """True when the set of wanted secrets is known to be complete."""
    accesses: tuple[Access, ...]
    extension: ExtensionUse | None
    readable: tuple[str, ...] = ()
    """What its role may read by name or pattern, for `no-secret-named`."""
    served_elsewhere: tuple[str, ...] = ()
    """Aliases that serve another version than the one judged."""
    readers: Maybe[Readers] | None = None
    """Who can read its environment; None where that holds no secret in plain text."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All conclusions of one audit."""

    snapshot: Snapshot
    subjects: tuple[Subject, ...]
    secret_readers: Mapping[str, Readers] = field(default_factory=dict)
    """By the ARN of a wanted secret, where the roles and users of its account were read."""

    @property
    def accesses(self) -> tuple[Access, ...]:
        """The accesses of all functions."""
        return tuple(access for subject in self.subjects for access in subject.accesses)
