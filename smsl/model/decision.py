"""What IAM decides about one request, and the statements it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from smsl.model.unknown import Answer


class Layer(StrEnum):
    """A kind of policy, in the order in which AWS checks them.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
    """

    RESOURCE_CONTROL_POLICY = "RESOURCE_CONTROL_POLICY"
    SERVICE_CONTROL_POLICY = "SERVICE_CONTROL_POLICY"
    VPC_ENDPOINT = "VPC_ENDPOINT"
    RESOURCE = "RESOURCE"
    PRINCIPAL = "PRINCIPAL"
    PERMISSIONS_BOUNDARY = "PERMISSIONS_BOUNDARY"
    SESSION = "SESSION"


class Effect(StrEnum):
    """What one layer does to a request."""

    ALLOW = "ALLOW"
    NO_IMPACT = "NO_IMPACT"
    IMPLICIT_DENY = "IMPLICIT_DENY"
    EXPLICIT_DENY = "EXPLICIT_DENY"
    UNKNOWN = "UNKNOWN"


class Result(StrEnum):
    """The verdict on a request."""

    ALLOWED = "Allowed"
    IMPLICITLY_DENIED = "ImplicitlyDenied"
    EXPLICITLY_DENIED = "ExplicitlyDenied"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Because:
    """A statement that decided."""

    layer: Layer
    policy: str
    """The policy's name, or ``grant ID`` for a KMS grant."""
    statement: int
    """Place in the policy's list of statements, from 0."""
    sid: str | None
    effect: Literal["Allow", "Deny"]


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An Allow that did not apply, and the first of its elements that stood in the way."""

    layer: Layer
    policy: str
    statement: int
    """Place in the policy's list of statements, from 0."""
    sid: str | None
    element: str
    """``Action``, ``Resource``, ``Principal``, or ``Condition KEY OPERATOR``."""
    wanted: str
    """What the statement asks for, as written."""
    actual: str | None
    """What the request has; None when it has nothing there, or it is not known."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict on a request, each layer's effect, and why."""

    result: Result
    """Implicitly denied also stands for a request that is surely denied and perhaps explicitly."""
    layers: Mapping[Layer, Effect]
    because: tuple[Because, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    """The closest first."""
    needs: tuple[str, ...] = ()
    """What an unknown verdict hangs on: context keys, ``resource``, or what unreadable documents need."""
    delegates: bool | None = None
    """Whether the key policy lets IAM policies decide; None when no key is asked about, or it is not known."""

    @property
    def answer(self) -> Answer:
        """The verdict as yes, no or unknown."""
        match self.result:
            case Result.ALLOWED:
                return Answer.YES
            case Result.UNKNOWN:
                return Answer.UNKNOWN
            case _:
                return Answer.NO
