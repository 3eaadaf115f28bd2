"""Which statements of a resource policy speak to everybody.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.statements import READ, speaks_of
from smsl.model.policy import Condition, Policy, Statement

_SAYS_NOTHING_OF_CALLERS = frozenset(
    {
        *("aws:securetransport", "aws:requestedregion", "aws:resourceaccount", "aws:resourceorgid"),
        *("aws:resourceorgpaths", "aws:currenttime", "aws:epochtime", "aws:tokenissuetime", "aws:principaltype"),
        *("aws:multifactorauthpresent", "aws:multifactorauthage", "aws:useragent", "aws:referer"),
        *("aws:principalisawsservice", "aws:viaawsservice", "secretsmanager:versionstage"),
        *("secretsmanager:versionid", "secretsmanager:secretid", "secretsmanager:secretprimaryregion"),
    }
)
"""Condition keys that anybody can meet."""
_ALWAYS_THERE = frozenset({"aws:principalarn", "aws:principalaccount", "aws:userid"})
_EVERYTHING = frozenset({"*", "**", "arn:*", "0.0.0.0/0", "::/0"})


def public_reads(policy: Policy) -> Iterator[Statement]:
    """Yield the Allows that let everybody read, unless a Deny shuts out all but some."""
    if any(_shuts_out(each) for each in policy.statements):
        return
    for each in policy.statements:
        allows_all = each.effect == "Allow" and speaks_of(each, READ) and _everybody(each)
        if allows_all and not any(_chooses(condition) for condition in each.conditions):
            yield each


def _everybody(statement: Statement) -> bool:
    if statement.principals is None:
        return statement.not_principals is not None
    return any(each.type == "AWS" and each.value == "*" for each in statement.principals)


def _shuts_out(statement: Statement) -> bool:
    if statement.effect != "Deny" or not speaks_of(statement, READ):
        return False
    if statement.not_principals is not None:
        return True
    if not _everybody(statement):
        return False
    return not statement.conditions or any(_excludes(condition) for condition in statement.conditions)


def _chooses(condition: Condition) -> bool:
    """Tell whether a condition of an Allow lets only some callers in."""
    key = condition.key.lower()
    if _says_nothing(key) or _EVERYTHING.intersection(condition.values):
        return False
    if "Not" in condition.operator:
        return False  # everybody but some is still everybody
    loose = condition.if_exists or condition.quantifier == "ForAllValues"
    return not loose or key in _ALWAYS_THERE


def _excludes(condition: Condition) -> bool:
    """Tell whether a condition of a Deny spares only some callers."""
    if _says_nothing(condition.key.lower()) or _EVERYTHING.intersection(condition.values):
        return False
    return "Not" in condition.operator or condition.operator == "Null"


def _says_nothing(key: str) -> bool:
    return key in _SAYS_NOTHING_OF_CALLERS or key.startswith(("aws:resourcetag/", "secretsmanager:resource"))
