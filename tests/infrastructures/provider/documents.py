"""The data source aws_iam_policy_document: blocks to a policy's JSON, as its documentation describes it.

Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/d/iam_policy_document.html.markdown
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Any, cast

Value = dict[str, Any]


def render(config: Value) -> Value:
    """Return the data source's state."""
    version = config["version"] or "2012-10-17"
    own = [_statement(each) for each in config["statement"]]
    statements = _merged([], config["source_policy_documents"])
    statements = [*statements, *own]
    statements = _merged(statements, config["override_policy_documents"])
    document: Value = {"Version": version}
    if config["policy_id"]:
        document["Id"] = config["policy_id"]
    document["Statement"] = statements
    text = json.dumps(document, indent=2)
    filled = [{**each, "effect": each["effect"] or "Allow"} for each in config["statement"]]
    return {
        **config,
        "version": version,
        "statement": filled,
        "id": str(_number(text)),
        "json": text,
        "minified_json": json.dumps(document, separators=(",", ":")),
    }


def _merged(statements: list[Value], documents: Sequence[str] | None) -> list[Value]:
    """Lay documents over statements: one with a Sid replaces the one with the same Sid."""
    merged = list(statements)
    for text in documents or ():
        for each in json.loads(text)["Statement"]:
            place = next((i for i, old in enumerate(merged) if each.get("Sid") and old.get("Sid") == each["Sid"]), None)
            if place is None:
                merged.append(each)
            else:
                merged[place] = each
    return merged


def _statement(config: Value) -> Value:
    made: Value = {"Sid": config["sid"]} if config["sid"] else {}
    made["Effect"] = config["effect"] or "Allow"
    for name, key in (
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ):
        if config[name]:
            made[key] = _one_or_many(sorted(config[name]))
    for name, key in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        if config[name]:
            made[key] = _principals(config[name])
    if config["condition"]:
        made["Condition"] = {}
        for each in config["condition"]:
            made["Condition"].setdefault(each["test"], {})[each["variable"]] = _one_or_many(each["values"])
    return cast("Value", json.loads(json.dumps(made).replace("&{", "${")))


def _principals(blocks: Sequence[Value]) -> Any:
    if [(each["type"], each["identifiers"]) for each in blocks] == [("*", ["*"])]:
        return "*"
    together: dict[str, list[str]] = {}
    for each in blocks:
        together.setdefault(each["type"], []).extend(each["identifiers"])
    return {kind: _one_or_many(sorted(members)) for kind, members in sorted(together.items())}


def _one_or_many(values: Sequence[str]) -> Any:
    return values[0] if len(values) == 1 else list(values)


def _number(text: str) -> int:
    """Return a number that stands for a text, as the provider's id of a document does."""
    return zlib.crc32(text.encode())
