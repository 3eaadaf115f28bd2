"""A template's text as data: JSON, or YAML with CloudFormation's short forms, and what may stand in it at all.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml

from smsl.lab.cloudformation.kind import Refused

_SECTIONS = frozenset(
    {
        "AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Mappings", "Conditions",
        "Transform", "Hooks", "Resources", "Outputs",
    }
)  # fmt: skip
_MEMBERS = frozenset(
    {
        "Type", "Properties", "DependsOn", "Condition", "Metadata", "CreationPolicy", "DeletionPolicy", "UpdatePolicy",
        "UpdateReplacePolicy",
    }
)  # fmt: skip
_TRANSFORMS = frozenset({"AWS::LanguageExtensions"})
"""Those that only add functions, some of which are resolved here."""


class _Loader(yaml.SafeLoader):  # type: ignore[misc]  # yaml has no types
    """YAML whose dates stay text, as CloudFormation reads `Version: 2012-10-17`."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _short(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    """Write a short form in its long one."""
    match node:
        case yaml.SequenceNode():
            value: Any = loader.construct_sequence(node, deep=True)
        case yaml.MappingNode():
            value = loader.construct_mapping(node, deep=True)
        case _:
            value = loader.construct_scalar(node)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short)


def parse(text: str) -> dict[str, Any]:
    """Read a template.

    Raises:
        Refused: It is neither JSON nor YAML, or no object.
    """
    try:
        parsed = json.loads(text)
    except ValueError:
        try:
            parsed = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
        except yaml.YAMLError:
            raise Refused("Template format error: YAML not well-formed.") from None
    if not isinstance(parsed, dict):
        raise Refused("Template format error: unsupported structure.")
    for parameter in _objects(parsed, "Parameters"):
        _split_default(parameter)
    return parsed


def _split_default(parameter: dict[str, Any]) -> None:
    """Make a list of the default of a list, as moto does of what is passed for it."""
    kind, default = str(parameter.get("Type", "")), parameter.get("Default")
    if isinstance(default, str) and (kind == "CommaDelimitedList" or kind.startswith("List<")):
        parameter["Default"] = [each.strip() for each in default.split(",")]


def validate(template: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """Refuse a template that holds what nothing here acts on.

    Args:
        template: As `parse` returns it.
        known: By resource type.

    Raises:
        Refused: In the words of CloudFormation where it has such.
    """
    if unknown := sorted(set(template) - _SECTIONS):
        raise Refused(f"Template format error: Invalid template property or properties [{', '.join(unknown)}]")
    transforms = template.get("Transform") or []
    listed = transforms if isinstance(transforms, list) else [transforms]
    if not all(isinstance(each, str) and each in _TRANSFORMS for each in listed):
        raise Refused("The lab expands no transform: deploy the processed template")
    resources = template.get("Resources")
    if not isinstance(resources, dict) or not resources:
        raise Refused("Template format error: At least one Resources member must be defined.")
    types = set()
    for name, resource in resources.items():
        if not isinstance(resource, dict) or not isinstance(resource.get("Type"), str):
            raise Refused(f"Template format error: [/Resources/{name}] Every Resources object must contain a Type.")
        if wrong := sorted(set(resource) - _MEMBERS):
            raise Refused(f"Template format error: Invalid template resource property '{wrong[0]}'")
        before = resource.get("DependsOn") or []
        absent = sorted(set([before] if isinstance(before, str) else before) - set(resources))
        if absent:
            raise Refused(f"Template format error: Unresolved resource dependencies [{absent[0]}] in the template")
        types.add(resource["Type"])
    if unknown := sorted(types - set(known)):
        raise Refused(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")


def _objects(template: Mapping[str, Any], section: str) -> list[dict[str, Any]]:
    members = template.get(section)
    return [each for each in members.values() if isinstance(each, dict)] if isinstance(members, dict) else []
