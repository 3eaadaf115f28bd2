"""Requests and decisions as JSON, one of each a line: the contract of ``smsl simulate``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from smsl.iam.request import ContextValue, Level, Policies, Request
from smsl.model.decision import Decision, Effect, Layer, Result
from smsl.model.errors import InputError
from smsl.model.policy import Grant, Policy, parse_grant, parse_policy
from smsl.model.unknown import Unknown

Identifier: TypeAlias = str | int | float | bool | None
_TEXT = {each: each.value for kind in (Layer, Effect, Result) for each in kind}
"""Plain text by member; asking each member anew would be a fifth of what writing an answer takes."""


def read_case(obj: Mapping[str, object]) -> tuple[Identifier, Request, Policies]:
    """Read one case; members that it does not know are left aside.

    A member that is null is the same as one that is left out, except in ``context``, where it is *not known*.

    Raises:
        InputError: A member is missing or of the wrong type; names the place, quotes no value.
    """
    request = Request(
        principal=_text(obj, "principal"),
        action=_text(obj, "action"),
        resource=_text(obj, "resource"),
        resource_account=None if obj.get("resourceAccount") is None else _text(obj, "resourceAccount"),
        context=_context(obj.get("context")),
    )
    if ":" not in request.action:
        raise InputError("action: must be a service and an action with a colon between them.")
    policies = Policies(
        identity=_documents(obj.get("identityPolicies"), "identityPolicies"),
        resource=_document(obj, "resourcePolicy"),
        boundaries=_documents(obj.get("boundaries"), "boundaries"),
        session=_document(obj, "sessionPolicy"),
        scps=_levels(obj, "scps"),
        rcps=_levels(obj, "rcps"),
        vpc_endpoint=_document(obj, "vpcEndpointPolicy"),
        grants=_grants(obj),
        principal_is_management_account=_flag(obj, "principalIsManagementAccount"),
        resource_in_management_account=_flag(obj, "resourceInManagementAccount"),
        key_manager=_manager(obj.get("keyManager")),
    )
    return identifier_of(obj), request, policies


def identifier_of(obj: Mapping[str, object]) -> Identifier:
    """Return the case's id, null when it has none.

    Raises:
        InputError: It is a list or an object.
    """
    identifier = obj.get("id")
    if identifier is not None and not isinstance(identifier, (str, int, float, bool)):
        raise InputError("id: must be text or a number.")
    return identifier


def write_answer(identifier: Identifier, decision: Decision) -> dict[str, object]:
    """Return a decision as one JSON object."""
    return {
        "id": identifier,
        "result": _TEXT[decision.result],
        "layers": {_TEXT[layer]: _TEXT[effect] for layer, effect in decision.layers.items()},
        "because": [
            {
                "layer": _TEXT[each.layer],
                "policy": each.policy,
                "statement": each.statement,
                "sid": each.sid,
                "effect": each.effect,
            }
            for each in decision.because
        ],
        "nearMisses": [
            {
                "layer": _TEXT[each.layer],
                "policy": each.policy,
                "statement": each.statement,
                "element": each.element,
                "wanted": each.wanted,
                "actual": each.actual,
            }
            for each in decision.near_misses
        ],
        "needs": list(decision.needs),
    }


def _text(obj: Mapping[str, object], member: str) -> str:
    value = obj.get(member)
    if not isinstance(value, str) or not value:
        raise InputError(f"{member}: must be text, and not empty.")
    return value


def _flag(obj: Mapping[str, object], member: str) -> bool:
    value = obj.get(member)
    if value is not None and not isinstance(value, bool):
        raise InputError(f"{member}: must be true or false.")
    return value is True


def _manager(value: object) -> Literal["AWS", "CUSTOMER"] | None:
    if value is None or value == "AWS" or value == "CUSTOMER":
        return value
    raise InputError("keyManager: must be AWS or CUSTOMER.")


def _list(value: object, place: str) -> list[object]:
    if not isinstance(value, list):
        raise InputError(f"{place}: must be a list.")
    return value


def _document(obj: Mapping[str, object], member: str) -> Policy | None:
    document = obj.get(member)
    return None if document is None else parse_policy(member, document)


def _documents(value: object, place: str) -> Level:
    documents = [] if value is None else _list(value, place)
    return tuple(parse_policy(f"{place}[{i}]", each) for i, each in enumerate(documents))


def _levels(obj: Mapping[str, object], member: str) -> tuple[Level, ...]:
    levels = [] if obj.get(member) is None else _list(obj[member], member)
    return tuple(_documents(_list(level, f"{member}[{i}]"), f"{member}[{i}]") for i, level in enumerate(levels))


def _grants(obj: Mapping[str, object]) -> tuple[Grant, ...]:
    grants = [] if obj.get("grants") is None else _list(obj["grants"], "grants")
    return tuple(parse_grant(each, f"grants[{i}]") for i, each in enumerate(grants))


def _context(value: object) -> dict[str, ContextValue]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InputError("context: must be an object.")
    found: dict[str, ContextValue] = {}
    for i, (key, held) in enumerate(value.items()):
        match held:
            case str():
                found[key] = held
            case None:
                found[key] = Unknown(f"{key} is not known", (key,))
            case list() if all(isinstance(each, str) for each in held):
                found[key] = tuple(held)
            case _:
                raise InputError(f"context: key {i + 1} must hold text, a list of texts, or null.")
    lowered = [key.lower() for key in found]
    if len(set(lowered)) < len(lowered):
        again = next(i for i, key in enumerate(lowered) if key in lowered[:i])
        raise InputError(f"context: key {again + 1} is there twice, in another case.")
    return found
