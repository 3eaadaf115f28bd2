"""Statements: which of a policy's apply to a request."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat

from smsl.iam.conditions import holds
from smsl.iam.match import compile_wildcards, covers
from smsl.iam.principals import Caller, Naming, is_named
from smsl.iam.resources import Target, covers_resource
from smsl.iam.situation import Situation
from smsl.iam.truth import Truth, all_of, any_of, negate
from smsl.model.policy import Policy, Statement

_WITH_VARIABLES = "2012-10-17"


@dataclass(frozen=True, slots=True)
class Call:
    """A request made ready: what every statement is held against."""

    caller: Caller
    action: str
    """In lower case."""
    target: Target
    situation: Situation
    bounded: Truth
    """Whether the caller has a permissions boundary."""


@lru_cache(maxsize=16384)
def speaking_of(policy: Policy, action: str) -> tuple[Statement, ...]:
    """Return the statements whose Action or NotAction covers an action in lower case."""
    return tuple(
        statement
        for statement in policy.statements
        if (
            _names(statement.actions, action)
            if statement.actions is not None
            else not _names(statement.not_actions or (), action)
        )
    )


def _names(entries: tuple[str, ...], action: str) -> bool:
    return any(map(_is_named, entries, repeat(action)))


@lru_cache(maxsize=65536)
def _is_named(entry: str, action: str) -> bool:
    return covers(compile_wildcards(entry.lower()), action)


def has_variables(policy: Policy) -> bool:
    """Return whether ``${...}`` is replaced in a policy.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
    """
    return policy.version == _WITH_VARIABLES


def resource_fits(statement: Statement, call: Call, *, variables: bool) -> Truth:
    """Return whether the Resource or NotResource element covers the target; with neither it covers all."""
    written = statement.resources if statement.resources is not None else statement.not_resources
    if written is None:
        return True
    covered = any_of(covers_resource(entry, call.target, call.situation, variables=variables) for entry in written)
    return covered if statement.resources is not None else negate(covered)


def fits(statement: Statement, call: Call, *, variables: bool) -> Truth:
    """Return whether Resource and conditions hold, for a statement that speaks of the action."""
    resource = resource_fits(statement, call, variables=variables)
    if resource is False:
        return False
    return all_of((resource, *(holds(each, call.situation, variables=variables) for each in statement.conditions)))


def named_in(statement: Statement, call: Call) -> Naming:
    """Return how a statement of a resource-based policy names the caller."""
    return is_named(statement, call.caller, call.situation, bounded=call.bounded)
