"""A stack's resources: loops unrolled, SAM's types expanded, those left away whose condition does not hold."""

from __future__ import annotations

from smsl.model.unknown import Unknown
from smsl.sources.cfn.conditions import condition
from smsl.sources.cfn.spoken import spoken
from smsl.sources.cfn.stack import Resource, Stack
from smsl.sources.cfn.template import entries
from smsl.sources.documents.tree import Mapping, Node, written


def declare(stack: Stack) -> None:
    """Give a stack its resources."""
    written_down: dict[str, tuple[int, Node]] = {}
    for name, (line, node) in stack.unrolled(stack.template.entries("Resources")):
        if isinstance(node, Mapping) and not node.tag:
            written_down[name] = (line, node)
        else:
            stack.world.left_out.setdefault(
                stack.address(spoken(name)), f"the resource of line {line} is not an object"
            )
    if _is_serverless(stack, written_down):
        from smsl.sources.cfn.sam import expanded

        written_down = expanded(stack, written_down)
    for name, (line, node) in written_down.items():
        resource = _resource(stack, name, line, node)
        if resource is not None:
            stack.resources[resource.logical] = resource
            stack.by_type.setdefault(resource.type, []).append(resource)


def _is_serverless(stack: Stack, resources: dict[str, tuple[int, Node]]) -> bool:
    kinds = (entries(node, stack.budget).get("Type") for _, node in resources.values())
    return any(kind is not None and (written(kind[1]) or "").startswith("AWS::Serverless::") for kind in kinds)


def _resource(stack: Stack, name: str, line: int, node: Node) -> Resource | None:
    members = entries(node, stack.budget)
    kind = written(members["Type"][1]) if "Type" in members else None
    if not kind:
        stack.world.left_out.setdefault(stack.address(spoken(name)), f"the resource of line {line} has no type")
        return None
    if existence(stack, members) is False:
        return None
    properties = members.get("Properties")
    own = entries(properties[1], stack.budget) if properties else {}
    resource = Resource(stack, spoken(name), kind, line, members, dict(stack.unrolled(own)))
    if "Fn::Transform" in own or (properties and not own and not isinstance(properties[1], Mapping)):
        resource.note(f"some properties of line {line} are not written in the template")
    return resource


def existence(stack: Stack, members: dict[str, tuple[int, Node]]) -> bool | Unknown:
    """Return whether a resource is made, as its condition says."""
    name = written(members["Condition"][1]) if "Condition" in members else None
    return True if name is None else condition(stack, name)
