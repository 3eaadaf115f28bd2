"""Read templates that a test writes down, and what a value in one comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from smsl.model.origin import Origin
from smsl.model.unknown import Unknown
from smsl.sources.cfn.read import read_templates
from smsl.sources.cfn.template import TemplateFile
from smsl.sources.declared.declaration import Declaration, Place
from smsl.sources.declared.pieces import FunctionPiece

HERE = Place("123456789012", "eu-west-1")


def read(text: str | Sequence[str], place: Place = HERE, file: str = "template.yaml", **parameters: str) -> Declaration:
    """Return what a template declares."""
    joined = text if isinstance(text, str) else "\n".join(text)
    return read_templates([TemplateFile(file, joined)], place, parameters)


def value(head: Sequence[str], written: str, place: Place = HERE, **parameters: str) -> str | Unknown | None:
    """Return what a text that is written as a variable's value comes to; None where the variable is left away."""
    lines = [
        *head,
        *([] if "Resources:" in head else ["Resources:"]),
        "  Fn:",
        "    Type: AWS::Lambda::Function",
        "    Properties:",
        "      Role: arn:aws:iam::123456789012:role/r",
        "      Environment:",
        "        Variables:",
        f"          V: {written}",
    ]
    found = [piece for piece in read(lines, place, **parameters).pieces if isinstance(piece, FunctionPiece)]
    environment = found[-1].environment
    assert not isinstance(environment, Unknown)
    return environment.get("V")


def shown(thing: Any) -> Any:
    """Return a piece as plain data, without origins and what is left at its default."""
    if isinstance(thing, Origin):
        return f"{thing.address}:{thing.line}"
    if isinstance(thing, Unknown):
        return {"unknown": thing.reason}
    if isinstance(thing, IPv4Network | IPv6Network):
        return str(thing)
    if is_dataclass(thing) and not isinstance(thing, type):
        return {each.name: shown(getattr(thing, each.name)) for each in fields(thing) if each.compare}
    if isinstance(thing, dict):
        return {str(name): shown(inner) for name, inner in thing.items()}
    if isinstance(thing, tuple | list):
        return [shown(item) for item in thing]
    return thing


def agrees(expected: Any, actual: Any) -> bool:
    """Tell whether all that is expected of plain data holds: members that are not named may be anything."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return all(name in actual and agrees(inner, actual[name]) for name, inner in expected.items())
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(agrees, expected, actual))
    return bool(expected == actual)
