"""Nodes that are made on the way: what SAM expands stands on the line that it was written on."""

from __future__ import annotations

from collections.abc import Mapping as Members
from typing import Any

from smsl.sources.cfn.stack import is_function
from smsl.sources.documents.tree import Mapping, Node, Scalar, Sequence


def node_of(value: Any, line: int) -> Node:
    """Return plain data as a node; nodes inside it stay what they are."""
    match value:
        case Scalar() | Sequence() | Mapping():
            return value
        case str():
            return Scalar(value, line)
        case bool():
            return Scalar(str(value).lower(), line, quoted=False)
        case int() | float():
            return Scalar(str(value), line, quoted=False)
        case list() | tuple():
            return Sequence(line, [node_of(item, line) for item in value])
        case Members():
            return Mapping(line, [(Scalar(str(name), line), node_of(inner, line)) for name, inner in value.items()])
    return Scalar("", line, quoted=False)


def function_of_node(node: Node) -> tuple[str, Node] | None:
    """Return an intrinsic function's name and argument; None for what is none."""
    if node.tag.startswith("!"):
        return node.tag[1:], node
    if isinstance(node, Mapping) and len(node.pairs) == 1:
        key, value = node.pairs[0]
        if isinstance(key, Scalar) and is_function(key.text, value):
            return key.text.removeprefix("Fn::"), value
    return None


def is_no_value(node: Node | None) -> bool:
    """Tell ``AWS::NoValue``, and null."""
    if node is None:
        return True
    found = function_of_node(node)
    if found is not None:
        return found[0] == "Ref" and isinstance(found[1], Scalar) and found[1].text == "AWS::NoValue"
    return isinstance(node, Scalar) and not node.text and not node.quoted
