"""A value of a template as text: what CloudFormation fills in stands as ``${...}``, what is written stays.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

from smsl.sources.documents.tree import Allowance, Mapping, Node, Scalar, Sequence, members

_DEEPEST = 20
_ARGUMENTS = 2
_UNKNOWN = "${unresolved}"


def texts(node: Node, budget: Allowance) -> list[tuple[str, int]] | None:
    """Return each text that a value can be, with its line: more than one for ``Fn::If``; None for what is no value."""
    return _alternatives(node, budget, 0) or None


def _alternatives(node: Node, budget: Allowance, depth: int) -> list[tuple[str, int]]:
    budget.spend(1)
    function, argument = intrinsic(node)
    if function == "If" and isinstance(argument, Sequence) and depth < _DEEPEST:
        return [found for item in argument.items[1:] for found in _alternatives(item, budget, depth + 1)]
    text = _text(node, budget, depth)
    return [] if text is None else [(text, node.line)]


def intrinsic(node: Node) -> tuple[str, Node | None]:
    """Return an intrinsic's name without ``Fn::`` and its argument; an empty name for what is none."""
    if node.tag.startswith("!"):
        return node.tag[1:], node
    if isinstance(node, Mapping) and len(node.pairs) == 1:
        key, value = node.pairs[0]
        if isinstance(key, Scalar) and (key.text in {"Ref", "Condition"} or key.text.startswith("Fn::")):
            return key.text.removeprefix("Fn::"), value
    return "", None


def _text(node: Node, budget: Allowance, depth: int) -> str | None:
    budget.spend(1)
    function, argument = intrinsic(node)
    if not function:
        return _written(node, budget) if isinstance(node, Scalar) else None
    if argument is None or depth > _DEEPEST:
        return _UNKNOWN
    match function, argument:
        case "Sub" | "Base64", Scalar():
            return _written(argument, budget)
        case "Base64", Mapping():
            return _text(_untagged(argument), budget, depth + 1) or _UNKNOWN
        case "Sub", Sequence(items=[Scalar() as first, *more]):
            return _substituted(_written(first, budget), more[0] if more else None, budget, depth)
        case "Join", Sequence(items=[Scalar() as delimiter, Sequence() as parts]):
            found = [_text(part, budget, depth + 1) for part in parts.items]
            budget.spend(len(found) * len(delimiter.text))
            return delimiter.text.join(_UNKNOWN if part is None else part for part in found)
        case "Ref", Scalar():
            return f"${{{argument.text}}}"
    return _UNKNOWN


def _substituted(text: str, names: Node | None, budget: Allowance, depth: int) -> str:
    """Return the text of a ``Fn::Sub`` with what its own map of names writes down."""
    for key, value in members(names, budget) if isinstance(names, Mapping) else ():
        inner, place = _text(value, budget, depth + 1), f"${{{key.text}}}"
        budget.spend(len(text))
        if inner is not None:
            budget.spend(text.count(place) * len(inner))
            text = text.replace(place, inner)
    return text


def _written(node: Scalar, budget: Allowance) -> str:
    budget.spend(len(node.text))
    return node.text


def _untagged(node: Mapping) -> Mapping:
    return Mapping(node.line, node.pairs)
