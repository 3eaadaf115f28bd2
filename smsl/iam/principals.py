"""Who calls, and whom a statement names.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from smsl.iam.match import ANY, literal, overlaps
from smsl.iam.situation import Situation
from smsl.iam.truth import Truth, all_of, any_of, either, negate
from smsl.model.arn import parse_arn
from smsl.model.policy import PrincipalEntry, Statement
from smsl.model.standin import as_pattern, causes, is_unsettled
from smsl.model.unknown import Unknown

_PRINCIPAL_ARN = "aws:principalarn"
_SERVICE = re.compile(r"[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|aws\.internal)")


@dataclass(frozen=True, slots=True)
class Caller:
    """The principal of a request."""

    name: str
    """Its ARN, or a service's principal name."""
    kind: Literal["session", "role", "user", "root", "service", "other"]
    account: str | None
    role: str | None
    """The name of its role, without path."""
    role_arn: str | Unknown | None
    """The role's ARN with its path; None: not told, so that only the path is unknown. Unset for other kinds."""


@dataclass(frozen=True, slots=True)
class Naming:
    """How a statement names the caller; what a grant escapes depends on it."""

    directly: Truth = False
    """As a user, a session, a service, or as anyone."""
    as_role: Truth = False
    by_account: Truth = False

    @property
    def at_all(self) -> Truth:
        """Whether it names the caller in any of these ways."""
        if self.directly is True:
            return True
        return any_of((self.directly, self.as_role, self.by_account))


def caller_of(principal: str, situation: Situation) -> Caller:
    """Return the caller of a request; its role's path comes from the key ``aws:PrincipalArn``."""
    told = situation.keys.get(_PRINCIPAL_ARN)
    return _caller(principal, None if isinstance(told, tuple) else told)


@lru_cache(maxsize=4096)
def _caller(principal: str, role_arn: str | Unknown | None) -> Caller:
    arn = parse_arn(principal)
    if arn is None:
        kind: Literal["service", "other"] = "service" if _SERVICE.fullmatch(principal) else "other"
        return Caller(principal, kind, None, None, None)
    word, _, rest = arn.resource.partition("/")
    if arn.service == "sts" and word == "assumed-role" and "/" in rest:
        return Caller(principal, "session", arn.account, rest.partition("/")[0], role_arn)
    if arn.service == "iam" and word == "role":
        return Caller(principal, "role", arn.account, arn.resource.rpartition("/")[2], principal)
    if arn.service == "iam" and word in ("user", "root"):
        return Caller(principal, "user" if word == "user" else "root", arn.account, None, None)
    return Caller(principal, "other", arn.account, None, None)


def is_service_linked(caller: Caller) -> bool:
    """Return whether the caller acts under a service-linked role, whose name is reserved for such roles."""
    return caller.role is not None and caller.role.startswith("AWSServiceRoleFor")


def naming(entries: Iterable[PrincipalEntry], caller: Caller, situation: Situation) -> Naming:
    """Return how a Principal element names the caller."""
    directly: list[Truth] = []
    as_role: list[Truth] = []
    by_account: list[Truth] = []
    for entry in entries:
        if entry.type == "Service":
            directly.append(caller.kind == "service" and entry.value == caller.name)
        elif entry.type == "AWS" and entry.value == "*":
            directly.append(True)
        elif entry.type == "AWS" and (account := _account_of(entry.value, caller)) is not None:
            named: Truth = account == caller.account
            if named is False and is_unsettled(f"{account}{caller.account}"):
                named = Unknown(f"hangs on {', '.join(causes(account))}", causes(account))
            (directly if caller.kind == "root" else by_account).append(named)
        elif entry.type == "AWS" and entry.value == caller.name and caller.kind != "role":
            directly.append(True)
        elif entry.type == "AWS":
            as_role.append(is_role_of(entry.value, caller, situation))
            if as_role[-1] is False and is_unsettled(f"{entry.value}{caller.name}{caller.role_arn}"):
                as_role[-1] = _may_be(entry.value, caller)
    return Naming(any_of(directly), any_of(as_role), any_of(by_account))


def is_role_of(named: str, caller: Caller, situation: Situation) -> Truth:
    """Return whether an ARN is that of the caller's role, path included."""
    if caller.role is None:
        return False
    if isinstance(caller.role_arn, str):
        return named == caller.role_arn
    arn = parse_arn(named)
    if arn is None or arn.service != "iam" or arn.account != caller.account:
        return False
    if not arn.resource.startswith("role/") or arn.resource.rpartition("/")[2] != caller.role:
        return False
    # A name is unique in its account, so only the path is open; most roles have none.
    if caller.role_arn is None and arn.resource == f"role/{caller.role}":
        return True
    return situation.unsettled(("role", named), (_PRINCIPAL_ARN,))


def _may_be(named: str, caller: Caller) -> Truth:
    """Return whether a principal of which a part is settled at deployment may be the caller's role or account."""
    own = [caller.name, *([caller.role_arn] if isinstance(caller.role_arn, str) else []), str(caller.account)]
    wide = as_pattern(literal(named), ANY)
    if not any(overlaps(wide, as_pattern(literal(text), ANY)) for text in own):
        return False
    needs = causes(f"{named} {caller.name} {caller.role_arn}")
    return Unknown(f"hangs on {', '.join(needs)}", needs)


def is_named(statement: Statement, caller: Caller, situation: Situation, *, bounded: Truth) -> Naming:
    """Return how a statement of a resource-based policy names the caller.

    Args:
        statement: Its Principal or NotPrincipal is read; with neither it names nobody.
        caller: The principal of the request.
        situation: Where suppositions are kept.
        bounded: Whether the caller has a permissions boundary.
    """
    if statement.principals is not None:
        return naming(statement.principals, caller, situation)
    if statement.not_principals is None:
        return Naming()
    listed = naming(statement.not_principals, caller, situation)
    # A role is spared for sure only when its account is listed beside it: which of the two is enough is not told.
    itself = any_of((listed.directly, listed.as_role))
    spared_at_most = any_of((itself, listed.by_account))
    anyone = any(entry.value == "*" for entry in statement.not_principals)
    whole = caller.kind in ("root", "service") or anyone
    spared_at_least = itself if whole else all_of((itself, listed.by_account))
    silent = Unknown("NotPrincipal lists the caller or its account, not both")
    spared = either(spared_at_least, spared_at_most, silent)
    if statement.effect == "Allow":
        # NotPrincipal is documented with Deny only.
        return Naming() if spared is True else Naming(Unknown("NotPrincipal stands with Allow"))
    # It denies whoever has a boundary, whatever it lists:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    return Naming(any_of((bounded, negate(spared))))


def _account_of(value: str, caller: Caller) -> str | None:
    """The account that an entry stands for as a whole: its id or its root's ARN."""
    if (value.isdecimal() and len(value) == 12) or value == caller.account:
        return value
    arn = parse_arn(value)
    return arn.account if arn is not None and arn.service == "iam" and arn.resource == "root" else None
