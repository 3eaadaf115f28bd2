"""From a plan's or a state's JSON to its resources.

Source: https://developer.hashicorp.com/terraform/internals/json-format
https://opentofu.org/docs/internals/json-format/
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from smsl.model.errors import InputError
from smsl.sources.tfplan.plan import (
    NOTHING,
    InstanceKey,
    Module,
    Plan,
    Resource,
    find_module,
    mapping,
    module,
    rows,
)

_MAKE = "Make it with: terraform show -json PLAN > plan.json"
_DEEPEST = 60
"""Modules inside one another, and levels of a value; a plan with more is refused."""
_MAJORS = ("0", "1")


def load(name: str, text: str) -> Plan:
    """Return what the file holds.

    Raises:
        InputError: It is not JSON, no plan and no state, or of a format that is not known.
    """
    document = _decoded(name, text)
    _check(name, document)
    configuration = mapping(document.get("configuration"))
    root = module("", "", None, mapping(configuration.get("root_module")), NOTHING, None)
    found: dict[str, Resource] = {}
    for row, change, cut in _rows(name, document):
        address = _address(row)
        if address in found:
            continue
        each = found[address] = _resource(address, row, root, change, cut=cut)
        if not each.gone:
            each.module.resources.setdefault(_base(row), {})[each.key] = each
    return Plan(
        root,
        mapping(configuration.get("provider_config")),
        mapping(document.get("variables")),
        tuple(each for each in found.values() if each.type.startswith("aws_")),
        _text(document.get("timestamp")),
        document.get("errored") is not True and document.get("complete") is not False,
    )


def is_state(document: Mapping[str, Any]) -> bool:
    """Tell a state from a plan."""
    return "values" in document and "planned_values" not in document


def _decoded(name: str, text: str) -> Mapping[str, Any]:
    try:
        document: object = _first_object(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        raise InputError(f"{name}, line {error.lineno}: is not JSON.", _MAKE) from None
    except (ValueError, RecursionError):  # a number of thousands of digits; brackets without end
        raise InputError(f"{name}: is not JSON that can be read.", _MAKE) from None
    if not isinstance(document, dict):
        raise InputError(f"{name} is not a Terraform plan or state: it is no JSON object.", _MAKE)
    return document


def _first_object(text: str) -> object:
    """Return the document; it may stand between lines of others, as the wrapper of GitHub's setup-terraform prints it.

    Source: https://github.com/hashicorp/setup-terraform
    """
    blank = len(text) - len(text.lstrip())
    start = blank if text.startswith("{", blank) else text.find("\n{") + 1
    found, _ = json.JSONDecoder().raw_decode(text, start or blank)
    return found


def _check(name: str, document: Mapping[str, Any]) -> None:
    version = document.get("format_version")
    if "lineage" in document and "serial" in document and version is None:
        raise InputError(
            f"{name} is Terraform's own state file, whose format is not for others.",
            "Make it with: terraform show -json > state.json",
        )
    if not any(isinstance(document.get(part), kind) for part, kind in _PARTS):
        if version is not None and "terraform_version" in document:
            return  # an empty state or plan
        raise InputError(f"{name} is not a Terraform plan or state: it has neither resource_changes nor values.", _MAKE)
    if version is not None and (not isinstance(version, str) or version.split(".")[0] not in _MAJORS):
        raise InputError(
            f"{name}: its format_version is none that is known (0.x and 1.x are).",
            "A newer release of smsl may read it.",
        )


_PARTS = (("resource_changes", list), ("planned_values", dict), ("values", dict))


_Row: TypeAlias = tuple[Mapping[str, Any], Mapping[str, Any], bool]
"""A resource's row, its change, and whether what is known only after apply was cut from it."""


def _rows(name: str, document: Mapping[str, Any]) -> Iterator[_Row]:
    """Yield the resources that change, then those that stand; of one that is in both the first counts."""
    for row in rows(document.get("resource_changes")):
        if "deposed" not in row:
            yield row, mapping(row.get("change")), False
    for deferred in rows(document.get("deferred_changes")):
        row = mapping(deferred.get("resource_change"))
        yield row, mapping(row.get("change")), False
    values = document.get("values") if is_state(document) else document.get("planned_values")
    cut = not is_state(document) and not isinstance(document.get("resource_changes"), list)
    for row in _standing(name, mapping(mapping(values).get("root_module"))):
        yield row, _unchanged(row), cut
    prior = mapping(mapping(document.get("prior_state")).get("values"))
    partial = document.get("complete") is False or document.get("errored") is True
    moved = {row.get("previous_address") for row in rows(document.get("resource_changes"))}
    for row in _standing(name, mapping(prior.get("root_module"))):
        # Of what -target passes over, and what a plan that failed did not come to, all stays as it is.
        if row.get("mode") == "data" or (partial and _address(row) not in moved):
            yield row, _unchanged(row), False


def _unchanged(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"actions": ["no-op"], "before": row.get("values"), "after": row.get("values")}


def _standing(name: str, part: Mapping[str, Any], depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a module and of those inside it."""
    if depth > _DEEPEST:
        raise InputError(f"{name}: has modules more than {_DEEPEST} deep.")
    home = part.get("address")
    for row in rows(part.get("resources")):
        yield row if home is None else {"module_address": home, **row}
    for each in rows(part.get("child_modules")):
        yield from _standing(name, each, depth + 1)


def _base(row: Mapping[str, Any]) -> str:
    """Return an address without the module and the instance."""
    prefix = "data." if row.get("mode") == "data" else ""
    return f"{prefix}{_text(row.get('type'))}.{_text(row.get('name'))}"


def _address(row: Mapping[str, Any]) -> str:
    return _text(row.get("address")) or _base(row)


def _resource(address: str, row: Mapping[str, Any], root: Module, change: Mapping[str, Any], *, cut: bool) -> Resource:
    home = find_module(root, row.get("module_address"))
    index = row.get("index")
    key: InstanceKey = index if isinstance(index, (str, int)) else None
    written = change.get("actions")
    actions = tuple(each for each in written if isinstance(each, str)) if isinstance(written, list) else ()
    before = change.get("before")
    block = home.blocks.get(_base(row), NOTHING)
    return Resource(
        address=address,
        module=home,
        mode="data" if row.get("mode") == "data" else "managed",
        type=_text(row.get("type")),
        name=_text(row.get("name")),
        key=key,
        values=mapping(change.get("after")),
        unknown=mapping(change.get("after_unknown")) if not cut else _lacking(change, block),
        before=before if isinstance(before, dict) else None,
        actions=actions,
        block=block,
        cut=cut,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _lacking(change: Mapping[str, Any], block: Mapping[str, Any]) -> Mapping[str, bool]:
    """Return what is known only after apply, of a plan from which that was cut: what is written and has no value."""
    values, written = mapping(change.get("after")), mapping(block.get("expressions"))
    return {name: True for name, each in written.items() if name not in values and "references" in mapping(each)}
