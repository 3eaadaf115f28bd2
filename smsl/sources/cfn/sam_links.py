"""SAM's connectors as managed policies of functions' roles.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/reference-sam-connector.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from smsl.model.unknown import Unknown
from smsl.sources.cfn.nodes import node_of
from smsl.sources.cfn.sam_connectors import ConnectorGrant, connectors
from smsl.sources.cfn.sam_globals import Members, with_globals
from smsl.sources.cfn.stack import Stack
from smsl.sources.cfn.template import entries
from smsl.sources.documents.tree import Node, Sequence, written

_CONNECTOR = "AWS::Serverless::Connector"
_FUNCTION = "AWS::Serverless::Function"


@dataclass(frozen=True, slots=True)
class _Link:
    """A connector, with the condition of what it is written in."""

    name: str
    line: int
    source: str | None
    destinations: tuple[str, ...]
    """Logical ids; what is named by type and ARN is none of the template's."""
    permissions: frozenset[str]
    attributes: Members


def connectors_of(stack: Stack, resources: Members) -> Members:
    """Return the managed policies that the connectors of a template stand for, by logical id."""
    found: Members = {}
    for link in _links(stack, resources):
        for number, destination in enumerate(link.destinations):
            grant = _grant(stack, resources, link, destination)
            owner = None if grant is None else link.source if grant.role == "source" else destination
            role = None if owner is None else _role(stack, resources, owner)
            if grant is None or role is None or not grant.statements:
                continue
            made: dict[str, object] = {
                "Type": "AWS::IAM::ManagedPolicy",
                **{name: node for name, (_, node) in link.attributes.items() if name == "Condition"},
                "Properties": {
                    "PolicyDocument": {"Version": "2012-10-17", "Statement": list(grant.statements)},
                    "Roles": [role],
                },
            }
            name = f"{link.name}Policy" if len(link.destinations) == 1 else f"{link.name}Destination{number}Policy"
            found[name] = (link.line, node_of(made, link.line))
    return found


def _links(stack: Stack, resources: Members) -> Iterator[_Link]:
    for name, (line, node) in resources.items():
        members = entries(node, stack.budget)
        if "Type" in members and written(members["Type"][1]) == _CONNECTOR:
            own = entries(members["Properties"][1], stack.budget) if "Properties" in members else {}
            source = _ids(stack, own.get("Source"))
            yield _link(stack, name, line, own, source[0] if source else None, members)
        for inner, (at, each) in (
            entries(members["Connectors"][1], stack.budget).items() if "Connectors" in members else ()
        ):
            embedded = entries(each, stack.budget).get("Properties")
            own = entries(embedded[1], stack.budget) if embedded else {}
            yield _link(stack, f"{name}{inner}", at, own, name, members)


def _link(stack: Stack, name: str, line: int, own: Members, source: str | None, attributes: Members) -> _Link:
    node = own["Permissions"][1] if "Permissions" in own else None
    permissions = frozenset(
        text for each in (node.items if isinstance(node, Sequence) else []) if (text := written(each))
    )
    return _Link(name, line, source, _ids(stack, own.get("Destination")), permissions, attributes)


def _ids(stack: Stack, found: tuple[int, Node] | None) -> tuple[str, ...]:
    nodes = [] if found is None else found[1].items if isinstance(found[1], Sequence) else [found[1]]
    ids = (entries(node, stack.budget).get("Id") for node in nodes)
    return tuple(text for each in ids if each and (text := written(each[1])))


def _grant(stack: Stack, resources: Members, link: _Link, destination: str) -> ConnectorGrant | None:
    kinds = [_type(stack, resources, each) for each in (link.source, destination)]
    if kinds[0] is None or kinds[1] is None:
        return None
    names = {
        "Source.Arn": {"Fn::GetAtt": [link.source, "Arn"]},
        "Destination.Arn": {"Fn::GetAtt": [destination, "Arn"]},
        "Destination.Name": {"Ref": destination},
    }
    grant = connectors().grant(kinds[0], kinds[1], link.permissions, names)
    if isinstance(grant, Unknown):
        stack.world.left_out.setdefault(stack.address(link.name), grant.reason)
        return None
    return grant


def _type(stack: Stack, resources: Members, name: str | None) -> str | None:
    found = resources.get(name or "")
    members = entries(found[1], stack.budget) if found else {}
    return written(members["Type"][1]) if "Type" in members else None


def _role(stack: Stack, resources: Members, function: str) -> object | None:
    """Return what names the implicit role of a function; None where it has one of its own."""
    if _type(stack, resources, function) != _FUNCTION:
        return None
    properties = with_globals(stack, entries(resources[function][1], stack.budget))
    return None if "Role" in properties else {"Ref": f"{function}Role"}
