"""Statements: which of a policy's apply to a request."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

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


@dataclass(frozen=True, slots=True)
class Compiled:
    """A policy with its actions made ready, and by action the statements that speak of it."""

    actions: tuple[tuple[str, ...], ...]
    by_action: dict[str, tuple[Statement, ...]] = field(default_factory=dict)
    """Fills as actions are asked about."""


@lru_cache(maxsize=8192)
def _compiled(policy: Policy) -> Compiled:
    return Compiled(
        tuple(
            tuple(compile_wildcards(action.lower()) for action in statement.actions or statement.not_actions or ())
            for statement in policy.statements
        )
    )


def speaking_of(policy: Policy, action: str) -> tuple[Statement, ...]:
    """Return the statements whose Action or NotAction covers an action in lower case."""
    compiled = _compiled(policy)
    found = compiled.by_action.get(action)
    if found is None:
        found = compiled.by_action[action] = tuple(
            statement
            for statement, patterns in zip(policy.statements, compiled.actions, strict=True)
            if any(covers(pattern, action) for pattern in patterns) is (statement.actions is not None)
        )
    return found


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
