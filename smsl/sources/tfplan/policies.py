"""Policies of a plan: documents as text, and ``aws_iam_policy_document`` data that is read only at apply.

Of a text that is known only after apply, ``jsonencode({...})``, a plan has nothing but references. Of a data source it
has each block.

Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/d/iam_policy_document.html.markdown
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from smsl.model.errors import InputError
from smsl.model.origin import Origin
from smsl.model.policy import Policy, parse_policy
from smsl.model.standin import plain
from smsl.model.unknown import Unknown
from smsl.sources.tfplan.body import Body, body_of
from smsl.sources.tfplan.documents import HangingError, document
from smsl.sources.tfplan.ends import Attribute, Known
from smsl.sources.tfplan.plan import Resource
from smsl.sources.tfplan.reading import refers

_DOCUMENT = "aws_iam_policy_document"
_NEEDS = ("the policy written as a data aws_iam_policy_document, whose parts a plan shows",)
_DEEPEST = 8
"""Resources whose policy is another's."""


@dataclass(frozen=True, slots=True)
class Written:
    """A policy and where its statements stand."""

    policy: Policy | Unknown
    statements: tuple[Origin, ...] = ()


def written_policy(body: Body, attribute: str, name: str) -> Written:
    """Return the policy that an attribute holds.

    Args:
        body: Of the resource.
        attribute: Its attribute with the document.
        name: Under which reports speak of the policy.
    """
    found, statements = policy_document(body, attribute, name)
    if isinstance(found, Unknown):
        return Written(found)
    try:
        return Written(parse_policy(name, found), statements)
    except InputError as error:
        return Written(Unknown(f"policy {name} cannot be understood: {error.message}"))


def policy_document(body: Body, attribute: str, name: str, depth: int = 0) -> tuple[Any, tuple[Origin, ...]]:
    """Return a document as text or as an object, or why it is not known, and where its statements stand."""
    value = body.values.get(attribute)
    if isinstance(value, str):
        return plain(value), ()
    if value is not None:
        return Unknown(f"policy {name} cannot be understood: it is no text"), ()
    ends = [each for each in body.ends(attribute) if not isinstance(each, Known)]
    missing = Unknown(f"policy {name} is known only after apply{refers(tuple(ends))}", _NEEDS)
    if len(set(ends)) != 1 or depth > _DEEPEST:
        return missing, ()
    match ends[0]:
        case Attribute(Resource(mode="data", type=kind) as source, ()) if kind == _DOCUMENT:
            return _data(body, source, name)
        case Attribute(Resource(mode="data", type=kind) as source, ("json" | "minified_json",)) if kind == _DOCUMENT:
            return _data(body, source, name)
        case Attribute(resource, (str(other),)) if other in resource.block.get("expressions", {}):
            return policy_document(body_of(body.reading, resource), other, name, depth + 1)
        case _:
            return missing, ()


def _data(body: Body, source: Resource, name: str) -> tuple[Any, tuple[Origin, ...]]:
    try:
        found, statements = document(body_of(body.reading, source))
    except HangingError as error:
        return Unknown(f"policy {name} hangs on {error.cause}", error.needs), ()
    return found, statements
