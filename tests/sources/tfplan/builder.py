"""Plans put together from short rows, in the shape that ``terraform show -json`` gives them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from smsl.model.unknown import Unknown
from smsl.sources.tfplan.address import steps

_PART = re.compile(r'module\.\w+(?:\["(?:[^"\\]|\\.)*"\]|\[\d+\])?\.')
_INSTANCE = re.compile(r'(\["(?:[^"\\]|\\.)*"\]|\[\d+\])$')


def reference(text: str) -> list[str]:
    """Return a reference with what leads to it, as Terraform lists them."""
    found = [text]
    while True:
        shorter = re.sub(r'(\.\w+|\["(?:[^"\\]|\\.)*"\]|\[\d+\])$', "", found[-1])
        least = 3 if shorter.startswith("data.") else 2
        if len(steps(shorter)) < least or shorter == found[-1]:
            return found
        found.append(shorter)


def expression(written: Any) -> Any:
    """Return an expression: a list of texts is its references, {"=": value} a constant, all else blocks."""
    if isinstance(written, list) and all(isinstance(each, str) for each in written):
        return {"references": [part for each in written for part in reference(each)]}
    if isinstance(written, list):
        return [{name: expression(each) for name, each in block.items()} for block in written]
    if isinstance(written, dict) and "=" in written:
        return {"constant_value": written["="]}
    return {name: expression(each) for name, each in written.items()}


def planned(
    resources: Mapping[str, Mapping[str, Any]],
    modules: Mapping[str, Mapping[str, Any]] | None = None,
    **rest: Any,
) -> dict[str, Any]:
    """Return a plan.

    Args:
        resources: By address: ``values``, ``unknown`` (names, or after_unknown itself), ``written`` (expressions),
            ``before``, ``actions``, ``provider``, ``each`` (for_each's expression), ``count``.
        modules: By path, ``a.b``: ``given``, ``outputs``, ``each``, ``defaults``.
        rest: Further members of the document.
    """
    root: dict[str, Any] = {"resources": [], "module_calls": {}}
    for path in modules or {}:
        _module(root, path.split("."), modules or {})
    changes = []
    for address, row in resources.items():
        home = "".join(_PART.findall(address)).rstrip(".")
        bare = _PART.sub("", address)
        found = _INSTANCE.search(bare)
        base = bare[: found.start()] if found else bare
        kind, name = base.removeprefix("data.").split(".")
        mode = "data" if base.startswith("data.") else "managed"
        index = None if found is None else json.loads(found.group()[1:-1])
        unknown = row.get("unknown", {})
        actions = row.get("actions", ["read"] if mode == "data" else ["create"])
        changes.append(
            {
                "address": address, "mode": mode, "type": kind, "name": name,
                "provider_name": "registry.terraform.io/hashicorp/aws",
                **({"module_address": home} if home else {}),
                **({} if index is None else {"index": index}),
                "change": {
                    "actions": actions,
                    "before": row.get("before"),
                    "after": None if actions == ["delete"] else row.get("values", {}),
                    "after_unknown": unknown if isinstance(unknown, dict) else dict.fromkeys(unknown, True),
                    "before_sensitive": False, "after_sensitive": {},
                },
            }
        )  # fmt: skip
        _declare(_module(root, re.findall(r"module\.(\w+)", home), modules or {}), base, row)
    document = {
        "format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": changes,
        "planned_values": {"root_module": {}}, "configuration": {"root_module": root, "provider_config": {}},
    }  # fmt: skip
    providers = rest.pop("providers", None)
    if providers is not None:
        document["configuration"]["provider_config"] = {
            key: {"name": "aws", "expressions": expression(each)} for key, each in providers.items()
        }
    return {**document, **rest}


def _module(root: dict[str, Any], path: list[str], modules: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    found = root
    for depth, name in enumerate(path):
        if name not in found["module_calls"]:
            said = modules.get(".".join(path[: depth + 1]), {})
            call: dict[str, Any] = {
                "source": f"./{name}",
                "expressions": expression(said.get("given", {})),
                "module": {
                    "resources": [],
                    "module_calls": {},
                    "outputs": {each: {"expression": expression(to)} for each, to in said.get("outputs", {}).items()},
                    "variables": {
                        **{each: {} for each in said.get("given", {})},
                        **{each: {"default": value} for each, value in said.get("defaults", {}).items()},
                    },
                },
            }
            if "each" in said:
                call["for_each_expression"] = expression(said["each"])
            found["module_calls"][name] = call
        found = found["module_calls"][name]["module"]
    return found


def _declare(module: dict[str, Any], base: str, row: Mapping[str, Any]) -> None:
    if any(each["address"] == base for each in module["resources"]):
        return
    kind, name = base.removeprefix("data.").split(".")
    declared = {
        "address": base, "mode": "data" if base.startswith("data.") else "managed", "type": kind, "name": name,
        "provider_config_key": row.get("provider", "aws"), "expressions": expression(row.get("written", {})),
    }  # fmt: skip
    if "each" in row:
        declared["for_each_expression"] = expression(row["each"])
    if "count" in row:
        declared["count_expression"] = expression(row["count"])
    module["resources"].append(declared)


def shown(value: Any) -> Any:
    """Return a piece, or what it holds, as JSON would hold it; members that are None, empty or names are left out."""
    match value:
        case Unknown(reason):
            return {"unknown": reason}
        case Enum():
            return value.value
        case _ if is_dataclass(value):
            return {each.name: shown(getattr(value, each.name)) for each in fields(value) if each.init}
        case dict():
            return {key: shown(each) for key, each in value.items()}
        case tuple() | list():
            return [shown(each) for each in value]
        case str() | int() | float() | bool() | None:
            return value
        case _:
            return str(value)


def holds(actual: Any, expected: Any) -> bool:
    """Tell whether a shown value has all that is expected; of an object only the members that are named."""
    match expected:
        case dict() if isinstance(actual, dict):
            return all(holds(actual.get(key), each) for key, each in expected.items())
        case list() if isinstance(actual, list):
            return len(actual) == len(expected) and all(map(holds, actual, expected))
        case _:
            return actual == expected and type(actual) is type(expected)
