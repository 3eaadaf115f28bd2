"""SAM's ``Globals`` under a function's own properties: objects merged, lists end to end, all else the function's own.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
"""

from __future__ import annotations

from smsl.sources.cfn.nodes import function_of_node
from smsl.sources.cfn.stack import Stack
from smsl.sources.cfn.template import entries
from smsl.sources.documents.tree import DEEPEST, Mapping, Node, Scalar, Sequence, written

Members = dict[str, tuple[int, Node]]


def with_globals(stack: Stack, members: Members) -> Members:
    """Return a function's properties with those of all functions."""
    shared = stack.template.entries("Globals").get("Function")
    own = members.get("Properties")
    properties = dict(stack.unrolled(entries(own[1], stack.budget))) if own else {}
    common = dict(entries(shared[1], stack.budget)) if shared else {}
    ignored = members.get("IgnoreGlobals")
    if ignored is not None:
        names = ignored[1].items if isinstance(ignored[1], Sequence) else [ignored[1]]
        texts = {written(name) for name in names}
        common = {} if "*" in texts else {name: each for name, each in common.items() if name not in texts}
    for name, (line, node) in properties.items():
        common[name] = (line, _merged(stack, common[name][1], node, 0) if name in common else node)
    return common


def _merged(stack: Stack, shared: Node, own: Node, depth: int) -> Node:
    if depth > DEEPEST:
        raise stack.refusal(own.line, f"the document is nested deeper than {DEEPEST} levels.")
    if function_of_node(shared) is not None or function_of_node(own) is not None:
        return own
    if isinstance(shared, Sequence) and isinstance(own, Sequence):
        stack.budget.spend(len(shared.items) + len(own.items))
        return stack.keep(Sequence(own.line, [*shared.items, *own.items]))
    if not isinstance(shared, Mapping) or not isinstance(own, Mapping):
        return own
    members = entries(shared, stack.budget)
    for name, (line, node) in entries(own, stack.budget).items():
        members[name] = (line, _merged(stack, members[name][1], node, depth + 1) if name in members else node)
    return stack.keep(Mapping(own.line, [(Scalar(name, line), node) for name, (line, node) in members.items()]))
