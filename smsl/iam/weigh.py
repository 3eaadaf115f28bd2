"""How the layers are weighed against each other: who needs whose Allow.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from smsl.iam.kms import grants_truth, is_about_key, policy_of_resource
from smsl.iam.layers import Reading, read_boundaries, read_documents, read_optional, read_rcps, read_scps
from smsl.iam.match import compile_wildcards, covers, has_wildcards
from smsl.iam.principals import caller_of
from smsl.iam.request import Policies, Request
from smsl.iam.resources import target_of
from smsl.iam.situation import Situation
from smsl.iam.statements import Call
from smsl.iam.truth import Truth, all_of, any_of, either, negate
from smsl.iam.vocabulary import (
    PERMISSIONS_BOUNDARY,
    PRINCIPAL,
    RESOURCE,
    RESOURCE_CONTROL_POLICY,
    SERVICE_CONTROL_POLICY,
    SESSION,
    VPC_ENDPOINT,
)
from smsl.model.decision import Layer
from smsl.model.unknown import Unknown


@dataclass(frozen=True, slots=True)
class Judgement:
    """The layers' readings and what follows from them."""

    call: Call
    readings: Mapping[Layer, Reading]
    denied: Truth
    """Whether a statement denies."""
    granted: Truth
    """Whether every Allow that is needed is there."""
    same_account: Truth
    must_name: bool
    """The resource's policy must allow even in the same account: keys, and roles to assume."""
    directly: Truth
    """Whether the resource's policy grants in a way that escapes identity policies, boundary and session policy."""
    as_role: Truth
    """Whether the resource's policy grants to the role, which escapes identity policies only."""
    by_grant: Truth
    """Whether a KMS grant covers the call."""

    @property
    def allowed(self) -> Truth:
        """Whether the request is allowed."""
        return all_of((negate(self.denied), self.granted))


def judge(request: Request, policies: Policies, situation: Situation) -> Judgement:
    """Return the judgement on a request in one situation."""
    caller = caller_of(request.principal, situation)
    action = request.action.lower()
    # A boundary that could not be read may be none.
    bounded = any_of([document if isinstance(document, Unknown) else True for document in policies.boundaries])
    call = Call(caller, action, target_of(action, request.resource), situation, bounded)
    of_resource = policy_of_resource(policies, request, caller.account)
    readings = {
        RESOURCE_CONTROL_POLICY: read_rcps(policies, call),
        SERVICE_CONTROL_POLICY: read_scps(policies, call),
        VPC_ENDPOINT: read_optional(VPC_ENDPOINT, policies.vpc_endpoint, call),
        RESOURCE: read_optional(RESOURCE, of_resource, call),
        PRINCIPAL: read_documents(PRINCIPAL, policies.identity, call),
        PERMISSIONS_BOUNDARY: read_boundaries(policies, call),
        SESSION: read_optional(SESSION, policies.session, call),
    }
    named = readings[RESOURCE].naming
    grant, account_grant = grants_truth(policies, call)
    must_name = is_about_key(action) or action.startswith("sts:assumerole")
    same = _is_same_account(request, caller.account)
    identity = any_of((readings[PRINCIPAL].allow, caller.kind == "root"))
    limits = all_of((readings[PERMISSIONS_BOUNDARY].allow, readings[SESSION].allow))
    by_grant = any_of(
        (
            grant and all_of((grant, any_of((all_of((limits, any_of((identity, same)))), _UNDOCUMENTED)))),
            account_grant and all_of((account_grant, any_of((all_of((limits, identity)), _UNDOCUMENTED)))),
        )
    )
    own = any_of((named.as_role, all_of((identity, named.by_account)) if must_name else identity))
    within = any_of((named.directly, all_of((limits, own)), by_grant))
    across = any_of((all_of((limits, identity, named.at_all)), by_grant))
    base = all_of((readings[SERVICE_CONTROL_POLICY].allow, readings[VPC_ENDPOINT].allow))
    return Judgement(
        call,
        readings,
        denied=any_of([reading.deny for reading in readings.values()]),
        granted=all_of((base, _by_account(same, within, across))),
        same_account=same,
        must_name=must_name,
        directly=all_of((same, named.directly)),
        as_role=all_of((same, named.as_role)),
        by_grant=by_grant,
    )


_UNDOCUMENTED = Unknown("whether a grant escapes the caller's own limits is not documented")


def _by_account(same: Truth, within: Truth, across: Truth) -> Truth:
    if isinstance(same, Unknown):
        return either(within, across, same)
    return within if same else across


def _is_same_account(request: Request, account: str | None) -> Truth:
    """Whether the resource is in the caller's account; a service has none and is judged as if it were."""
    parts = request.resource.split(":", 5)
    owner = request.resource_account or (parts[4] if len(parts) == 6 else "")
    if account is None or not owner or owner == account:
        return True
    pattern = compile_wildcards(owner)
    if not has_wildcards(pattern) or not covers(pattern, account):
        return False
    return Unknown("the account of the resource is not told", ("resource",))
