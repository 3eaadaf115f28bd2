"""CloudFormation's YAML: resources and properties, with references to what the template makes itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from smsl.render.neutral import terminal

_DRAWN = re.compile(r"⟨([^⟩]*)⟩(\.default-group|\.default-acl|\.main-table)?")
_NAMED = re.compile(r"(?:⟪AWS::StackName[^⟫]*⟫|\b[A-Za-z][A-Za-z0-9-]*)-([A-Za-z0-9]+)-⟨((?:[^⟩]*/)?\1)⟩")
"""What CloudFormation names a resource that is given no name: ``Ref`` returns it."""
_SECRET = re.compile(r"arn:[a-z-]+:secretsmanager:[^:]+:[^:]+:secret:([A-Za-z0-9]+)-⟨((?:[^⟩]*/)?\1)⟩-\?{6}")
"""The ARN of a secret that is given no name: ``Ref`` returns the whole."""
_GIVEN = re.compile(r"⟪(?:parameter )?((?:AWS::StackName|[A-Za-z0-9]+))⟫")
"""A parameter's value, or the stack's name."""
_PSEUDO = {"account": "AWS::AccountId", "region": "AWS::Region"}
_IMPLICIT = {".default-group": "DefaultSecurityGroup", ".default-acl": "DefaultNetworkAcl"}


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource with its properties; those that are None are left out."""

    type: str
    properties: Mapping[str, Any]


class _Tagged(str):
    """A text under a tag of CloudFormation's."""

    __slots__ = ("tag",)
    tag: str


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]  # PyYAML ships no types
    """YAML without aliases, which templates do not have."""

    def ignore_aliases(self, _: Any) -> bool:
        """Tell that no value is written as an alias of another."""
        return True


def _represent(dumper: yaml.SafeDumper, data: _Tagged) -> yaml.ScalarNode:
    return dumper.represent_scalar(data.tag, str(data))


_Dumper.add_representer(_Tagged, _represent)


def resource(logical: str, made: Resource, bound: Mapping[str, str] | None = None) -> str:
    """Return a resource under its logical id."""
    properties = {name: value for name, value in made.properties.items() if value is not None}
    return _dumped({logical: {"Type": made.type, "Properties": _referring(properties, bound or {})}})


def snippet(value: Any) -> str:
    """Return properties or a list as they stand inside a resource."""
    return _dumped(_referring(value, {}))


def _dumped(value: Any) -> str:
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=False, width=76)
    return text.rstrip("\n")


def _referring(value: Any, bound: Mapping[str, str]) -> Any:
    """Return a value with references in the place of stand-ins and of what an earlier step made."""
    if isinstance(value, Mapping):
        return {str(key): _referring(each, bound) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_referring(each, bound) for each in value]
    if not isinstance(value, str):
        return value
    if value in bound:
        return _tagged("!Ref", bound[value])
    value = _GIVEN.sub(r"⟨\1⟩", _NAMED.sub(r"⟨\2⟩", _SECRET.sub(r"⟨\2⟩", value)))
    whole = _DRAWN.fullmatch(value)
    if whole is not None:
        name = _name(whole)
        return _tagged("!GetAtt" if "." in name else "!Ref", name)
    if _DRAWN.search(value) is None:
        return terminal(value)
    literal = value.replace("${", "${!")
    return _tagged("!Sub", terminal(_DRAWN.sub(lambda found: f"${{{_name(found)}}}", literal)))


def _name(found: re.Match[str]) -> str:
    logical = found[1].rpartition("/")[2]
    attribute = _IMPLICIT.get(found[2] or "")
    name = _PSEUDO.get(logical, logical)
    return f"{name}.{attribute}" if attribute else name


def _tagged(tag: str, text: str) -> _Tagged:
    made = _Tagged(text)
    made.tag = tag
    return made
