"""What each layer of policies says to a request, before the layers are weighed against each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from smsl.iam.principals import Naming, is_service_linked
from smsl.iam.request import Document, Policies
from smsl.iam.statements import Call, fits, has_variables, named_in, speaking_of
from smsl.iam.truth import Truth, all_of, any_of, negate
from smsl.iam.vocabulary import (
    PERMISSIONS_BOUNDARY,
    RESOURCE,
    RESOURCE_CONTROL_POLICY,
    SERVICE_CONTROL_POLICY,
    VPC_ENDPOINT,
)
from smsl.model.decision import Layer
from smsl.model.policy import Statement
from smsl.model.unknown import Unknown

_NAMING_LAYERS = frozenset({RESOURCE, VPC_ENDPOINT, RESOURCE_CONTROL_POLICY})


@dataclass(frozen=True, slots=True)
class Hit:
    """A statement that applies, or may."""

    policy: str
    statement: Statement
    applies: Truth
    naming: Naming


@dataclass(frozen=True, slots=True)
class Reading:
    """What a layer says."""

    in_play: bool = False
    deny: Truth = False
    allow: Truth = False
    """Whether the layer as a whole allows, for layers that do not name the caller."""
    naming: Naming = field(default_factory=Naming)
    """How the statements that allow name the caller, for the resource's policy."""
    hits: tuple[Hit, ...] = ()


def read_documents(layer: Layer, documents: Iterable[Document], call: Call) -> Reading:
    """Return what documents of one layer, or of one level of it, say together."""
    deny: list[Truth] = []
    allow: list[Hit] = []
    denying: list[Hit] = []
    for document in documents:
        if isinstance(document, Unknown):
            unread = Hit("", _UNREAD, document, Naming(document, document, document))
            allow.append(unread)
            deny.append(document)
            continue
        variables = has_variables(document)
        for statement in speaking_of(document, call.action):
            naming = _naming(layer, statement, call)
            named = naming.at_all
            if named is False:
                continue
            applies = all_of((named, fits(statement, call, variables=variables), _is_usable(layer, statement)))
            if applies is not False:
                hit = Hit(document.name, statement, applies, naming)
                (allow if statement.effect == "Allow" else denying).append(hit)
    deny.extend(hit.applies for hit in denying)
    if not allow and not deny:
        return _SILENT
    return Reading(
        in_play=True,
        deny=any_of(deny),
        allow=any_of([hit.applies for hit in allow]),
        naming=_named_by(allow) if layer is RESOURCE else _NOBODY,
        hits=tuple(hit for hit in (*denying, *allow) if hit.statement is not _UNREAD),
    )


def _named_by(allow: list[Hit]) -> Naming:
    return Naming(
        any_of(all_of((hit.naming.directly, hit.applies)) for hit in allow),
        any_of(all_of((hit.naming.as_role, hit.applies)) for hit in allow),
        any_of(all_of((hit.naming.by_account, hit.applies)) for hit in allow),
    )


def read_optional(layer: Layer, document: Document | None, call: Call) -> Reading:
    """Return what a layer of at most one document says; without one it is not in play and allows."""
    return _ABSENT if document is None else read_documents(layer, (document,), call)


def read_boundaries(policies: Policies, call: Call) -> Reading:
    """Return what the permissions boundaries say; every one must allow."""
    if not policies.boundaries:
        return _ABSENT
    return _each(PERMISSIONS_BOUNDARY, ((document,) for document in policies.boundaries), call)


def read_scps(policies: Policies, call: Call) -> Reading:
    """Return what service control policies say: an Allow at every level, within a level from any.

    They bind neither the management account, nor service-linked roles, nor services.

    Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
    """
    if not policies.scps or call.caller.kind == "service" or is_service_linked(call.caller):
        return _ABSENT
    reading = _each(SERVICE_CONTROL_POLICY, policies.scps, call)
    return _exempt(reading, policies.principal_is_management_account)


def read_rcps(policies: Policies, call: Call) -> Reading:
    """Return what resource control policies say: they only deny, as RCPFullAWSAccess always allows.

    They bind neither the management account's resources, nor service-linked roles, nor AWS-managed keys, nor
    ``kms:RetireGrant``.

    Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html,
    https://docs.aws.amazon.com/kms/latest/developerguide/resource-control-policies.html
    """
    if not policies.rcps or is_service_linked(call.caller) or call.action == "kms:retiregrant":
        return _ABSENT
    levels = [read_documents(RESOURCE_CONTROL_POLICY, level, call) for level in policies.rcps]
    hits = tuple(hit for level in levels for hit in level.hits if hit.statement.effect == "Deny")
    reading = Reading(bool(levels), any_of(level.deny for level in levels), allow=True, hits=hits)
    manager = policies.key_manager
    of_aws: Truth = call.action.startswith("kms:") and (manager if isinstance(manager, Unknown) else manager == "AWS")
    return _exempt(reading, any_of((policies.resource_in_management_account, of_aws)))


def _each(layer: Layer, levels: Iterable[Iterable[Document]], call: Call) -> Reading:
    readings = [read_documents(layer, level, call) for level in levels]
    return Reading(
        bool(readings),
        any_of(reading.deny for reading in readings),
        all_of(reading.allow for reading in readings),
        hits=tuple(hit for reading in readings for hit in reading.hits),
    )


def _exempt(reading: Reading, exempt: Truth) -> Reading:
    if exempt is True:
        return _ABSENT
    return Reading(
        reading.in_play,
        all_of((reading.deny, negate(exempt))),
        any_of((reading.allow, exempt)),
        hits=reading.hits,
    )


def _naming(layer: Layer, statement: Statement, call: Call) -> Naming:
    if layer not in _NAMING_LAYERS:
        return _EVERYBODY
    if layer is RESOURCE_CONTROL_POLICY and statement.principals is None:
        return _EVERYBODY
    return named_in(statement, call)


def _is_usable(layer: Layer, statement: Statement) -> Truth:
    """Whether every condition key of a statement is one for its kind of policy.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
    """
    if layer in _NAMING_LAYERS and any(each.key.lower() == _FUNCTION.lower() for each in statement.conditions):
        return Unknown(f"{_FUNCTION} has no documented meaning in a resource's policy", (_FUNCTION,))
    return True


_FUNCTION = "lambda:SourceFunctionArn"
_NOBODY = Naming()
_EVERYBODY = Naming(directly=True)
_ABSENT = Reading(allow=True)
"""A layer that is not in play."""
_SILENT = Reading(in_play=True)
"""A layer in play that says nothing of the request."""
_UNREAD = Statement("Allow", -1)
"""Stands for the statements of a document that could not be read."""
