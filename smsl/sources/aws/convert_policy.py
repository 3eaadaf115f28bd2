"""Documents and failures: what every part of the conversion shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smsl.model.errors import InputError
from smsl.model.policy import Policy, parse_policy
from smsl.model.unknown import Unknown
from smsl.sources.aws.calls import OPERATIONS
from smsl.sources.aws.facts import Call, Facts, Failure


def unread(facts: Facts, wanted: Call, what: str) -> Unknown:
    """Return why the call's answer is not known, with the permission that would tell."""
    answer = facts.get(wanted)
    permission = OPERATIONS[wanted.name].permissions[0]
    if isinstance(answer, Failure):
        return Unknown(f"{what} was not read: {wanted.name} {answer.kind} ({answer.code})", (permission,))
    return Unknown(f"{what} was not read", (permission,))


def policy(name: str, document: Any) -> Policy | Unknown:
    """Return the document parsed, or why it cannot be understood."""
    try:
        return parse_policy(name, document)
    except InputError as error:
        return Unknown(f"policy {name} cannot be understood: {error.message}", ())


def tags(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags whose values were kept."""
    return {str(tag["Key"]): str(tag["Value"]) for tag in row.get("Tags") or [] if "Value" in tag}
