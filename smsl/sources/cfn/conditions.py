"""Conditions in three values, and the branches that they choose.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
"""

from __future__ import annotations

from smsl.model.standin import causes, is_drawn, is_unsettled, unsettled
from smsl.model.unknown import Unknown
from smsl.sources.cfn.spoken import identifier
from smsl.sources.cfn.stack import Stack, is_function
from smsl.sources.cfn.values import Items, Value, needs_of
from smsl.sources.declared.declaration import ACCOUNT, REGION
from smsl.sources.documents.tree import Mapping, Node, Scalar, Sequence

_BRANCHES = 3
_TWO = 2


def condition(stack: Stack, name: str) -> bool | Unknown:
    """Return whether a condition of the template holds.

    Raises:
        InputError: It hangs on itself.
    """
    if name not in stack.verdicts:
        found = stack.template.entries("Conditions").get(name)
        if found is None:
            return Unknown(f"condition {identifier(name)} is not in the template")
        at, node = found
        stack.enter(id(node), at)
        try:
            verdict = decided(stack, node)
        finally:
            stack.open.discard(id(node))
        if isinstance(verdict, Unknown):
            verdict = Unknown(f"condition {identifier(name)} is not settled: {verdict.reason}", verdict.needs)
        stack.verdicts[name] = verdict
    return stack.verdicts[name]


def decided(stack: Stack, node: Node) -> bool | Unknown:
    """Return whether a condition function holds."""
    name, inner = _function(node)
    parts = inner.items if isinstance(inner, Sequence) else []
    match name:
        case "Condition" if isinstance(inner, Scalar):
            return condition(stack, inner.text)
        case "Not" if len(parts) == 1:
            found = _nested(stack, parts[0])
            return found if isinstance(found, Unknown) else not found
        case "And" | "Or" if parts:
            return _all_or_any(stack, parts, decisive=name == "Or")
        case "Equals" if len(parts) == _TWO:
            left, right = (_revealed(stack, stack.resolve(part)) for part in parts)
            return _equal(left, right, node)
    return Unknown(f"the condition of line {node.line} is not understood")


def _nested(stack: Stack, node: Node) -> bool | Unknown:
    stack.enter(id(node), node.line)
    try:
        return decided(stack, node)
    finally:
        stack.open.discard(id(node))


def _function(node: Node) -> tuple[str, Node]:
    if node.tag.startswith("!"):
        return node.tag[1:], node
    if isinstance(node, Mapping) and len(node.pairs) == 1:
        key, value = node.pairs[0]
        if isinstance(key, Scalar) and is_function(key.text, value):
            return key.text.removeprefix("Fn::"), value
    return "", node


def _all_or_any(stack: Stack, parts: list[Node], *, decisive: bool) -> bool | Unknown:
    doubt: Unknown | None = None
    for part in parts:
        found = _nested(stack, part)
        if isinstance(found, Unknown):
            doubt = doubt or found
        elif found is decisive:
            return decisive
    return doubt or not decisive


def _revealed(stack: Stack, value: Value) -> Value:
    """Return a text with the values of ``NoEcho`` parameters: whether it equals another shows neither."""
    if isinstance(value, str) and is_unsettled(value):
        for hidden, text in stack.world.hidden.items():
            value = value.replace(hidden, text)
    return value


def _equal(left: Value, right: Value, node: Node) -> bool | Unknown:
    """Compare as CloudFormation does, by case; a stand-in equals itself, and else only deployment tells."""
    for each in (left, right):
        if isinstance(each, Unknown):
            return each
    if isinstance(left, Items) and isinstance(right, Items):
        if len(left) != len(right):
            return False
        found = [_equal(one, other, node) for one, other in zip(left, right, strict=True)]
        return next((each for each in found if each is not True), True)
    if left == right:
        return True
    texts = [each for each in (left, right) if isinstance(each, str)]
    if any(map(_may_be_anything, texts)):
        found_causes = tuple(cause for text in texts for cause in causes(text))
        what = ", ".join(found_causes) or "the account and the region"
        return Unknown(f"it hangs on {what}", needs_of(found_causes) or ("--account", "--region"))
    return False


def _may_be_anything(text: str) -> bool:
    return is_unsettled(text) or (is_drawn(text) and (ACCOUNT in text or REGION in text))


def choice(stack: Stack, node: Node) -> Value:
    """Return the branch of an ``Fn::If``: where the condition is not settled, what stands for one of two."""
    if not isinstance(node, Sequence) or len(node.items) != _BRANCHES or not isinstance(node.items[0], Scalar):
        return Unknown(f"the Fn::If of line {node.line} is not understood")
    name = node.items[0].text
    verdict = condition(stack, name)
    if not isinstance(verdict, Unknown):
        return stack.resolve(node.items[1 if verdict else 2])
    branches = [stack.resolve(branch) for branch in node.items[1:]]
    if branches[0] == branches[1]:
        return branches[0]
    if isinstance(branches[0], str) and isinstance(branches[1], str):
        return _either(stack, name, branches[0], branches[1], node.line)
    return verdict


def _either(stack: Stack, name: str, first: str, second: str, line: int) -> str:
    """Return what stands for one of two texts: the same wherever the same condition chooses between the same two."""
    key = (name, first, second)
    if key not in stack.choices:
        cause = f"condition {stack.address(identifier(name))} at line {line}"
        while unsettled(cause) in stack.choices.values():
            cause += "'"
        stack.choices[key] = unsettled(cause)
    return stack.choices[key]
