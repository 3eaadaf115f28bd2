"""``Fn::ForEach``: members that are written once and stand for several.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.unknown import Unknown
from smsl.sources.cfn.stack import Stack
from smsl.sources.cfn.template import entries
from smsl.sources.cfn.values import Items
from smsl.sources.documents.tree import DEEPEST, Mapping, Node, Scalar, Sequence, written

_PARTS = 3


def rounds(stack: Stack, name: str, line: int, loop: Node) -> Iterator[tuple[str, tuple[int, Node]]]:
    """Yield a loop's members, each round's with the identifier filled in."""
    if not isinstance(loop, Sequence) or len(loop.items) != _PARTS:
        stack.world.left_out.setdefault(stack.address(name), f"the loop of line {line} is not understood")
        return
    identifier, collection, body = written(loop.items[0]), stack.resolve(loop.items[1]), loop.items[2]
    if identifier is None or not isinstance(collection, Items) or not all(isinstance(each, str) for each in collection):
        why = collection.reason if isinstance(collection, Unknown) else "its collection is not a list of texts"
        stack.world.left_out.setdefault(stack.address(name), f"the loop of line {line} is not unrolled: {why}")
        return
    for each in collection:
        filled = stack.keep(_filled(stack, body, identifier, str(each), 0))
        yield from stack.unrolled(entries(filled, stack.budget))


def _filled(stack: Stack, node: Node, identifier: str, value: str, depth: int) -> Node:
    """Return a copy of a node in which the identifier has a value."""
    if depth > DEEPEST:
        raise stack.refusal(node.line, f"the document is nested deeper than {DEEPEST} levels.")
    match node:
        case Scalar():
            stack.budget.spend(1 + len(node.text))
            if node.tag == "!Ref" and node.text == identifier:
                return Scalar(value, node.line)
            text = node.text.replace(f"${{{identifier}}}", value)
            plain_value = "".join(filter(str.isalnum, value))
            return Scalar(text.replace(f"&{{{identifier}}}", plain_value), node.line, node.quoted, node.tag)
        case Sequence():
            items = [_filled(stack, item, identifier, value, depth + 1) for item in node.items]
            return Sequence(node.line, items, node.tag)
        case Mapping(pairs=[(Scalar(text="Ref"), Scalar(text=text))]) if text == identifier:
            return Scalar(value, node.line)
    pairs = [
        (
            _filled(stack, key, identifier, value, depth + 1),
            _filled(stack, inner, identifier, value, depth + 1),
        )
        for key, inner in node.pairs
    ]
    stack.budget.spend(1 + len(pairs))
    return Mapping(node.line, pairs, node.tag)
