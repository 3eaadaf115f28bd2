"""Make facts of raw answers: nothing that could be a secret's value is left in them.

Raw answers live only inside one round of reading. What leaves it is JSON: the members that `calls.OPERATIONS` keeps,
dates as text, variables by what they hold, and tag values only where a policy asks for them or they tell who owns the
resource.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from smsl.leaks.classify import classify
from smsl.leaks.same import Seen, note
from smsl.sources.aws.calls import OPERATIONS
from smsl.sources.aws.facts import Answer, Call, Failure
from smsl.sources.aws.holds import dump_variable
from smsl.sources.aws.needs import list_secrets

_FREE_TEXT = frozenset({"Description", "Tags", "TagSet", "TagList", "Comment", "ResponseMetadata", "CallerReference"})
_OWNER_TAGS = ("aws:cloudformation:stack-name", "aws:cloudformation:stack-id", "managed-by", "terraform")
_LISTED_FUNCTION = ("FunctionName", "FunctionArn", "Version")


def redact(answers: Mapping[Call, Answer], before: Mapping[Call, Answer], seen: Seen[Call]) -> dict[Call, Answer]:
    """Return the facts of one round.

    Args:
        answers: What this round's calls answered, raw.
        before: The facts of earlier rounds, for the names of listed secrets.
        seen: The run's leaks, to which those of this round are added.
    """
    known: dict[str, frozenset[str]] = {}
    facts: dict[Call, Answer] = {}
    for call, answer in answers.items():
        if isinstance(answer, Failure):
            facts[call] = answer
            continue
        if call.region not in known:
            known[call.region] = _names({**before, **answers}, call.region)
        facts[call] = _fact(call, answer, known[call.region], seen)
    return facts


def _names(facts: Mapping[Call, Answer], region: str) -> frozenset[str]:
    listing = facts.get(list_secrets(region))
    if listing is None or isinstance(listing, Failure):
        return frozenset()
    rows = listing.get("SecretList")
    return (
        frozenset(str(row.get("Name")) for row in rows if isinstance(row, Mapping))
        if isinstance(rows, list)
        else frozenset()
    )


def _fact(call: Call, answer: Mapping[str, Any], names: frozenset[str], seen: Seen[Call]) -> Answer:
    keep = OPERATIONS[call.name].keep
    kept = {member: answer[member] for member in keep or answer if member in answer}
    if keep is not None and not kept:
        return Failure("garbled", "NoKnownMember")
    try:
        if call.operation == "GetFunctionConfiguration":
            kept["Environment"] = _environment(call, kept.get("Environment"), names, seen)
        if call.operation == "ListFunctions":
            kept["Functions"] = [{each: row.get(each) for each in _LISTED_FUNCTION} for row in kept["Functions"]]
        cleaned = _clean(kept)
    except (AttributeError, TypeError, KeyError, ValueError):
        return Failure("garbled", "UnexpectedShape")
    return cleaned if isinstance(cleaned, dict) else Failure("garbled", "UnexpectedShape")


def _environment(call: Call, environment: object, names: frozenset[str], seen: Seen[Call]) -> dict[str, Any]:
    if environment is None:
        return {"Holds": []}
    if not isinstance(environment, Mapping):
        raise TypeError
    if environment.get("Error"):
        return {"Error": str(environment["Error"].get("ErrorCode", "unknown"))[:60]}
    variables = environment.get("Variables", {})
    if not all(isinstance(name, str) and isinstance(value, str) for name, value in variables.items()):
        raise TypeError
    classified = classify(variables, names)
    note(seen, call, classified, variables)
    return {"Holds": [dump_variable(variable) for variable in classified]}


def _clean(value: object, key: str = "") -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {
            str(each): _clean(member, str(each))
            for each, member in value.items()
            if each not in _FREE_TEXT or each == "Tags"
        }
    if isinstance(value, list | tuple):
        if key == "Tags":
            return [
                {"Key": str(tag.get("Key", "")), "Value": str(tag.get("Value", ""))} for tag in value if "Key" in tag
            ]
        return [_clean(member) for member in value]
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    return str(type(value).__name__)


def redact_tags(facts: Mapping[Call, Answer]) -> dict[Call, Answer]:
    """Return the facts with the values of tags taken out, but for those that a verdict may rest on.

    A policy rests on ``aws:ResourceTag/KEY``, ``aws:PrincipalTag/KEY`` and the like; an owner's tag tells that a
    stack will revert a change made by hand.
    """
    asked = frozenset(_asked_tags(facts))
    return {
        call: answer if isinstance(answer, Failure) else _without_tags(answer, asked, call)
        for call, answer in facts.items()
    }


def _without_tags(answer: Mapping[str, Any], asked: frozenset[str], call: Call) -> dict[str, Any]:
    def walk(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {
                each: walk(member, each) for each, member in value.items() if each != "Tags" or call.service != "ec2"
            }
        if isinstance(value, list):
            if key == "Tags":
                return [tag if _kept(tag["Key"], asked) else {"Key": tag["Key"]} for tag in value]
            return [walk(member) for member in value]
        return value

    walked: dict[str, Any] = walk(dict(answer))
    return walked


def _kept(key: str, asked: frozenset[str]) -> bool:
    return key.lower() in asked or key in _OWNER_TAGS


def _asked_tags(facts: Mapping[Call, Answer]) -> Iterator[str]:
    """Yield, in small letters, the keys of tags that any policy speaks of."""
    for answer in facts.values():
        if isinstance(answer, Failure):
            continue
        text = json.dumps(answer).lower() if _speaks_of_tags(answer) else ""
        for marker in ("resourcetag/", "principaltag/"):
            for piece in text.split(marker)[1:]:
                end = min((at for sign in '"}\\,' if (at := piece.find(sign)) >= 0), default=len(piece))
                yield piece[:end].strip()


def _speaks_of_tags(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_speaks_of_tags(each) for pair in value.items() for each in pair)
    if isinstance(value, list):
        return any(_speaks_of_tags(each) for each in value)
    if not isinstance(value, str):
        return False
    low = value.lower()
    return "resourcetag/" in low or "principaltag/" in low
