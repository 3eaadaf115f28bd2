"""Rules, findings and fixes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, Literal

from smsl.model.origin import Origin
from smsl.model.suppression import SuppressionKind


class Severity(IntEnum):
    """How much a finding matters, in the order of ``--fail-on``."""

    LOW = 1
    """Cost and hygiene."""
    MEDIUM = 2
    """Wider or frailer than needed."""
    HIGH = 3
    """A secret is exposed, or some invocations fail."""
    CRITICAL = 4
    """The function cannot read its secret now, or a secret is open to the public."""

    def __str__(self) -> str:
        return self.name.lower()


class Confidence(StrEnum):
    """How sure a finding is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Area(StrEnum):
    """What a rule inspects, in the words of ``--only``."""

    FUNCTION = "function"
    LAYER = "layer"
    ROLE = "role"
    SECRET = "secret"
    KMS = "kms"
    NETWORK = "network"
    ENV = "env"


@dataclass(frozen=True, slots=True)
class Rule:
    """A fault that smsl can find; its id is its file, its test, its docs heading and its SARIF id."""

    id: str
    area: Area
    severity: Severity
    title: str
    doc: str
    """The check's docstring: what it means, why, how to fix it, the source."""
    preview: bool = False
    """Whether it is new: its findings are shown and fail no gate, unless previews are asked for."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change to an account, as data: an AWS operation with its parameters, or an edit of a fetched document."""

    service: str
    """As the AWS CLI spells it: ``iam``, ``kms``, ``ec2``."""
    operation: str
    """As the API spells it: ``PutRolePolicy``."""
    parameters: Mapping[str, Any]
    region: str | None = None
    """None for a global service."""
    edit: Edit | None = None
    """Set when the operation replaces a whole document: it is fetched and edited first."""
    bind: str | None = None
    """The shell variable that keeps what `query` selects from the answer, for later steps as ``$NAME``."""
    query: str | None = None
    """JMESPath into the operation's answer."""
    stdin: str | None = None
    """The parameter that is read from standard input, so that no value stands on a command line."""
    move: Move | None = None
    """Set when the value is that of a function's variable: it goes through a pipe, past eyes and files."""


@dataclass(frozen=True, slots=True)
class Move:
    """A variable whose value goes to a secret, while another variable names the secret."""

    function: str
    """ARN, so that no function of another account is meant."""
    variable: str
    reference: str
    """The variable that names the secret."""
    secret: str
    """The secret's name."""
    part: Literal["store", "name", "take", "back"]
    """Store the value as a secret; name the secret beside the variable; take the variable away; and all of it back."""


@dataclass(frozen=True, slots=True)
class Edit:
    """How a fetched document becomes the new one."""

    service: str
    fetch: str
    """The operation that answers with the document."""
    fetch_parameters: Mapping[str, Any]
    fetch_query: str
    """JMESPath to the document in the answer."""
    parameter: str
    """The parameter of the step's operation that takes the edited document; empty when it takes the document away."""
    add: Mapping[str, Any] | None = None
    """A statement to append."""
    drop_index: int | None = None
    """The index of a statement to leave out."""
    expects: int | None = None
    """How many statements there were when the index was read: with another number, nothing is changed."""
    swap: tuple[str, str] | None = None
    """For a document that is a list of strings: the member to replace, and what takes its place."""
    file: str = "policy"
    """A stem for the file that keeps the document as it was."""


class Dialect(StrEnum):
    """What a fix is written in, in the words of ``--fix-as``."""

    AWSCLI = "awscli"
    TERRAFORM = "terraform"
    CLOUDFORMATION = "cloudformation"


@dataclass(frozen=True, slots=True)
class Fix:
    """What to change, in steps that are data, and what it turns."""

    summary: str
    """One line: what the steps do, and what they leave alone."""
    steps: tuple[Step, ...] = ()
    """Empty where no command is safe to propose; the summary then says who can act."""
    undo: tuple[Step, ...] = ()
    """Empty where there is no way back; `no_undo` then says why."""
    no_undo: str = ""
    turns: str | None = None
    """The verdict of the access after the steps, as assessed again."""
    notes: tuple[str, ...] = ()
    """Words of warning: who owns the resource, what it costs."""
    ways: tuple[str, ...] = ()
    """Ways to go on from there, of which one is to be chosen: how the code reads the secret."""
    later: tuple[Step, ...] = ()
    """What is safe only once the deployed code goes one of those ways."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault in one place."""

    rule: Rule
    function: str
    """ARN of the function, with its qualifier where one was asked for."""
    resource: str
    """ARN or id of what is at fault."""
    message: str
    because: tuple[str, ...] = ()
    """The statements or hops it stands on, one line each."""
    confidence: Confidence = Confidence.HIGH
    location: Origin | None = None
    """Where the fault is written down; None for a live resource."""
    related: tuple[Origin, ...] = ()
    """Where else something of it is written down: the function, what the policy belongs to."""
    fix: Fix | None = None
    detail: str = ""
    """What is wrong, for the fingerprint: never a line number, never anything derived from a value."""
    secret: str | None = None
    """The secret concerned, where there is one."""
    variable: str = ""
    """The environment variable concerned, where there is one."""
    statements: tuple[tuple[str, int], ...] = ()
    """The policy statements at fault, the first the nearest: the policy's name and the statement's place, from 0."""
    suppressed: str | None = None
    """The reason of the suppression."""
    suppressed_by: SuppressionKind | None = None
    """Where that is written."""
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """The severity of its rule."""
        return self.rule.severity
