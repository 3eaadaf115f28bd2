"""SAM's types as the plain resources that they stand for, as far as they bear on functions and their roles.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
"""

from __future__ import annotations

from collections.abc import Mapping as Pairs

from smsl.sources.cfn.nodes import function_of_node, is_no_value, node_of
from smsl.sources.cfn.sam_globals import Members, with_globals
from smsl.sources.cfn.sam_links import connectors_of
from smsl.sources.cfn.sam_roles import role_of, tags_of_sam
from smsl.sources.cfn.stack import Stack
from smsl.sources.cfn.template import entries
from smsl.sources.documents.tree import Mapping, Node, Scalar, written

FUNCTION = "AWS::Serverless::Function"
_KEPT = (
    *("FunctionName", "Handler", "Runtime", "Timeout", "VpcConfig", "Environment", "KmsKeyArn", "Layers"),
    *("Architectures", "SnapStart", "PackageType", "Role"),
)
"""Properties that mean the same in both types."""
_ATTRIBUTES = ("Condition", "Metadata")
Resources = dict[str, tuple[int, Node]]


def expanded(stack: Stack, resources: Resources) -> Resources:
    """Return the resources with SAM's in plain ones."""
    found: Resources = {}
    for name, (line, node) in resources.items():
        members = entries(node, stack.budget)
        kind = written(members["Type"][1]) if "Type" in members else None
        if kind == FUNCTION:
            made = _function(stack, name, line, members, taken=resources)
            stack.owners |= dict.fromkeys(made.keys() - {name}, name)
            found |= made
        elif kind == "AWS::Serverless::LayerVersion":
            found[name] = (
                line,
                _renamed(stack, line, "AWS::Lambda::LayerVersion", members, {"LayerName": "LayerName"}),
            )
        elif kind == "AWS::Serverless::Application":
            nested = {"Location": "TemplateURL", "Parameters": "Parameters"}
            found[name] = (line, _renamed(stack, line, "AWS::CloudFormation::Stack", members, nested))
        else:
            found[name] = (line, node)
    for name, (line, node) in connectors_of(stack, resources).items():
        found[name] = (line, stack.keep(node))
    return found


def _function(stack: Stack, name: str, line: int, members: Members, taken: Resources) -> Resources:
    """Return a function with its role, version and alias."""
    properties = with_globals(stack, members)
    role = properties.get("Role")
    plain = {each: properties[each][1] for each in _KEPT if each in properties}
    found: Resources = {}
    if role is None or is_no_value(role[1]):
        role_name = f"{name}Role"
        plain["Role"] = node_of({"Fn::GetAtt": [role_name, "Arn"]}, line)
        found[role_name] = (
            line,
            _resource(stack, line, "AWS::IAM::Role", role_of(stack, name, properties, line), members),
        )
    plain["Tags"] = tags_of_sam(stack, properties, line)
    if "ImageUri" in properties:
        plain["Code"] = node_of({"ImageUri": properties["ImageUri"][1]}, properties["ImageUri"][0])
    lines = {each: properties[each][0] for each in plain if each in properties}
    found[name] = (line, _resource(stack, line, "AWS::Lambda::Function", plain, members, lines))
    alias = properties.get("AutoPublishAlias")
    if alias is not None and not is_no_value(alias[1]):
        found |= _published(stack, name, alias, members, taken)
    return found


def _published(stack: Stack, name: str, alias: tuple[int, Node], members: Members, taken: Resources) -> Resources:
    """Return the version that each deployment publishes, and the alias on it."""
    line, node = alias
    text = stack.text(node, "the alias") if _is_settled(node) else "alias"
    version = f"{name}Version"
    while version in taken:  # SAM's own has a digest behind it
        version += "0"
    alias_name = f"{name}Alias{''.join(filter(str.isalnum, text))}"
    stack.generated |= {f"{name}.Version": version, f"{name}.Alias": alias_name}
    made = {"Name": node, "FunctionName": {"Ref": name}, "FunctionVersion": {"Fn::GetAtt": [version, "Version"]}}
    return {
        version: (line, _resource(stack, line, "AWS::Lambda::Version", {"FunctionName": {"Ref": name}}, members)),
        alias_name: (line, _resource(stack, line, "AWS::Lambda::Alias", made, members)),
    }


def _is_settled(node: Node) -> bool:
    found = function_of_node(node)
    return found is None or (found[0] == "Ref" and isinstance(found[1], Scalar))


def _renamed(stack: Stack, line: int, kind: str, members: Members, names: Pairs[str, str]) -> Node:
    """Return a resource of another type with the properties that it has there, by their names there."""
    own = entries(members["Properties"][1], stack.budget) if "Properties" in members else {}
    plain = {there: own[here][1] for here, there in names.items() if here in own}
    return _resource(stack, line, kind, plain, members)


def _resource(
    stack: Stack,
    line: int,
    kind: str,
    properties: Pairs[str, object],
    members: Members,
    lines: dict[str, int] | None = None,
) -> Node:
    """Return a resource under the condition of what it comes from."""
    at = lines or {}
    own = Mapping(line, [(Scalar(name, at.get(name, line)), node_of(each, line)) for name, each in properties.items()])
    attributes = {each: members[each][1] for each in _ATTRIBUTES if each in members}
    return stack.keep(node_of({"Type": kind, **attributes, "Properties": own}, line))
