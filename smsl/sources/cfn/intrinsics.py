"""CloudFormation's intrinsic functions, each from its argument to a value.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping

from smsl.model.standin import causes, drawn, is_drawn, is_unsettled, unsettled
from smsl.model.unknown import Unknown
from smsl.sources.cfn.arithmetic import blocks
from smsl.sources.cfn.conditions import choice, decided
from smsl.sources.cfn.mappings import find_in_map
from smsl.sources.cfn.references import get_att, ref, sub
from smsl.sources.cfn.spoken import identifier, spoken
from smsl.sources.cfn.stack import Stack
from smsl.sources.cfn.values import Items, Value, as_number
from smsl.sources.documents.tree import Node, Sequence

_ZONES = 6
"""The most zones that a Region has."""


def evaluate(stack: Stack, name: str, node: Node, tagged: bool) -> Value:
    """Return what a function comes to; one that is not understood comes to Unknown."""
    function = FUNCTIONS.get(name)
    if function is None:
        return Unknown(f"the function {identifier(name)} of line {node.line} is not one of CloudFormation's")
    return function(stack, node, tagged)


def _misused(name: str, node: Node) -> Unknown:
    return Unknown(f"the Fn::{name} of line {node.line} is not understood")


def argument(stack: Stack, node: Node, tagged: bool) -> Value:
    """Return the argument's value; the tag of a short form is the function's own."""
    return stack.structure(node) if tagged else stack.resolve(node)


def _join(stack: Stack, node: Node, _tagged: bool) -> Value:
    if not isinstance(node, Sequence) or len(node.items) != 2:
        return _misused("Join", node)
    delimiter = stack.text(node.items[0], "the delimiter")
    parts = stack.resolve(node.items[1])
    if isinstance(parts, Unknown):
        return unsettled(parts.reason)
    if not isinstance(parts, Items):
        return parts if isinstance(parts, str) else _misused("Join", node)
    texts = [part if isinstance(part, str) else _open(part, node) for part in parts]
    stack.budget.spend(sum(map(len, texts)) + len(delimiter) * len(texts))
    return delimiter.join(texts)


def _open(value: Value, node: Node) -> str:
    return unsettled(value.reason if isinstance(value, Unknown) else f"the Fn::Join of line {node.line}")


def _split(stack: Stack, node: Node, _tagged: bool) -> Value:
    """Split at a delimiter: what AWS draws holds none, a stack's name hyphens only, other open parts anything."""
    if not isinstance(node, Sequence) or len(node.items) != 2:
        return _misused("Split", node)
    delimiter, source = stack.resolve(node.items[0]), stack.resolve(node.items[1])
    if isinstance(source, Unknown):
        return source
    if not isinstance(delimiter, str) or not delimiter or not isinstance(source, str):
        return _misused("Split", node)
    named_by_stack = all(cause.startswith("AWS::StackName") for cause in causes(source)) and "-" not in delimiter
    if is_unsettled(delimiter) or (is_unsettled(source) and not named_by_stack):
        return Unknown(f"the Fn::Split of line {node.line} hangs on {spoken(source)}")
    stack.budget.spend(len(source))
    return Items(list(source.split(delimiter)), node.line)


def _select(stack: Stack, node: Node, _tagged: bool) -> Value:
    if not isinstance(node, Sequence) or len(node.items) != 2:
        return _misused("Select", node)
    index = as_number(stack.resolve(node.items[0]), "the index")
    found = stack.resolve(node.items[1])
    if isinstance(found, Unknown):
        return unsettled(found.reason if isinstance(index, Unknown) else f"element {index} where {found.reason}")
    if isinstance(index, Unknown) or not isinstance(found, Items) or not 0 <= index < len(found):
        return unsettled(f"the Fn::Select of line {node.line}")
    return found[index]


def _base64(stack: Stack, node: Node, tagged: bool) -> Value:
    value = argument(stack, node, tagged)
    if isinstance(value, str) and not is_unsettled(value) and not is_drawn(value):
        stack.budget.spend(2 * len(value))
        return base64.b64encode(value.encode()).decode()
    return unsettled(f"the Fn::Base64 of line {node.line}")


def _zones(stack: Stack, node: Node, tagged: bool) -> Value:
    """Return stand-ins for the zones of a region: which there are is the account's own."""
    region = argument(stack, node, tagged)
    region = region if isinstance(region, str) and region else stack.place.region
    return Items([drawn(f"zone {number} of {spoken(region)}") for number in range(_ZONES)], node.line)


def _cidr(stack: Stack, node: Node, tagged: bool) -> Value:
    value = argument(stack, node, tagged)
    if not isinstance(value, Items):
        return _misused("Cidr", node)
    return blocks(value, node.line)


def _if(stack: Stack, node: Node, _tagged: bool) -> Value:
    return choice(stack, node)


def _json(stack: Stack, node: Node, tagged: bool) -> Value:
    value = argument(stack, node, tagged)
    if not isinstance(value, Items | dict) or _has_unknown(value):
        return unsettled(f"the Fn::ToJsonString of line {node.line}")
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    stack.budget.spend(len(text))
    return text


def _has_unknown(value: Value) -> bool:
    match value:
        case Unknown():
            return True
        case list():
            return any(map(_has_unknown, value))
        case dict():
            return any(map(_has_unknown, value.values()))
    return False


def _length(stack: Stack, node: Node, tagged: bool) -> Value:
    value = argument(stack, node, tagged)
    if isinstance(value, Items):
        return str(len(value))
    return unsettled(f"the Fn::Length of line {node.line}")


def _import(stack: Stack, node: Node, tagged: bool) -> Value:
    """Return another stack's export, where its template is read too."""
    name = argument(stack, node, tagged)
    if not isinstance(name, str):
        return _misused("ImportValue", node)
    found = stack.world.exports.get(name)
    if found is None:
        return unsettled(f"export {spoken(name)}")
    exporter, value = found
    return exporter.resolve(value)


def _condition(stack: Stack, node: Node, _tagged: bool) -> Value:
    found = decided(stack, node)
    return found if isinstance(found, Unknown) else str(found).lower()


def _transform(_stack: Stack, node: Node, _tagged: bool) -> Value:
    return Unknown(f"the transform of line {node.line} is run by CloudFormation only")


FUNCTIONS: Mapping[str, Callable[[Stack, Node, bool], Value]] = {
    "Base64": _base64,
    "Cidr": _cidr,
    "Condition": _condition,
    "And": _condition,
    "Equals": _condition,
    "Not": _condition,
    "Or": _condition,
    "FindInMap": find_in_map,
    "GetAZs": _zones,
    "GetAtt": get_att,
    "If": _if,
    "ImportValue": _import,
    "Join": _join,
    "Length": _length,
    "Ref": ref,
    "Select": _select,
    "Split": _split,
    "Sub": sub,
    "ToJsonString": _json,
    "Transform": _transform,
}
