"""The statements that decided, and those that nearly did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain

from smsl.iam.conditions import holds
from smsl.iam.kms import covering_grants, policy_of_resource
from smsl.iam.match import compile_wildcards, covers
from smsl.iam.request import ContextValue, Document, Policies, Request
from smsl.iam.statements import Call, has_variables, named_in, resource_fits, speaking_of
from smsl.iam.vocabulary import (
    ALLOW,
    ALLOWED,
    EFFECT_UNKNOWN,
    EXPLICITLY_DENIED,
    IMPLICIT_DENY,
    NO_IMPACT,
    PERMISSIONS_BOUNDARY,
    PRINCIPAL,
    RESOURCE,
    SERVICE_CONTROL_POLICY,
    SESSION,
    VPC_ENDPOINT,
)
from smsl.iam.weigh import Judgement
from smsl.model.decision import Because, Effect, Layer, NearMiss, Result
from smsl.model.policy import Condition, Policy, PrincipalEntry, Statement
from smsl.model.unknown import Unknown

_Rank = tuple[int, int]


def because(
    judgement: Judgement, policies: Policies, effects: Mapping[Layer, Effect], result: Result
) -> tuple[Because, ...]:
    """Return the statements that a verdict stands on: the denials, or the Allows of the layers that count."""
    if result not in (EXPLICITLY_DENIED, ALLOWED):
        return ()
    found: list[Because] = []
    for layer, reading in judgement.readings.items():
        for hit in reading.hits:
            effect = hit.statement.effect
            decides = effect == "Deny" if result is EXPLICITLY_DENIED else effect == "Allow"
            certain = hit.applies is True or (hit.applies is not False and result is ALLOWED)
            if decides and certain:
                found.append(Because(layer, hit.policy, hit.statement.index, hit.statement.sid, effect))
    if result is ALLOWED and effects[RESOURCE] is ALLOW:
        found.extend(
            Because(RESOURCE, f"grant {grant.grant_id}", 0, None, "Allow")
            for grant in covering_grants(policies, judgement.call)
        )
    return tuple(found)


def near_misses(
    judgement: Judgement, request: Request, policies: Policies, effects: Mapping[Layer, Effect], result: Result
) -> tuple[NearMiss, ...]:
    """Return the Allows that did not apply in the layers that do not allow, the closest first.

    Of a layer without any Allow about the action's service, the one is told whose resource comes closest.
    """
    if result is ALLOWED:
        return ()
    found: list[tuple[_Rank, NearMiss]] = []
    others: list[NearMiss] = []
    furthest: list[NearMiss] = []
    for layer, documents in _documents(policies, judgement, request):
        open_ = effects[layer] in (IMPLICIT_DENY, EFFECT_UNKNOWN)
        # Where nothing allows, an Allow by the resource's policy would do as well.
        if not open_ and not (effects[layer] is NO_IMPACT and layer in (RESOURCE, PRINCIPAL)):
            continue
        read = [document for document in documents if isinstance(document, Policy)]
        near = [
            miss
            for document in read
            for statement in speaking_of(document, judgement.call.action)
            if (miss := _near_miss(layer, document, statement, judgement.call, request)) is not None
        ]
        others_here = [miss for document in read for miss in _of_other_actions(layer, document, request.action)]
        if effects[layer] is Effect.IMPLICIT_DENY and not near and not others_here:
            furthest += _of_other_services(layer, read, judgement.call, request.action)
        found += near
        others += others_here
    found.sort(key=_rank)
    return (*(miss for _, miss in found), *others, *furthest)


def _rank(miss: tuple[_Rank, NearMiss]) -> _Rank:
    return miss[0]


def _documents(
    policies: Policies, judgement: Judgement, request: Request
) -> tuple[tuple[Layer, Iterable[Document | None]], ...]:
    return (
        (SERVICE_CONTROL_POLICY, chain.from_iterable(policies.scps)),
        (VPC_ENDPOINT, (policies.vpc_endpoint,)),
        (RESOURCE, (policy_of_resource(policies, request, judgement.call.caller.account),)),
        (PRINCIPAL, policies.identity),
        (PERMISSIONS_BOUNDARY, policies.boundaries),
        (SESSION, (policies.session,)),
    )


@lru_cache(maxsize=16384)
def _of_other_actions(layer: Layer, policy: Policy, action: str) -> tuple[NearMiss, ...]:
    """The Allows about the action's service, though not about the action; the furthest of all."""
    speaking = {id(each) for each in speaking_of(policy, action.lower())}
    return tuple(
        NearMiss(layer, policy.name, statement.index, statement.sid, element, ", ".join(written), action)
        for statement in policy.statements
        if statement.effect == "Allow" and id(statement) not in speaking
        for element, written in [_actions(statement)]
        if _is_of_service(written, action.lower())
    )


def _of_other_services(layer: Layer, documents: Iterable[Policy], call: Call, action: str) -> Iterator[NearMiss]:
    """The one Allow about another service that is nearest: of a limit's one that would do if it named the action."""
    best: tuple[_Rank, NearMiss] | None = None
    for document in documents:
        variables = has_variables(document)
        speaking = {id(each) for each in speaking_of(document, call.action)}
        for statement in document.statements:
            # What speaks of the action allows at its own level: another level withholds.
            if statement.effect == "Deny" or id(statement) in speaking:
                continue
            would_do = layer is not PRINCIPAL and resource_fits(statement, call, variables=variables) is True
            shared = max((_shared(each, call.target.text) for each in statement.resources or ()), default=0)
            rank = (0 if would_do else 1, -shared)
            if best is None or rank < best[0]:
                element, written = _actions(statement)
                wanted = ", ".join(written)
                best = rank, NearMiss(layer, document.name, statement.index, statement.sid, element, wanted, action)
    if best is not None:
        yield best[1]


def _actions(statement: Statement) -> tuple[str, tuple[str, ...]]:
    """The element that names a statement's actions, and what it holds."""
    if statement.actions is not None:
        return "Action", statement.actions
    return "NotAction", statement.not_actions or ()


def _near_miss(
    layer: Layer, policy: Policy, statement: Statement, call: Call, request: Request
) -> tuple[_Rank, NearMiss] | None:
    """The first element that does not hold, ranked by how much else holds, of an Allow that speaks of the action."""
    if statement.effect == "Deny":
        return None
    variables = has_variables(policy)

    def miss(rank: int, distance: int, element: str, wanted: str, actual: str | None) -> tuple[_Rank, NearMiss]:
        near = NearMiss(layer, policy.name, statement.index, statement.sid, element, wanted, actual)
        return (rank, distance), near

    if resource_fits(statement, call, variables=variables) is not True:
        entries = statement.resources if statement.resources is not None else statement.not_resources or ()
        shared = [_shared(entry, request.resource) for entry in entries] or [0]
        closest = entries[shared.index(max(shared))] if entries else ""
        element = "Resource" if statement.resources is not None else "NotResource"
        return miss(1, -max(shared), element, closest, request.resource)
    if layer in (RESOURCE, VPC_ENDPOINT) and named_in(statement, call).at_all is not True:
        names = statement.principals if statement.principals is not None else statement.not_principals
        element = "Principal" if statement.not_principals is None else "NotPrincipal"
        return miss(2, 0, element, ", ".join(map(_spelled, names or ())), request.principal)
    failing = list(_failing(statement, call, variables=variables))
    if not failing:
        return None
    first = failing[0]
    actual = _shown(call.situation.keys.get(first.key.lower()))
    return miss(0, len(failing), f"Condition {first.key} {first.name}", ", ".join(first.values), actual)


def _failing(statement: Statement, call: Call, *, variables: bool) -> Iterator[Condition]:
    return (each for each in statement.conditions if holds(each, call.situation, variables=variables) is not True)


def _is_of_service(written: Iterable[str], action: str) -> bool:
    """Whether any entry of Action or NotAction is about the action's service."""
    service = action.partition(":")[0]
    return any(covers(compile_wildcards(entry.lower().partition(":")[0]), service) for entry in written)


def _shared(one: str, other: str) -> int:
    """The length of the beginning that two texts share."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _spelled(entry: PrincipalEntry) -> str:
    return entry.value if entry.type == "AWS" else f"{entry.type} {entry.value}"


def _shown(value: ContextValue | None) -> str | None:
    match value:
        case None | Unknown():
            return None
        case tuple():
            return ", ".join(value)
        case _:
            return value
