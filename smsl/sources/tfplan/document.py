"""From a plan's or a state's JSON to its resources.

Source: https://developer.hashicorp.com/terraform/internals/json-format
https://opentofu.org/docs/internals/json-format/
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

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
    found: list[Resource] = []
    seen: set[str] = set()
    for each in _resources(name, document, root):
        if each.address in seen:
            continue
        seen.add(each.address)
        if not each.gone:
            base = f"{'data.' if each.mode == 'data' else ''}{each.type}.{each.name}"
            each.module.resources.setdefault(base, {})[each.key] = each
        if each.type.startswith("aws_"):
            found.append(each)
    return Plan(
        root,
        mapping(configuration.get("provider_config")),
        mapping(document.get("variables")),
        tuple(found),
        _text(document.get("timestamp")),
        document.get("errored") is not True and document.get("complete") is not False,
    )


def is_state(document: Mapping[str, Any]) -> bool:
    """Tell a state from a plan."""
    return "values" in document and "planned_values" not in document


def _decoded(name: str, text: str) -> Mapping[str, Any]:
    try:
        document: object = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        raise InputError(f"{name}, line {error.lineno}: is not JSON.", _MAKE) from None
    except (ValueError, RecursionError):  # a number of thousands of digits; brackets without end
        raise InputError(f"{name}: is not JSON that can be read.", _MAKE) from None
    if not isinstance(document, dict):
        raise InputError(f"{name} is not a Terraform plan or state: it is no JSON object.", _MAKE)
    return document


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


def _resources(name: str, document: Mapping[str, Any], root: Module) -> Iterator[Resource]:
    for row in rows(document.get("resource_changes")):
        if "deposed" not in row:
            yield _resource(row, root, mapping(row.get("change")))
    for deferred in rows(document.get("deferred_changes")):
        row = mapping(deferred.get("resource_change"))
        yield _resource(row, root, mapping(row.get("change")))
    values = document.get("values") if is_state(document) else document.get("planned_values")
    yield from _standing(name, mapping(mapping(values).get("root_module")), root, 0)
    prior = mapping(mapping(document.get("prior_state")).get("values"))
    for each in _standing(name, mapping(prior.get("root_module")), root, 0):
        if each.mode == "data":
            yield each


def _standing(name: str, part: Mapping[str, Any], root: Module, depth: int) -> Iterator[Resource]:
    """Yield the resources of a module and of those inside it, none of which changes."""
    if depth > _DEEPEST:
        raise InputError(f"{name}: has modules more than {_DEEPEST} deep.")
    for row in rows(part.get("resources")):
        change = {"actions": ["no-op"], "before": row.get("values"), "after": row.get("values")}
        yield _resource({"module_address": part.get("address"), **row}, root, change)
    for each in rows(part.get("child_modules")):
        yield from _standing(name, each, root, depth + 1)


def _resource(row: Mapping[str, Any], root: Module, change: Mapping[str, Any]) -> Resource:
    home = find_module(root, row.get("module_address"))
    mode, kind, name = _text(row.get("mode")) or "managed", _text(row.get("type")), _text(row.get("name"))
    base = f"{'data.' if mode == 'data' else ''}{kind}.{name}"
    index = row.get("index")
    key: InstanceKey = index if isinstance(index, (str, int)) else None
    written = change.get("actions")
    actions = tuple(each for each in written if isinstance(each, str)) if isinstance(written, list) else ()
    before = change.get("before")
    block = home.blocks.get(base, NOTHING)
    return Resource(
        address=_text(row.get("address")) or base,
        module=home,
        mode=mode,
        type=kind,
        name=name,
        key=key,
        values=mapping(change.get("after")),
        unknown=mapping(change["after_unknown"]) if "after_unknown" in change else _lacking(change, block),
        before=before if isinstance(before, dict) else None,
        actions=actions,
        block=block,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _lacking(change: Mapping[str, Any], block: Mapping[str, Any]) -> Mapping[str, bool]:
    """Return what is known only after apply, of a plan from which that was cut: what is written and has no value."""
    values, written = mapping(change.get("after")), mapping(block.get("expressions"))
    return {name: True for name, each in written.items() if name not in values and "references" in mapping(each)}
