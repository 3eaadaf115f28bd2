"""A template's parameters: what a parent stack or the command line gives, else their defaults.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

from smsl.model.standin import is_unsettled, plain, unsettled
from smsl.model.unknown import Unknown
from smsl.sources.cfn.stack import Stack
from smsl.sources.cfn.template import entries
from smsl.sources.cfn.values import Items, Value
from smsl.sources.documents.tree import Node, Scalar

_STORED = "AWS::SSM::Parameter::Value<"
_TRUE = frozenset({"true", "yes", "on", "1"})


def parameter(stack: Stack, name: str, declared: Node) -> Value:
    """Return a parameter's value; what stands for it where it is not to be shown (``NoEcho``)."""
    value = _value(stack, name, declared)
    hides = entries(declared, stack.budget).get("NoEcho")
    if hides is None or (isinstance(hides[1], Scalar) and hides[1].text.lower() not in _TRUE):
        return value
    cause = f"NoEcho parameter {stack.address(name)}"
    if not isinstance(value, str):
        return Unknown(f"{cause} is not shown")
    if is_unsettled(value):
        return unsettled(cause)
    hidden = unsettled(f"what {cause} hides")
    stack.world.hidden[hidden] = value
    return hidden


def _value(stack: Stack, name: str, declared: Node) -> Value:
    """Return what a parameter comes to.

    One of an SSM type is not known by its default, which names where the value is kept; the command line gives the
    value itself. One without a value stands for itself where it is a text, and is Unknown where it is a list.
    """
    members = entries(declared, stack.budget)
    kind = members["Type"][1] if "Type" in members else None
    type_name = kind.text if isinstance(kind, Scalar) else "String"
    inner = type_name.removeprefix(_STORED).removesuffix(">") if type_name.startswith(_STORED) else type_name
    listed = inner == "CommaDelimitedList" or inner.startswith("List<")
    line = declared.line
    passed = _passed(stack, name)
    if passed is not None:
        return _list(passed, line) if listed and isinstance(passed, str) else passed
    if stack.parent is None and name in stack.world.options:
        text = plain(stack.world.options[name])
        return _list(text, line) if listed else text
    default = members.get("Default")
    if default is not None and not type_name.startswith(_STORED):
        return _default(stack, default[1], listed=listed)
    cause = f"parameter {stack.address(name)}"
    if listed:
        return Unknown(f"{cause} has no value", (f"--parameter {name}=...",))
    return unsettled(cause)


def _passed(stack: Stack, name: str) -> Value:
    """Return what the parent of a nested stack passes down; None where it passes nothing."""
    if stack.parent is None or "Parameters" not in stack.parent.properties:
        return None
    _, node = stack.parent.properties["Parameters"]
    found = entries(node, stack.parent.stack.budget).get(name)
    return None if found is None else stack.parent.stack.resolve(found[1])


def _default(stack: Stack, node: Node, *, listed: bool) -> Value:
    value = stack.resolve(node)
    if value is None:
        value = ""
    return _list(value, node.line) if listed and isinstance(value, str) else value


def _list(text: str, line: int) -> Items:
    return Items([part.strip() for part in text.split(",")] if text.strip() else [], line)
