"""Conditions: operators on the keys of a request, with keys that are absent, multivalued or not known.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_multi-value-conditions.html
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache, partial

from smsl.iam.match import ANY, compile_wildcards, covers, has_wildcards, is_everything, literal, overlaps
from smsl.iam.scalars import compares
from smsl.iam.situation import Situation
from smsl.iam.truth import Truth, all_of, any_of, either, negate
from smsl.iam.variables import value_matches
from smsl.model.policy import Condition
from smsl.model.standin import as_pattern, causes, is_unsettled
from smsl.model.unknown import Unknown

_PARTS = 6
_POSITIVE = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnLike",
    "ArnNotLike": "ArnLike",
    "ArnEquals": "ArnLike",
}
"""The operator whose outcome decides, where it is not the operator itself."""


def holds(condition: Condition, situation: Situation, *, variables: bool) -> Truth:
    """Return whether one condition holds.

    Args:
        condition: One operator on one key.
        situation: The keys of the request.
        variables: Whether the policy's version has variables.
    """
    key = condition.key.lower()
    value = situation.keys.get(key)
    if value is None:
        return _without_value(condition)
    if isinstance(value, Unknown):
        present = _with_some_value(condition, key, situation, variables=variables)
        if key in situation.other_than:
            return present
        absent = _without_value(condition)
        return absent if present is absent else situation.unsettled(condition, (key,))
    if condition.operator == "Null":
        return "false" in _lowered(condition)
    return _with_values(condition, value, situation, variables=variables)


def is_negated(operator: str) -> bool:
    """Return whether an operator is the opposite of another."""
    return "Not" in operator


def _without_value(condition: Condition) -> bool:
    if condition.operator == "Null":
        return "true" in _lowered(condition)
    if condition.quantifier == "ForAnyValue":
        return condition.if_exists
    return condition.if_exists or condition.quantifier == "ForAllValues" or is_negated(condition.operator)


def _lowered(condition: Condition) -> tuple[str, ...]:
    return tuple(value.lower() for value in condition.values)


def _with_values(condition: Condition, value: str | tuple[str, ...], situation: Situation, *, variables: bool) -> Truth:
    values = (value,) if isinstance(value, str) else value
    if condition.quantifier == "ForAllValues":
        # An empty text is no value to this quantifier.
        return all_of(_passes(condition, v, situation, variables=variables) for v in values if v or len(values) > 1)
    outcomes = [_passes(condition, v, situation, variables=variables) for v in values]
    if condition.quantifier == "ForAnyValue":
        return any_of(outcomes)
    # Several values under an operator without quantifier: AWS documents no outcome, so they must agree.
    unless = Unknown("a multivalued key needs ForAllValues or ForAnyValue", (situation.names[condition.key.lower()],))
    agreed = outcomes[0]
    for outcome in outcomes[1:]:
        agreed = either(agreed, outcome, unless)
    return agreed


def _passes(condition: Condition, value: str, situation: Situation, *, variables: bool) -> Truth:
    operator = _POSITIVE.get(condition.operator, condition.operator)
    outcome = any_of(_matches(operator, value, wanted, situation, variables=variables) for wanted in condition.values)
    if isinstance(outcome, Unknown) and not outcome.needs:
        outcome = Unknown(outcome.reason, (situation.names[condition.key.lower()],))
    return negate(outcome) if is_negated(condition.operator) else outcome


def _matches(operator: str, value: str, wanted: str, situation: Situation, *, variables: bool) -> Truth:
    if not operator.startswith(("String", "Arn")):
        return compares(operator, value, wanted)
    wildcards = operator in ("StringLike", "ArnLike")
    if is_unsettled(wanted) or is_unsettled(value):
        return _matches_openly(operator, value, wanted, wildcards=wildcards)
    if operator == "StringEquals" and not (variables and "${" in wanted):
        return literal(value) == literal(wanted)
    if operator == "StringEqualsIgnoreCase":
        value = value.lower()
    test = partial(_matches_text, operator, value=literal(value))
    if not (variables and "${" in wanted):
        return test(compile_wildcards(wanted) if wildcards else literal(wanted))
    return value_matches(
        wanted,
        situation,
        (operator, value, wanted),
        matches=test,
        matches_widely=partial(_is_possible, operator, value=literal(value)),
        wildcards=wildcards,
    )


def _matches_openly(operator: str, value: str, wanted: str, *, wildcards: bool) -> Truth:
    """Judge two texts of which a part is settled at deployment: sure where the same part stands in both."""
    folded = operator == "StringEqualsIgnoreCase"
    held, pattern = literal(value), compile_wildcards(wanted) if wildcards else literal(wanted)
    if folded:
        held, pattern = held.lower(), pattern.lower()
    if covers(pattern, held):
        return True
    if not overlaps(as_pattern(pattern, ANY), as_pattern(held, ANY)):
        return False
    needs = causes(f"{wanted} {value}")
    return Unknown(f"hangs on {', '.join(needs)}", needs)


def _matches_text(operator: str, pattern: str, *, value: str) -> Truth:
    if operator == "ArnLike":
        return _matches_arn(pattern, value)
    return covers(pattern.lower() if operator == "StringEqualsIgnoreCase" else pattern, value)


def _is_possible(operator: str, pattern: str, *, value: str) -> bool:
    # Across the whole text: what replaces a variable in an ARN may bring colons with it.
    return covers(pattern.lower() if operator == "StringEqualsIgnoreCase" else pattern, value)


@lru_cache(maxsize=16384)
def _matches_arn(pattern: str, value: str) -> Truth:
    if is_everything(pattern):
        return True
    wanted, parts = pattern.split(":", _PARTS - 1), value.split(":", _PARTS - 1)
    if len(wanted) == len(parts) == _PARTS:
        return all(covers(*pair) for pair in zip(wanted, parts, strict=True))
    if len(parts) == _PARTS and covers(pattern, value):
        return Unknown("a shortened ARN stands where a whole one is documented")
    return False


def _with_some_value(condition: Condition, key: str, situation: Situation, *, variables: bool) -> Truth:
    """Judge a key that is present with a value that is not known."""
    if condition.operator == "Null":
        return "false" in _lowered(condition)
    operator = _POSITIVE.get(condition.operator, condition.operator)
    negated = is_negated(condition.operator)
    if condition.quantifier:
        if not negated and any(_matches_any_text(operator, wanted) for wanted in condition.values):
            return True
        return situation.unsettled(_identity(condition, variables=variables), (key,))
    excluded = situation.other_than.get(key, frozenset())
    outcome = any_of(_tests(operator, key, condition.values, excluded, situation, variables=variables))
    return negate(outcome) if negated else outcome


def _tests(
    operator: str, key: str, values: Iterable[str], excluded: frozenset[str], situation: Situation, *, variables: bool
) -> Iterable[Truth]:
    for wanted in values:
        if _matches_any_text(operator, wanted):
            yield True
        elif wanted not in excluded or not _is_exact(operator, wanted):
            yield situation.unsettled((operator, key, wanted, variables and "${" in wanted), (key,))


def _identity(condition: Condition, *, variables: bool) -> tuple[object, ...]:
    shared = variables and any("${" in value for value in condition.values)
    return (condition.operator, condition.quantifier, condition.key.lower(), condition.values, shared)


def _matches_any_text(operator: str, wanted: str) -> bool:
    return operator == "StringLike" and is_everything(compile_wildcards(wanted))


def _is_exact(operator: str, wanted: str) -> bool:
    """Whether a value matches itself only; the excluded values, of which it is one, hold no variables."""
    return operator == "StringEquals" or (
        operator in ("StringLike", "ArnLike") and not has_wildcards(compile_wildcards(wanted))
    )
