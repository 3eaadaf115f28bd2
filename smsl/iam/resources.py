"""Resources: the Resource and NotResource elements against what the request is about.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache, partial

from smsl.iam.match import ANY, compile_wildcards, covers, has_wildcards, is_everything, overlaps
from smsl.iam.situation import Situation
from smsl.iam.truth import Truth
from smsl.iam.variables import value_matches
from smsl.model.standin import as_pattern, causes, is_unsettled
from smsl.model.unknown import Unknown

_PARTS = 6
_TYPE = re.compile(r"[^:/]*")
_TYPED_SERVICES = frozenset(
    {"secretsmanager", "kms", "lambda", "iam", "sts", "ssm", "logs", "dynamodb", "ecs", "rds", "states"}
)
"""Services whose ARNs name a type of resource after the account: ``secret:``, ``key/``."""
_ACCOUNT_WIDE = frozenset(
    f"{service}:{action}"
    for service, actions in {
        "secretsmanager": "batchgetsecretvalue listsecrets getrandompassword",
        "kms": "createkey listkeys listaliases generaterandom createcustomkeystore describecustomkeystores "
        "connectcustomkeystore disconnectcustomkeystore deletecustomkeystore updatecustomkeystore",
        "lambda": "listfunctions listlayers listcodesigningconfigs getaccountsettings",
    }.items()
    for action in actions.split()
)
"""Actions about no single resource: a statement covers them by ``*`` only.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html,
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html,
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
"""


@dataclass(frozen=True, slots=True)
class Target:
    """What the request is about: one resource, or all that a pattern stands for."""

    text: str
    """As a compiled pattern."""
    parts: tuple[str, ...]
    """The six parts of an ARN, else the whole text alone."""
    patterned: bool
    account_wide: bool
    """The action is about no single resource."""
    open: bool = False
    """A part of it may be anything."""


@lru_cache(maxsize=16384)
def target_of(action: str, resource: str) -> Target:
    """Return the target of an action in lower case on a resource as written in the request."""
    if is_account_wide(action):
        return Target(ANY, (ANY,), patterned=False, account_wide=True)
    compiled = compile_wildcards(resource)
    parts = tuple(compiled.split(":", _PARTS - 1))
    whole = parts if len(parts) == _PARTS else (compiled,)
    return Target(compiled, whole, patterned=has_wildcards(compiled), account_wide=False, open=is_unsettled(resource))


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of a Resource element, made ready."""

    pattern: str
    """The whole of it, compiled."""
    everything: bool
    open: bool
    """A part of it may be anything."""
    head: tuple[str, ...]
    """The five parts before the resource, compiled; all but the last part of a shorter entry."""
    last: str
    """The last part as written."""
    compiled: str
    """The last part, compiled."""


@lru_cache(maxsize=65536)
def _entry_of(written: str) -> _Entry:
    pattern = compile_wildcards(written)
    *head, last = written.split(":", _PARTS - 1)
    compiled = tuple(compile_wildcards(part) for part in head)
    everything = is_everything(pattern)
    return _Entry(pattern, everything, is_unsettled(written), compiled, last, compile_wildcards(last))


def is_account_wide(action: str) -> bool:
    """Return whether an action in lower case is about no single resource."""
    return action in _ACCOUNT_WIDE


def covers_resource(written: str, target: Target, situation: Situation, *, variables: bool) -> Truth:
    """Return whether one entry of a Resource element covers the target; Unknown if it covers a part of it.

    Args:
        written: The entry as the policy writes it.
        target: What the request is about.
        situation: Where variables find their values.
        variables: Whether the policy's version has variables.
    """
    entry = _entry_of(written)
    if entry.everything:
        return True
    if target.account_wide:
        return False
    if entry.open or target.open:
        return _covers_openly(written, entry.pattern, target.text)
    whole = len(entry.head) == _PARTS - 1
    if not whole or len(target.parts) < _PARTS:
        return _unequal_shapes(written, entry.pattern, target, situation, whole=whole)
    test = ("Resource", written, target.text)
    if variables and "${" in entry.last:
        # Only behind the fifth colon are variables replaced.
        matches = partial(_covers_parts, entry.head, target=target, situation=situation, test=test)
        return value_matches(entry.last, situation, test, matches=matches)
    return _covers_parts(entry.head, entry.compiled, target=target, situation=situation, test=test)


def _covers_openly(written: str, pattern: str, target: str) -> Truth:
    """Judge an entry or a target of which a part is settled at deployment: sure where the same part stands in both."""
    if covers(pattern, target):
        return True
    if not overlaps(as_pattern(pattern, ANY), as_pattern(target, ANY)):
        return False
    needs = causes(f"{written} {target}")
    return Unknown(f"hangs on {', '.join(needs)}", needs)


def _covers_parts(
    head: tuple[str, ...], last: str, *, target: Target, situation: Situation, test: tuple[object, ...]
) -> Truth:
    covered = _is_covered(head, last, target.parts)
    if not covered and not (target.patterned and all(map(overlaps, (*head, last), target.parts))):
        return False
    if _is_undocumented(head[2], last):
        return Unknown("a wildcard stands where none is documented", ("resource",))
    return True if covered else situation.unsettled(test, ("resource",))


def _is_covered(head: tuple[str, ...], last: str, parts: tuple[str, ...]) -> bool:
    # The resource first, as the parts before it seldom tell two resources apart.
    if not covers(last, parts[-1]):
        return False
    return all(map(covers, head, parts))


def _is_undocumented(service: str, last: str) -> bool:
    """Whether a wildcard stands in the service, or in the word that names the type of resource."""
    if has_wildcards(service):
        return True
    word = _TYPE.match(last)
    return service in _TYPED_SERVICES and not is_everything(last) and bool(word and has_wildcards(word[0]))


def _unequal_shapes(written: str, pattern: str, target: Target, situation: Situation, *, whole: bool) -> Truth:
    """Judge an entry or a target that has not the six parts of an ARN."""
    if not target.patterned and len(target.parts) == 1:
        return covers(pattern, target.text)
    if not overlaps(pattern, target.text) and not (not whole and overlaps(f"{pattern}:{ANY}", target.text)):
        return False
    if whole:
        return situation.unsettled(("Resource", written, target.text), ("resource",))
    # What a shortened ARN covers is documented nowhere that can be relied on.
    return Unknown("a shortened ARN stands where a whole one is documented", ("resource",))
