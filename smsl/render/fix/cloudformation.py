"""A fix as CloudFormation: resources to add to a template, and what to set in those that stand there already.

What the template itself makes is referred to (``!Sub``, ``!Ref``), everything else is named by its id. What
CloudFormation has no resource for is the AWS CLI's command, in a comment.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from smsl.model.finding import Edit, Fix, Move, Step
from smsl.model.standin import called
from smsl.render.fix import awscli
from smsl.render.fix.hcl import comment
from smsl.render.fix.naming import as_is
from smsl.render.fix.yaml import Resource, resource, snippet

_PLAIN: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "PutRolePolicy": ("AWS::IAM::RolePolicy", ("RoleName", "PolicyName", "PolicyDocument")),
    "CreateNetworkAclEntry": (
        "AWS::EC2::NetworkAclEntry",
        (
            *("NetworkAclId", "RuleNumber", "Egress", "Protocol", "RuleAction", "CidrBlock", "Ipv6CidrBlock"),
            "PortRange",
        ),
    ),
    "CreateRoute": (
        "AWS::EC2::Route",
        (
            *("RouteTableId", "DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"),
            *("NatGatewayId", "GatewayId", "EgressOnlyInternetGatewayId", "TransitGatewayId"),
            *("VpcPeeringConnectionId", "NetworkInterfaceId", "VpcEndpointId"),
        ),
    ),
    "CreateSecurityGroup": ("AWS::EC2::SecurityGroup", ("GroupName", "GroupDescription", "VpcId")),
    "CreateVpcEndpoint": (
        "AWS::EC2::VPCEndpoint",
        ("VpcId", "ServiceName", "VpcEndpointType", "SubnetIds", "SecurityGroupIds", "PrivateDnsEnabled"),
    ),
}
"""By operation: the resource that does the same, and its properties that the operation has by the same name."""
_RENAMED = {"Description": "GroupDescription"}
_SET = {"ModifyVpcAttribute": "VpcId", "ModifyVpcEndpoint": "VpcEndpointId", "EnableKey": "KeyId"}
"""Operations that set a property of something that stands in a template already, and the parameter that names it."""
_STATEMENTS = {
    "UpdateAssumeRolePolicy": ("RoleName", "AssumeRolePolicyDocument"),
    "CreatePolicyVersion": ("PolicyArn", "PolicyDocument"),
    "PutResourcePolicy": ("SecretId", "ResourcePolicy"),
    "DeleteResourcePolicy": ("SecretId", "ResourcePolicy"),
    "ModifyVpcEndpoint": ("VpcEndpointId", "PolicyDocument"),
    "PutKeyPolicy": ("KeyId", "KeyPolicy"),
}
"""Operations that replace a document: the parameter that names its owner, and the property that holds it."""
_PEERS = {
    "UserIdGroupPairs": ("GroupId", {"Ingress": "SourceSecurityGroupId", "Egress": "DestinationSecurityGroupId"}),
    "IpRanges": ("CidrIp", {"Ingress": "CidrIp", "Egress": "CidrIp"}),
    "Ipv6Ranges": ("CidrIpv6", {"Ingress": "CidrIpv6", "Egress": "CidrIpv6"}),
    "PrefixListIds": ("PrefixListId", {"Ingress": "SourcePrefixListId", "Egress": "DestinationPrefixListId"}),
}
Bound: TypeAlias = Mapping[str, str]
"""A shell variable with its sign to the logical id of what stands for it."""


def render(fix: Fix) -> str:
    """Return the resources of a fix, without a final line end; empty when it has no steps."""
    if not fix.steps:
        return ""
    bound = {f"${step.bind}": _logical(step) for step in fix.steps if step.bind and step.operation in _PLAIN}
    parts = [part for step in as_is(fix.steps) for part in _of_step(step, bound)]
    return "\n".join(dict.fromkeys(parts))


def undo(fix: Fix) -> str:
    """Return how a fix is taken back, in words; empty when there is no way back."""
    if not fix.undo or not fix.steps:
        return ""
    return "take out again what you added, set back what you changed, and deploy; read the change set first"


def _of_step(step: Step, bound: Bound) -> Iterator[str]:
    if step.move is not None:
        yield from _moved(step.move)
    elif step.edit is not None:
        yield from _edited(step, step.edit)
    elif step.operation in ("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"):
        yield from _rules(step, step.operation.removeprefix("AuthorizeSecurityGroup"), bound)
    elif step.operation == "CreateGrant":
        yield from _grant(step)
    elif step.operation in _SET:
        yield from _set(step, _SET[step.operation])
    elif step.operation in _PLAIN:
        kind, properties = _PLAIN[step.operation]
        given = {_RENAMED.get(name, name): value for name, value in step.parameters.items()}
        if given.keys() - set(properties):
            yield _elsewhere(step)
        else:
            yield resource(_logical(step), Resource(kind, given), bound)
    else:
        yield _elsewhere(step)


def _logical(step: Step) -> str:
    names = ("PolicyName", "GroupName", "ServiceName", "RouteTableId", "NetworkAclId", "VpcId")
    text = next((str(step.parameters[name]) for name in names if name in step.parameters), step.operation)
    return logical_id(text)


def logical_id(text: str) -> str:
    """Return a text as a logical id: letters and digits, each word with a capital."""
    words = re.findall(r"[A-Za-z0-9]+", text.removeprefix("smsl-"))
    return "Smsl" + "".join(word[:1].upper() + word[1:] for word in words)[:200]


def _rules(step: Step, direction: str, bound: Bound) -> Iterator[str]:
    group = str(step.parameters["GroupId"])
    for rule in step.parameters["IpPermissions"]:
        for member, (key, names) in _PEERS.items():
            for peer in rule.get(member, ()):
                found = str(peer[key])
                properties = {
                    "GroupId": group,
                    "IpProtocol": rule["IpProtocol"],
                    "FromPort": rule.get("FromPort"),
                    "ToPort": rule.get("ToPort"),
                    names[direction]: found,
                    "Description": peer.get("Description"),
                }
                kind = f"AWS::EC2::SecurityGroup{direction}"
                yield resource(logical_id(f"{direction} {group} {found}"), Resource(kind, properties), bound)


def _grant(step: Step) -> Iterator[str]:
    """Yield a statement of the key policy, as CloudFormation makes no grants.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
    """
    given = step.parameters
    subset = given.get("Constraints", {}).get("EncryptionContextSubset", {})
    context = {f"kms:EncryptionContext:{key}": value for key, value in subset.items()}
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"AWS": given["GranteePrincipal"]},
        "Action": [f"kms:{operation}" for operation in given["Operations"]],
        "Resource": "*",
    }
    if context:
        statement["Condition"] = {"StringLike": context}
    yield comment(f"Add to the statements of KeyPolicy of {given['KeyId']}:")
    yield snippet([statement])


def _set(step: Step, named: str) -> Iterator[str]:
    given = {name: value for name, value in step.parameters.items() if name != named and value is not None}
    given = {"Enabled": True} if step.operation == "EnableKey" else given
    plain = {
        name: value["Value"] if isinstance(value, dict) and "Value" in value else value for name, value in given.items()
    }
    added = {name.removeprefix("Add"): value for name, value in plain.items() if name.startswith("Add")}
    rest = {name: value for name, value in plain.items() if not name.startswith(("Add", "Remove"))}
    owner = step.parameters[named]
    if rest:
        yield comment(f"Set in the properties of {owner}:")
        yield snippet(rest)
    if added:
        yield comment(f"Add in the properties of {owner}:")
        yield snippet(added)


def _edited(step: Step, edit: Edit) -> Iterator[str]:
    if edit.swap is not None:
        function = step.parameters.get("FunctionName", "the function")
        yield comment(f"In Layers of {function}, in place of {edit.swap[0]}:")
        yield snippet([edit.swap[1]])
        return
    named, holds = _STATEMENTS.get(step.operation, ("", edit.parameter))
    owner = step.parameters.get(named, step.operation)
    if edit.add is not None:
        yield comment(f"Add to the statements of {holds} of {owner}:")
        yield snippet([dict(edit.add)])
    elif edit.drop_index is not None:
        yield comment(f"Take statement {edit.drop_index + 1} of {edit.expects} out of {holds} of {owner}.")
    else:
        yield _elsewhere(step)


def _moved(move: Move) -> Iterator[str]:
    name = called(move.function.split(":", 6)[-1])
    if move.part == "store":
        made = Resource("AWS::SecretsManager::Secret", {"Name": move.secret})
        yield resource(logical_id(f"secret {move.variable}"), made)
        yield comment("Put the value in with aws secretsmanager put-secret-value: a template would keep it.")
    elif move.part == "name":
        yield comment(f"Add to Environment.Variables of {name}:")
        yield snippet({move.reference: move.secret})
    else:
        yield comment(f"Take {move.variable} out of Environment.Variables of {name}.")


def _elsewhere(step: Step) -> str:
    if step.edit is not None:
        return comment(f"CloudFormation cannot do {step.operation}: use the AWS CLI form of this fix.")
    command = awscli.render(Fix("", (replace(step, bind=None, query=None),)))
    lines = (f"#   {line}" for line in command.split("\n"))
    return "\n".join([comment(f"CloudFormation has nothing for {step.operation}; run:"), *lines])
