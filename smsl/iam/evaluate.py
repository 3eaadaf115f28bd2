"""The decision on a request, in three values.

A first judgement may leave the verdict open only because it looks at each policy by itself: one that allows when a
key holds ``x`` and one that allows when it does not allow together, whatever the key holds. An open verdict is
therefore tried again with suppositions that between them leave no case out (the key is absent; it holds one of the
values that the policies speak of; it holds another), and is settled when all of them agree.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from smsl.iam.explain import because, near_misses
from smsl.iam.request import Policies, Request
from smsl.iam.situation import Situation, situation_of
from smsl.iam.truth import any_of
from smsl.iam.vocabulary import (
    ALLOW,
    ALLOWED,
    EFFECT_UNKNOWN,
    EXPLICIT_DENY,
    EXPLICITLY_DENIED,
    IMPLICIT_DENY,
    IMPLICITLY_DENIED,
    NO_IMPACT,
    PERMISSIONS_BOUNDARY,
    PRINCIPAL,
    RESOURCE,
    RESULT_UNKNOWN,
    SESSION,
)
from smsl.iam.weigh import Judgement, judge
from smsl.model.decision import Decision, Effect, Layer, Result
from smsl.model.policy import Condition, Policy
from smsl.model.unknown import Unknown

_TRIALS = 200
"""Judgements after which an open verdict is left open."""
_MANY_VALUES = 24
_LAYERS = tuple(Layer)
_MULTIVALUED = frozenset(
    {"aws:calledvia", "aws:principalorgpaths", "aws:principalservicenameslist", "aws:resourceorgpaths"}
    | {"aws:sourceorgpaths", "aws:tagkeys", "kms:encryptioncontextkeys", "kms:grantoperations", "kms:resourcealiases"}
)
"""Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html."""


def evaluate(request: Request, policies: Policies) -> Decision:
    """Decide a request.

    The verdict is unknown only where what is not known (a context key, a document, which of the resources that a
    pattern stands for) can turn it; a verdict that is not unknown holds whatever that turns out to be.
    """
    judgement = judge(request, policies, situation_of(request.context))
    result = _result(judgement)
    if result is RESULT_UNKNOWN:
        trials = _Trials(request, policies, _mentioned(policies), _TRIALS)
        result = _settle(judgement, trials)
    allowed = judgement.allowed
    needs = allowed.needs if result is RESULT_UNKNOWN and isinstance(allowed, Unknown) else ()
    effects = {layer: _effect(layer, judgement) for layer in _LAYERS}
    return Decision(
        result,
        effects,
        because(judgement, policies, effects, result),
        near_misses(judgement, request, policies, effects, result),
        tuple(sorted(set(needs))),
        _delegates(judgement),
    )


def _result(judgement: Judgement) -> Result:
    if judgement.denied is True:
        return EXPLICITLY_DENIED
    allowed = judgement.allowed
    if isinstance(allowed, Unknown):
        return RESULT_UNKNOWN
    return ALLOWED if allowed else IMPLICITLY_DENIED


@dataclass(slots=True)
class _Trials:
    """What is tried again, and how often it still may be."""

    request: Request
    policies: Policies
    mentioned: dict[str, list[Condition]]
    left: int


def _settle(judgement: Judgement, trials: _Trials) -> Result:
    """Return the result on which every supposition agrees, or unknown."""
    settled: Result | None = None
    for situation in _suppositions(judgement, trials):
        trials.left -= 1
        if trials.left < 0:
            return RESULT_UNKNOWN
        trial = judge(trials.request, trials.policies, situation)
        result = _result(trial)
        if result is RESULT_UNKNOWN:
            result = _settle(trial, trials)
        if result is RESULT_UNKNOWN:
            return result
        if settled is not None and settled is not result:
            if ALLOWED in (settled, result):
                return RESULT_UNKNOWN
            # Denied either way, though not by the same statement.
            result = IMPLICITLY_DENIED
        settled = result
    return settled or RESULT_UNKNOWN


def _suppositions(judgement: Judgement, trials: _Trials) -> Iterator[Situation]:
    """Yield situations that leave no case out; none when there is nothing left to suppose."""
    situation = judgement.call.situation
    allowed = judgement.allowed
    needs = {need.lower() for need in allowed.needs} if isinstance(allowed, Unknown) else set()
    for key in situation.open.keys:
        conditions = trials.mentioned.get(key, [])
        quantified = key in _MULTIVALUED or any(each.quantifier for each in conditions)
        plain = any(each.quantifier is None and each.operator != "Null" for each in conditions)
        # With several values a plain operator has no documented outcome that a supposition could stand for.
        if key not in needs or (quantified and plain):
            continue
        values = {v for each in conditions if each.operator != "Null" for v in each.values if "${" not in v}
        if quantified or len(values) > _MANY_VALUES:
            values = set()
        yield situation.suppose_absent(key)
        for value in sorted(values):
            yield situation.suppose_value(key, value)
        yield situation.suppose_other(key, frozenset(values))
        return
    for test in situation.open.tests:
        yield situation.suppose_test(test, outcome=True)
        yield situation.suppose_test(test, outcome=False)
        return


def _mentioned(policies: Policies) -> dict[str, list[Condition]]:
    """The conditions of all policies by key in lower case."""
    found: dict[str, list[Condition]] = {}
    levels = (*policies.scps, *policies.rcps, policies.identity, policies.boundaries)
    single = (policies.resource, policies.session, policies.vpc_endpoint)
    for document in (*(each for level in levels for each in level), *single):
        if isinstance(document, Policy):
            for statement in document.statements:
                for condition in statement.conditions:
                    found.setdefault(condition.key.lower(), []).append(condition)
    return found


def _effect(layer: Layer, judgement: Judgement) -> Effect:
    reading = judgement.readings[layer]
    if not reading.in_play and layer is not RESOURCE:
        return NO_IMPACT
    if reading.deny is True:
        return EXPLICIT_DENY
    if isinstance(reading.deny, Unknown):
        return EFFECT_UNKNOWN
    allow = reading.allow
    if layer is RESOURCE:
        allow = any_of((reading.naming.at_all, judgement.by_grant))
        if isinstance(allow, bool) and not allow and judgement.same_account is True and not judgement.must_name:
            return NO_IMPACT
    if isinstance(allow, Unknown):
        return EFFECT_UNKNOWN
    if allow:
        return ALLOW
    return NO_IMPACT if _is_escaped(layer, judgement) else IMPLICIT_DENY


def _is_escaped(layer: Layer, judgement: Judgement) -> bool:
    """Whether the missing Allow of a layer does not limit this request."""
    own = layer in (PRINCIPAL, PERMISSIONS_BOUNDARY, SESSION)
    if own and (judgement.directly is True or judgement.by_grant is True):
        return True
    if layer is not PRINCIPAL:
        return False
    if judgement.call.caller.kind == "root":
        return True
    undelegated = judgement.must_name and judgement.readings[RESOURCE].naming.by_account is False
    return judgement.as_role is True or (undelegated and judgement.same_account is True)


def _delegates(judgement: Judgement) -> bool | None:
    by_account = judgement.readings[RESOURCE].naming.by_account
    about_key = judgement.must_name and judgement.call.action.startswith("kms:")
    return by_account if about_key and isinstance(by_account, bool) else None
