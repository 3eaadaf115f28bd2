"""``aws_iam_policy_document`` data: the document that its blocks make.

Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

from __future__ import annotations

import json
from typing import Any

from smsl.model.origin import Origin
from smsl.model.standin import is_unsettled, plain, unsettled
from smsl.model.unknown import Unknown
from smsl.sources.tfplan.body import Body, body_of
from smsl.sources.tfplan.ends import Attribute, Known
from smsl.sources.tfplan.meant import KEYS, SECRETS

_VERSION = "2012-10-17"
_DEEPEST = 8
"""Documents that are made of one another."""


class HangingError(ValueError):
    """A part of a document that decides what it means is not settled."""

    def __init__(self, cause: str, needs: tuple[str, ...] = ()) -> None:
        super().__init__(cause)
        self.cause = cause
        self.needs = needs


def document(body: Body, depth: int = 0) -> tuple[dict[str, Any], tuple[Origin, ...]]:
    """Return the document of a data source, and where each of its statements stands.

    Statements of ``source_policy_documents`` come first; a later one takes the place of one with its Sid; those of
    ``override_policy_documents`` come last.

    Raises:
        HangingError: An effect, an action, an operator or a key's name, or a whole part, is known only after apply.
    """
    if depth > _DEEPEST:
        raise HangingError(body.resource.address)
    known = body.values.get("json")
    if isinstance(known, str):
        return _decoded(known, body), ()
    version = _settled(body, "version") or _VERSION
    statements: list[tuple[dict[str, Any], Origin]] = []
    for attribute in ("source_json", "source_policy_documents"):
        statements = _merged(statements, _parts(body, attribute, depth))
    blocks = body.blocks("statement")
    if isinstance(blocks, Unknown):
        raise HangingError(body.cause("statement"))
    own = [(_statement(block), body.at(f"statement[{i}]")) for i, block in enumerate(blocks)]
    statements = _merged(statements, own)
    for attribute in ("override_json", "override_policy_documents"):
        statements = _merged(statements, _parts(body, attribute, depth))
    made = {"Version": version, "Statement": [each for each, _ in statements]}
    return made, tuple(origin for _, origin in statements)


def _decoded(text: str, body: Body) -> dict[str, Any]:
    try:
        found = json.loads(plain(text))
    except (ValueError, RecursionError):
        raise HangingError(f"{body.cause('json')}, which is not JSON") from None
    if not isinstance(found, dict):
        raise HangingError(f"{body.cause('json')}, which is no document")
    return found


def _parts(body: Body, attribute: str, depth: int) -> list[tuple[dict[str, Any], Origin]]:
    """Return the statements of the documents that an attribute names."""
    value = body.values.get(attribute)
    if value is None and not body.is_unknown(attribute):
        return []
    texts = value if isinstance(value, list) else [value]
    later = [i for i, each in enumerate(texts) if each is None]
    ends = [each for each in body.ends(attribute) if not isinstance(each, Known)] if later else []
    if len(ends) != len(later):
        ends = list(dict.fromkeys(ends))
    if len(ends) != len(later) and isinstance(value, list):
        raise HangingError(body.cause(attribute))
    found: list[tuple[dict[str, Any], Origin]] = []
    waiting = list(ends)
    for each in texts:
        if isinstance(each, str):
            found = _merged(found, _statements(_decoded(each, body), body.at(attribute)))
        elif each is not None:
            raise HangingError(f"{body.cause(attribute)}, which is no text")
        for end in [waiting.pop(0)] if isinstance(value, list) and each is None else waiting if each is None else ():
            if not (isinstance(end, Attribute) and end.resource.type == "aws_iam_policy_document"):
                raise HangingError(body.cause(attribute))
            made, origins = document(body_of(body.reading, end.resource), depth + 1)
            known = list(zip(made["Statement"], origins, strict=True)) if origins else []
            found = _merged(found, known or _statements(made, body.at(attribute)))
    return found


def _statements(made: dict[str, Any], origin: Origin) -> list[tuple[dict[str, Any], Origin]]:
    written = made.get("Statement", [])
    rows = written if isinstance(written, list) else [written]
    return [(each, origin) for each in rows if isinstance(each, dict)]


def _merged(
    statements: list[tuple[dict[str, Any], Origin]], later: list[tuple[dict[str, Any], Origin]]
) -> list[tuple[dict[str, Any], Origin]]:
    """Return the statements with later ones: one with a Sid takes the place of the one that has it."""
    found = list(statements)
    places = {each.get("Sid"): i for i, (each, _) in enumerate(found) if each.get("Sid")}
    for each, origin in later:
        sid = each.get("Sid")
        if sid and isinstance(sid, str) and sid in places:
            found[places[sid]] = (each, origin)
            continue
        if sid and isinstance(sid, str):
            places[sid] = len(found)
        found.append((each, origin))
    return found


def _statement(block: Body) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": _settled(block, "effect") or "Allow"}
    sid = block.text("sid")
    if sid and not is_unsettled(sid):
        made["Sid"] = sid
    for attribute, element in (("actions", "Action"), ("not_actions", "NotAction")):
        if actions := _closed(block, attribute):
            made[element] = actions
    for attribute, element in (("resources", "Resource"), ("not_resources", "NotResource")):
        if resources := _open(block, attribute, "arn", _likely(made)):
            made[element] = resources
    for attribute, element in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        if principals := _principals(block, attribute):
            made[element] = principals
    if conditions := _conditions(block):
        made["Condition"] = conditions
    return made


def _settled(body: Body, name: str) -> str | None:
    found = body.text(name)
    if found is not None and is_unsettled(found):
        raise HangingError(body.cause(name))
    return found


def _closed(block: Body, name: str) -> list[str]:
    """Return texts of which each must be known."""
    found = block.texts(name)
    if isinstance(found, Unknown) or any(map(is_unsettled, found)):
        raise HangingError(block.cause(name))
    return list(found)


_OF_SERVICES = {"secretsmanager": SECRETS, "kms": KEYS}


def _likely(statement: dict[str, Any]) -> tuple[str, ...]:
    """Return the types that a statement's actions are about."""
    services = {action.split(":")[0].lower() for action in statement.get("Action", ())}
    return tuple(kind for service in sorted(services) for kind in _OF_SERVICES.get(service, ()))


def _open(block: Body, name: str, want: str, likely: tuple[str, ...] = ()) -> list[str]:
    """Return texts that may hold stand-ins; a list of which nothing is known is one that may be anything."""
    found = block.texts(name, want, likely=likely)
    texts = [unsettled(block.cause(name))] if isinstance(found, Unknown) else list(found)
    return [each.replace("&{", "${") for each in texts]


def _principals(block: Body, name: str) -> str | dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in _blocks(block, name):
        kind = _settled(each, "type") or ""
        if kind == "*":
            return "*"
        found.setdefault(kind, []).extend(_open(each, "identifiers", "arn"))
    return found


def _conditions(block: Body) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for each in _blocks(block, "condition"):
        key = _settled(each, "variable") or ""
        want = "id" if "vpc" in key.lower() else "arn"
        keys = found.setdefault(_settled(each, "test") or "", {})
        keys.setdefault(key, []).extend(_open(each, "values", want))
    return found


def _blocks(block: Body, name: str) -> tuple[Body, ...]:
    found = block.blocks(name)
    if isinstance(found, Unknown):
        raise HangingError(block.cause(name))
    return found
