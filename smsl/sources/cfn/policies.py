"""Policy documents of templates: parsed where everything that decides what they speak of is settled."""

from __future__ import annotations

import json
from dataclasses import dataclass

from smsl.model.errors import InputError
from smsl.model.origin import Origin
from smsl.model.policy import Policy, Statement, parse_policy
from smsl.model.standin import causes, is_unsettled, unsettled
from smsl.model.unknown import Unknown
from smsl.sources.cfn.dynamic import resolved
from smsl.sources.cfn.spoken import spoken
from smsl.sources.cfn.stack import Resource
from smsl.sources.cfn.values import Items, Object, Value, needs_of

_DECISIVE = ("Effect", "Action", "NotAction")


@dataclass(frozen=True, slots=True)
class Read:
    """A policy, and where each of its statements stands."""

    policy: Policy | Unknown
    statements: tuple[Origin, ...] = ()


def read_policy(resource: Resource, member: str, name: str, document: Value, path: str = "") -> Read:
    """Read a document.

    Args:
        resource: What has it.
        member: The property that it is, or stands in.
        name: The policy's, for reports.
        document: As it was resolved.
        path: Where in the property it stands: ``[0].PolicyDocument``.
    """
    if isinstance(document, Unknown):
        return Read(Unknown(f"policy {spoken(name)} hangs on what is not settled: {document.reason}", document.needs))
    if isinstance(document, str) and is_unsettled(document) and not document.lstrip().startswith("{"):
        return Read(_hanging(name, document))
    statements = _origins(resource, member, document, path)
    ready = _ready(name, document)
    if isinstance(ready, Unknown):
        return Read(ready, statements)
    try:
        policy = parse_policy(name, ready)
    except InputError as error:
        return Read(Unknown(f"policy {spoken(name)} cannot be understood: {spoken(error.message)}"), statements)
    for statement in policy.statements:
        if (text := _open(statement)) is not None:
            return Read(_hanging(name, text), statements)
    return Read(policy, statements)


def document_text(document: Value) -> str | Unknown:
    """Return a document as JSON text, for what keeps it as such."""
    ready = _ready("the document", document)
    return ready if isinstance(ready, Unknown | str) else json.dumps(ready, ensure_ascii=False)


def _hanging(name: str, text: str) -> Unknown:
    found = causes(text)
    return Unknown(f"policy {spoken(name)} hangs on {', '.join(found)}", needs_of(found))


def _open(statement: Statement) -> str | None:
    """Return what of a statement decides what it speaks of and is not settled."""
    texts = (*(statement.actions or ()), *(statement.not_actions or ()), *(each.key for each in statement.conditions))
    return next((text for text in texts if is_unsettled(text)), None)


def _origins(resource: Resource, member: str, document: Value, path: str) -> tuple[Origin, ...]:
    if not isinstance(document, Object):
        return ()
    written = document.get("Statement")
    found = written if isinstance(written, Items) else [written]
    return tuple(
        resource.at(member, each.line, f"{path}.Statement[{number}]")
        for number, each in enumerate(found)
        if isinstance(each, Object)
    )


def _ready(name: str, document: Value) -> object:
    """Return a document for the parser: what is not known stands in it as such, or is why it is not known."""
    if not isinstance(document, Object):
        return document
    written = document.get("Statement")
    if isinstance(written, Unknown):
        return Unknown(f"policy {spoken(name)} hangs on what is not settled: {written.reason}", written.needs)
    made: list[object] = []
    for statement in written if isinstance(written, Items) else [written]:
        ready = _statement(name, statement)
        if isinstance(ready, Unknown):
            return ready
        made.append(ready)
    members: dict[str, object] = {key: value for key, value in document.items() if key != "Statement"}
    return members if written is None else {**members, "Statement": made}


def _statement(name: str, statement: Value) -> object:
    if isinstance(statement, Unknown):
        return Unknown(f"policy {spoken(name)} hangs on what is not settled: {statement.reason}", statement.needs)
    if not isinstance(statement, Object):
        return statement
    for member, value in statement.items():
        if member in {*_DECISIVE, "Principal", "NotPrincipal", "Condition"} and isinstance(value, Unknown):
            return Unknown(f"policy {spoken(name)} hangs on what is not settled: {value.reason}", value.needs)
        if member in _DECISIVE:
            for each in value if isinstance(value, Items) else [value]:
                if isinstance(each, Unknown):
                    return Unknown(f"policy {spoken(name)} hangs on what is not settled: {each.reason}", each.needs)
                if isinstance(each, str) and is_unsettled(each):
                    return _hanging(name, each)
        if member == "Condition" and isinstance(value, Object):
            for keys in value.values():
                if isinstance(keys, Unknown):
                    return Unknown(f"policy {spoken(name)} hangs on what is not settled: {keys.reason}", keys.needs)
    return {member: _filled(value) for member, value in statement.items()}


def _filled(value: Value) -> object:
    """Return a value with stand-ins for what is not known, and lists in lists laid flat."""
    match value:
        case Unknown():
            return unsettled(value.reason)
        case Items():
            found: list[object] = []
            for item in value:
                inner = _filled(item)
                found += inner if isinstance(item, Items) and isinstance(inner, list) else [inner]
            return found
        case Object():
            return {member: _filled(inner) for member, inner in value.items()}
        case str():
            return resolved(value)
    return value
