"""A plan's or a state's resources, modules and expressions.

Source: https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from smsl.sources.tfplan.address import Key, instance, steps

Expression: TypeAlias = Mapping[str, Any]
"""``{"constant_value": ...}`` or ``{"references": [...]}``; an absent one is empty."""
InstanceKey: TypeAlias = str | int | None
NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """An instance of a module: the root, or what a ``module`` block makes."""

    path: str
    """``module.a["k"].module.b``; empty for the root."""
    name: str
    key: InstanceKey
    written: Mapping[str, Any]
    """Its configuration: ``resources``, ``module_calls``, ``outputs``, ``variables``."""
    call: Mapping[str, Any]
    """The block that makes it."""
    parent: Module | None
    resources: dict[str, dict[InstanceKey, Resource]] = field(default_factory=dict)
    """By address without the module and the instance (``data.aws_vpc.main``), then by instance."""
    modules: dict[str, dict[InstanceKey, Module]] = field(default_factory=dict)
    """By name, then by instance."""
    blocks: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """The resources' blocks of the configuration by address without the instance."""
    inputs: dict[str, Expression] = field(default_factory=dict)
    """A reference to each variable that the module is given, by name: ``{"references": ["var.name"]}``."""


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """An instance of a resource or a data source, as it will be."""

    address: str
    module: Module
    mode: str
    """``managed`` or ``data``."""
    type: str
    name: str
    key: InstanceKey
    values: Mapping[str, Any]
    """What is known of it after apply."""
    unknown: Mapping[str, Any]
    """What is known only then: ``{"arn": true, "tags": {"Name": true}}``."""
    before: Mapping[str, Any] | None
    """What it was; None for a new one."""
    actions: tuple[str, ...]
    block: Mapping[str, Any]
    """Its block of the configuration, with ``expressions``; empty where there is none."""
    cut: bool = False
    """Whether the file lacks what is known only after apply: some cut it down to ``planned_values``."""

    @property
    def gone(self) -> bool:
        """Whether nothing of it stays."""
        return self.actions in (("delete",), ("forget",))


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """All of a plan or a state."""

    root: Module
    providers: Mapping[str, Any]
    variables: Mapping[str, Any]
    resources: tuple[Resource, ...]
    """Those of AWS's provider, managed ones and data sources, in the file's order."""
    timestamp: str = ""
    complete: bool = True
    """False for a plan that failed, or that leaves something for a further one."""


def rows(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a list; all else is passed over."""
    for each in value if isinstance(value, list) else ():
        if isinstance(each, dict):
            yield each


def mapping(value: object) -> Mapping[str, Any]:
    """Return an object; an empty one for all else."""
    return value if isinstance(value, dict) else NOTHING


def child(parent: Module, name: str, key: InstanceKey) -> Module:
    """Return an instance of a module that `parent` calls; it is made when it is first asked for."""
    instances = parent.modules.setdefault(name, {})
    if key not in instances:
        call = mapping(mapping(parent.written.get("module_calls")).get(name))
        dot = "." if parent.path else ""
        path = f"{parent.path}{dot}module.{name}{instance(key)}"
        instances[key] = module(path, name, key, mapping(call.get("module")), call, parent)
    return instances[key]


def module(
    path: str, name: str, key: InstanceKey, written: Mapping[str, Any], call: Mapping[str, Any], parent: Module | None
) -> Module:
    """Return a module with its resources' blocks at hand."""
    blocks = {str(each.get("address", "")): each for each in rows(written.get("resources"))}
    inputs: dict[str, Expression] = {each: {"references": [f"var.{each}"]} for each in mapping(call.get("expressions"))}
    return Module(path, name, key, written, call, parent, blocks=blocks, inputs=inputs)


def find_module(root: Module, address: object) -> Module:
    """Return the module of an address, ``module.a["k"].module.b``; the root for what is none."""
    if not address or not isinstance(address, str):
        return root
    found, parts = root, steps(address)
    at = 0
    while at + 1 < len(parts) and parts[at] == "module":
        name, at = str(parts[at + 1]), at + 2
        key: InstanceKey = None
        if at < len(parts) and isinstance(parts[at], (Key, int)):
            key, at = parts[at], at + 1
        found = child(found, name, key)
    return found
