"""``aws_iam_policy_document`` data: the document that its blocks make.

Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/d/iam_policy_document.html.markdown
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from smsl.model.origin import Origin
from smsl.model.standin import is_drawn, is_unsettled, plain, unsettled
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
    shared = _shared(blocks)
    own = [(_statement(block, shared), body.at(f"statement[{i}]")) for i, block in enumerate(blocks)]
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
    if value is None and any(
        isinstance(each, Known) and each.value not in (None, "", []) for each in body.ends(attribute)
    ):
        raise HangingError(body.cause(attribute))  # it may decide which of the others count
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


def _shared(blocks: tuple[Body, ...]) -> frozenset[str] | None:
    """Return the services that several statements of a dynamic block are about; None where none is dynamic.

    All of these have one list of references: which of them is whose can be told by the service alone.
    """
    made = [block for block in blocks if not block.written]
    if len(made) < 2:
        return None
    found: Counter[str] = Counter()
    for block in made:
        actions = block.values.get("actions")
        texts = actions if isinstance(actions, list) and actions else ["*"]
        found.update({str(each).split(":")[0].lower() for each in texts})
    return frozenset(each for each, count in found.items() if count > 1 or "*" in found)


def _statement(block: Body, shared: frozenset[str] | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": _settled(block, "effect") or "Allow"}
    sid = block.text("sid")
    if sid and not is_unsettled(sid):
        made["Sid"] = sid
    for attribute, element in (("actions", "Action"), ("not_actions", "NotAction")):
        if actions := _closed(block, attribute):
            made[element] = actions
    for attribute, element in (("resources", "Resource"), ("not_resources", "NotResource")):
        if shared is not None and not block.written and _is_open(block, attribute):
            resources = _by_service(block, attribute, made, shared)
        else:
            resources = _open(block, attribute, "arn", _likely(made))
        if resources:
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
    if want == "arn" and name != "values":
        texts = [each if _is_arn(each) else _arn_of(block, name, each) for each in texts]
    return [each.replace("&{", "${") for each in texts]


def _is_arn(text: str) -> bool:
    return not is_drawn(text) or text.startswith("arn:")


def _arn_of(block: Body, name: str, text: str) -> str:
    """Return the ARN of what is referred to by its id or name, as a part of an ARN that is put together.

    A key's id stands in no other ARN than the key's; a role's or a secret's name may have anything around it.
    """
    named = [end for end in block.ends(name) if isinstance(end, Attribute) and end.resource.type in KEYS]
    for end in named:
        if text == block.reading.attribute(end.resource, end.path or ("arn",), "arn"):
            return block.reading.attribute(end.resource, ("arn",), "arn") or unsettled(block.cause(name))
    return unsettled(block.cause(name))


def _is_open(block: Body, name: str) -> bool:
    value = block.values.get(name)
    return block.is_unknown(name) or (isinstance(value, list) and None in value)


def _by_service(block: Body, name: str, made: dict[str, Any], shared: frozenset[str]) -> list[str]:
    """Return the resources of one of several statements of a dynamic block: those that its service alone is about."""
    services = {action.split(":")[0].lower() for action in made.get("Action", ("*",))}
    likely = _likely(made)
    ends = [each for each in block.ends(name) if isinstance(each, Attribute) and each.resource.type in likely]
    if services & (shared | {"*"}) or not ends or len(services) != 1:
        return [unsettled(block.cause(name))]
    known = [plain(each) for each in block.values.get(name) or () if isinstance(each, str)]
    texts = [block.reading.text_of(each, "arn") for each in dict.fromkeys(ends)]
    return [*known, *(each for each in texts if each is not None)]


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
        values = _open(each, "values", want)
        if "arn" in key.lower():
            values = [value if _is_arn(value) else unsettled(each.cause("values")) for value in values]
        keys.setdefault(key, []).extend(values)
    return found


def _blocks(block: Body, name: str) -> tuple[Body, ...]:
    found = block.blocks(name)
    if isinstance(found, Unknown):
        raise HangingError(block.cause(name))
    return found
