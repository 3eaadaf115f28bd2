"""``Ref``, ``Fn::GetAtt`` and ``Fn::Sub``: parameters, pseudo parameters and other resources.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
"""

from __future__ import annotations

import re

from smsl.model.standin import drawn, plain, unsettled
from smsl.model.unknown import Unknown
from smsl.sources.cfn.attributes import attribute, identity
from smsl.sources.cfn.parameters import parameter
from smsl.sources.cfn.spoken import identifier
from smsl.sources.cfn.stack import Stack
from smsl.sources.cfn.template import entries
from smsl.sources.cfn.values import Value
from smsl.sources.documents.tree import Node, Scalar, Sequence

_PLACE = re.compile(r"\$\{(!?)([^{}]*)\}")
_TWO = 2


def ref(stack: Stack, node: Node, _tagged: bool) -> Value:
    """Return a parameter's value, or a resource's own name or id."""
    if not isinstance(node, Scalar):
        return Unknown(f"the Ref of line {node.line} is not understood")
    return named(stack, node.text.strip(), node.line)


def named(stack: Stack, name: str, line: int) -> Value:
    """Return what ``Ref`` returns of a name."""
    if name.startswith("AWS::"):
        return _pseudo(stack, name)
    name = stack.generated.get(name, name)
    if name in stack.resources:
        return identity(stack.resources[name])
    found = stack.template.entries("Parameters").get(name)
    if found is not None:
        return parameter(stack, name, found[1])
    return unsettled(f"{stack.address(identifier(name))}, which line {line} names and the template does not have")


def _pseudo(stack: Stack, name: str) -> Value:
    place = stack.place
    match name:
        case "AWS::AccountId":
            return place.account
        case "AWS::Region":
            return place.region
        case "AWS::Partition":
            return place.partition
        case "AWS::URLSuffix":
            return stack.url_suffix
        case "AWS::StackName":
            return stack.name
        case "AWS::StackId":
            own = drawn(stack.address("AWS::StackId"))
            return f"arn:{place.partition}:cloudformation:{place.region}:{place.account}:stack/{stack.name}/{own}"
        case "AWS::NoValue":
            return None
    return Unknown(f"{identifier(name)} is not known before deployment")


def get_att(stack: Stack, node: Node, _tagged: bool) -> Value:
    """Return an attribute of a resource: ``Resource.Attribute`` or ``[Resource, Attribute]``."""
    match node:
        case Scalar(text=text):
            logical, _, name = text.strip().partition(".")
        case Sequence(items=[Scalar(text=logical), second]):
            name = stack.text(second, "the attribute")
        case Sequence(items=[Scalar(text=logical), *more]) if all(isinstance(each, Scalar) for each in more):
            name = ".".join(each.text for each in more if isinstance(each, Scalar))
        case _:
            return Unknown(f"the Fn::GetAtt of line {node.line} is not understood")
    return attribute_of(stack, logical, name, node.line)


def attribute_of(stack: Stack, logical: str, name: str, line: int) -> Value:
    """Return what ``Fn::GetAtt`` returns."""
    if f"{logical}.{name}" in stack.generated:  # in Fn::Sub, as in Ref
        return named(stack, f"{logical}.{name}", line)
    if logical not in stack.resources:
        return unsettled(
            f"{stack.address(identifier(logical))}, which line {line} names and the template does not have"
        )
    return attribute(stack.resources[logical], name)


def sub(stack: Stack, node: Node, _tagged: bool) -> Value:
    """Return a text with its ``${...}`` filled in; ``${!Name}`` is ``${Name}``."""
    names: dict[str, tuple[int, Node]] = {}
    match node:
        case Scalar(text=text):
            pass
        case Sequence(items=[Scalar(text=text), names_node]) if len(node.items) == _TWO:
            names = entries(names_node, stack.budget)
        case _:
            return Unknown(f"the Fn::Sub of line {node.line} is not understood")
    parts: list[str] = []
    at = 0
    for found in _PLACE.finditer(text):
        parts += [plain(text[at : found.start()]), _filled(stack, found, names, node.line)]
        at = found.end()
        stack.budget.spend(len(parts[-1]))
    parts.append(plain(text[at:]))
    stack.budget.spend(len(text))
    return "".join(parts)


def _filled(stack: Stack, found: re.Match[str], names: dict[str, tuple[int, Node]], line: int) -> str:
    literal, name = found.groups()
    name = name.strip()
    if literal:
        return f"${{{plain(name)}}}"
    if name in names:
        return stack.text(names[name][1], f"what stands for {identifier(name)}")
    if "." in name:
        logical, _, attribute_name = name.partition(".")
        value = attribute_of(stack, logical, attribute_name, line)
    else:
        value = named(stack, name, line)
    if isinstance(value, str):
        return value
    return unsettled(value.reason if isinstance(value, Unknown) else f"{identifier(name)} in line {line}")
