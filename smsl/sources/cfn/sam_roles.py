"""The role that SAM makes for a function, with the policies that ``Policies`` and event sources stand for.

What it allows for dead letters and destinations is left away: it bears on no secret.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
"""

from __future__ import annotations

from collections.abc import Mapping as Pairs
from functools import cache
from typing import Any

from smsl.model.unknown import Unknown
from smsl.sources.cfn.nodes import function_of_node, is_no_value, node_of
from smsl.sources.cfn.sam_events import event_policies, event_policy_names
from smsl.sources.cfn.sam_globals import Members
from smsl.sources.cfn.sam_policies import policy_templates
from smsl.sources.cfn.stack import Stack
from smsl.sources.cfn.template import entries
from smsl.sources.documents.tree import Mapping, Node, Scalar, Sequence, written
from smsl.sources.tables import managed_policies

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["sts:AssumeRole"], "Principal": {"Service": ["lambda.amazonaws.com"]}}
    ],
}
_BRANCHES = 3


def role_of(stack: Stack, name: str, properties: Members, line: int) -> dict[str, object]:
    """Return the properties of a function's implicit role."""
    made: dict[str, object] = {"AssumeRolePolicyDocument": _TRUST}
    for own, plain in (
        ("AssumeRolePolicyDocument", "AssumeRolePolicyDocument"),
        ("RolePath", "Path"),
        ("PermissionsBoundary", "PermissionsBoundary"),
    ):
        if own in properties:
            made[plain] = properties[own][1]
    made["Tags"] = tags_of_sam(stack, properties, line)
    attached: list[object] = [_aws(stack, policy) for policy in _basic(properties)]
    inline: list[object] = []
    for number, policy in enumerate(_policies(properties)):
        _add(stack, policy, f"{name}RolePolicy{number}", attached, inline)
    attached += [_aws(stack, policy) for policy in event_policy_names(stack, properties)]
    inline += event_policies(stack, properties)
    return {**made, "ManagedPolicyArns": _once(attached, line), "Policies": inline}


def tags_of_sam(stack: Stack, properties: Members, line: int) -> Node:
    """Return the tags of a function and its role, with SAM's own before them."""
    own = {"lambda:createdBy": node_of("SAM", line)}
    given = properties.get("Tags")
    if given is not None and function_of_node(given[1]) is not None:
        return given[1]
    return node_of(
        {**own, **{name: node for name, (_, node) in entries(given and given[1], stack.budget).items()}}, line
    )


def _basic(properties: Members) -> list[str]:
    durable = "DurableConfig" in properties
    found = [
        "service-role/AWSLambdaBasicDurableExecutionRolePolicy"
        if durable
        else "service-role/AWSLambdaBasicExecutionRole"
    ]
    tracing = properties.get("Tracing")
    if tracing is not None and written(tracing[1]) != "Disabled":
        found.append("AWSXrayWriteOnlyAccess")
    vpc = properties.get("VpcConfig")
    if vpc is not None and not is_no_value(vpc[1]):
        found.append("service-role/AWSLambdaVPCAccessExecutionRole")
    return found


def _aws(stack: Stack, path: str) -> str:
    return f"arn:{stack.place.partition}:iam::aws:policy/{path}"


def _once(attached: list[object], line: int) -> list[Node]:
    """Return the ARNs, those that are written out once each."""
    found: list[Node] = []
    seen: set[str] = set()
    for each in attached:
        node = node_of(each, line)
        text = node.text if isinstance(node, Scalar) and not node.tag else None
        if text is None or text not in seen:
            found.append(node)
        seen.add(text or "")
    return found


def _policies(properties: Members) -> list[Node]:
    if "Policies" not in properties or is_no_value(properties["Policies"][1]):
        return []
    node = properties["Policies"][1]
    return list(node.items) if isinstance(node, Sequence) and not node.tag else [node]


def _add(stack: Stack, policy: Node, name: str, attached: list[object], inline: list[object]) -> None:
    """Add what one entry stands for: a managed policy, a document or a policy template; of ``Fn::If`` either."""
    function = function_of_node(policy)
    if function is None:
        document = _document(stack, policy)
        if document is None:
            attached.append(_managed(stack, policy))
        else:
            inline.append(_inline(name, document, policy.line))
        return
    kind, argument = function
    branches = argument.items if kind == "If" and isinstance(argument, Sequence) else []
    if len(branches) != _BRANCHES:
        attached.append(policy)
        return
    documents = [None if is_no_value(branch) else _document(stack, branch) for branch in branches[1:]]
    if documents == [None, None]:
        attached.append({"Fn::If": [branches[0], *(_managed(stack, branch) for branch in branches[1:])]})
    else:
        made = [
            branch if document is None else _inline(name, document, branch.line)
            for branch, document in zip(branches[1:], documents, strict=True)
        ]
        inline.append(node_of({"Fn::If": [branches[0], *made]}, policy.line))


def _inline(name: str, document: object, line: int) -> Node:
    return node_of({"PolicyName": name, "PolicyDocument": document}, line)


def _document(stack: Stack, policy: Node) -> object | None:
    """Return the document that an entry is or stands for; None for the name or ARN of a managed policy."""
    if not isinstance(policy, Mapping) or function_of_node(policy) is not None:
        return None
    members = entries(policy, stack.budget)
    if "Statement" in members or len(members) != 1:
        return policy
    name, (line, node) = next(iter(members.items()))
    parameters: Pairs[str, Any] = {each: value for each, (_, value) in entries(node, stack.budget).items()}
    statements = policy_templates().statements(name, parameters)
    if isinstance(statements, Unknown):
        unknown = Mapping(line)
        stack.memo[id(stack.keep(unknown))] = statements
        return unknown
    return {"Statement": [node_of(statement, line) for statement in statements]}


def _managed(stack: Stack, policy: Node) -> Node:
    """Return a managed policy's ARN: what is written without one is the name of AWS's own."""
    if not isinstance(policy, Scalar) or policy.tag or policy.text.startswith("arn:"):
        return policy
    return Scalar(_aws(stack, _paths().get(policy.text, policy.text)), policy.line)


@cache
def _paths() -> dict[str, str]:
    """Return the paths of AWS's managed policies by name."""
    return {path.rpartition("/")[2]: path for path in managed_policies().rows}
