"""What is asked, and the policies it is asked of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from smsl.model.policy import Grant, Policy
from smsl.model.unknown import Maybe, Unknown

ContextValue: TypeAlias = str | tuple[str, ...] | Unknown
"""Text is single-valued, a tuple multivalued, Unknown not known; a key that is absent is not in the mapping."""
Document: TypeAlias = Policy | Unknown
Level: TypeAlias = tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """One action by one principal on one resource."""

    principal: str
    """The caller's ARN (for a function its session's), or a service's principal name."""
    action: str
    resource: str
    """An ARN; with ``*`` and ``?`` it stands for every resource that it matches."""
    resource_account: str | None = None
    """The account of the resource; None: the one in its ARN, or the caller's if it has none there."""
    context: Mapping[str, ContextValue] = field(default_factory=lambda: MappingProxyType({}))
    """Condition keys, by name in any case. ``aws:PrincipalArn`` is the role's ARN with its path."""


@dataclass(frozen=True, slots=True)
class Policies:
    """Every policy that has a say. An Unknown document is there and may say anything."""

    identity: tuple[Document, ...] = ()
    resource: Document | None = None
    """The secret's policy, the key's policy, the role's trust policy; None when there is none."""
    boundaries: tuple[Document, ...] = ()
    """Every one of them must allow."""
    session: Document | None = None
    scps: tuple[Level, ...] = ()
    """Levels from the root down to the principal's account; empty when none are in play."""
    rcps: tuple[Level, ...] = ()
    """Levels from the root down to the resource's account; empty when none are in play."""
    vpc_endpoint: Document | None = None
    """None when the request passes no endpoint, or its policy allows all."""
    grants: Maybe[tuple[Grant, ...]] = ()
    """The grants on the key that is asked about."""
    principal_is_management_account: Maybe[bool] = False
    resource_in_management_account: Maybe[bool] = False
    key_manager: Literal["AWS", "CUSTOMER"] | Unknown | None = None
    """Who manages the key; None when not said, which is read as the customer."""
