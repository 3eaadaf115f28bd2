"""IAM's resource types for roles and what is attached to them.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from smsl.lab.cloudformation.kind import Call, Kind, Made, Refused, Wanted, names

_PRINCIPALS = {"Roles": "Role", "Users": "User", "Groups": "Group"}
"""Property with names of principals, to what they are called in the API's operations and parameters."""


def _document(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _principals(properties: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the kind of each principal named, and its name as a parameter."""
    for given, kind in _PRINCIPALS.items():
        for name in properties.get(given) or ():
            yield kind, {f"{kind}Name": str(name)}


def _role(wanted: Wanted) -> Made:
    name = wanted.name("RoleName")
    role = wanted.call(
        "iam",
        "CreateRole",
        RoleName=name,
        AssumeRolePolicyDocument=_document(wanted.properties["AssumeRolePolicyDocument"]),
        Tags=wanted.all_tags(),
        **wanted.only("Description", "MaxSessionDuration", "Path", "PermissionsBoundary"),
    )["Role"]
    wanted.began(name)
    for arn in wanted.get("ManagedPolicyArns") or ():
        wanted.call("iam", "AttachRolePolicy", RoleName=name, PolicyArn=arn)
    for policy in wanted.get("Policies") or ():
        if set(policy) != {"PolicyName", "PolicyDocument"}:
            raise Refused("#/Policies: a policy has a PolicyName and a PolicyDocument, and nothing else")
        document = _document(policy["PolicyDocument"])
        wanted.call("iam", "PutRolePolicy", RoleName=name, PolicyName=policy["PolicyName"], PolicyDocument=document)
    return Made(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})


def _delete_role(made: Made, properties: Mapping[str, Any], call: Call) -> None:
    own = {str(policy.get("PolicyName")) for policy in properties.get("Policies") or ()}
    for name in call("iam", "ListRolePolicies", RoleName=made.id)["PolicyNames"]:
        if name in own:  # another's keeps the role, as at AWS
            call("iam", "DeleteRolePolicy", RoleName=made.id, PolicyName=name)
    arns = set(properties.get("ManagedPolicyArns") or ())
    for policy in call("iam", "ListAttachedRolePolicies", RoleName=made.id)["AttachedPolicies"]:
        if policy["PolicyArn"] in arns:
            call("iam", "DetachRolePolicy", RoleName=made.id, PolicyArn=policy["PolicyArn"])
    call("iam", "DeleteRole", RoleName=made.id)


def _policy(wanted: Wanted) -> Made:
    """Put one inline policy into each principal."""
    principals = list(_principals(wanted.properties))
    if not principals:
        raise Refused("At least one of [Groups,Roles,Users] must be non-empty.")
    document = _document(wanted.properties["PolicyDocument"])
    made_up = f"{wanted.stack[:5]}-{wanted.logical_id[:4]}-{wanted.suffix}"
    wanted.began(made_up)
    for kind, principal in principals:
        more = {**principal, "PolicyName": wanted.properties["PolicyName"], "PolicyDocument": document}
        wanted.call("iam", f"Put{kind}Policy", **more)
    return Made(made_up, {"Id": made_up})


def _delete_policy(_made: Made, properties: Mapping[str, Any], call: Call) -> None:
    for kind, principal in _principals(properties):
        call("iam", f"Delete{kind}Policy", **principal, PolicyName=properties["PolicyName"])


def _role_policy(wanted: Wanted) -> Made:
    more = {"PolicyDocument": _document(wanted.get("PolicyDocument", {}))}
    wanted.call("iam", "PutRolePolicy", **wanted.only("PolicyName", "RoleName"), **more)
    return Made(f"{wanted.properties['PolicyName']}|{wanted.properties['RoleName']}")


def _delete_role_policy(_made: Made, properties: Mapping[str, Any], call: Call) -> None:
    call("iam", "DeleteRolePolicy", RoleName=properties["RoleName"], PolicyName=properties["PolicyName"])


def _managed_policy(wanted: Wanted) -> Made:
    policy = wanted.call(
        "iam",
        "CreatePolicy",
        PolicyName=wanted.name("ManagedPolicyName", longest=128),
        PolicyDocument=_document(wanted.properties["PolicyDocument"]),
        **wanted.only("Description", "Path"),
    )["Policy"]
    wanted.began(policy["Arn"])
    for kind, principal in _principals(wanted.properties):
        wanted.call("iam", f"Attach{kind}Policy", **principal, PolicyArn=policy["Arn"])
    about = {"PolicyArn": policy["Arn"], "PolicyId": policy["PolicyId"], "DefaultVersionId": policy["DefaultVersionId"]}
    return Made(policy["Arn"], about)


def _delete_managed_policy(made: Made, properties: Mapping[str, Any], call: Call) -> None:
    attached = call("iam", "ListEntitiesForPolicy", PolicyArn=made.id)
    for kind, principal in _principals(properties):
        if any(principal.items() <= each.items() for each in attached[f"Policy{kind}s"]):
            call("iam", f"Detach{kind}Policy", **principal, PolicyArn=made.id)
    call("iam", "DeletePolicy", PolicyArn=made.id)


KINDS = (
    Kind(
        "AWS::IAM::Role",
        names(
            "AssumeRolePolicyDocument Description ManagedPolicyArns MaxSessionDuration Path PermissionsBoundary"
            " Policies RoleName Tags"
        ),
        _role,
        _delete_role,
        required=("AssumeRolePolicyDocument",),
    ),
    Kind(
        "AWS::IAM::Policy",
        names("Groups PolicyDocument PolicyName Roles Users"),
        _policy,
        _delete_policy,
        required=("PolicyDocument", "PolicyName"),
    ),
    Kind(
        "AWS::IAM::RolePolicy",
        names("PolicyDocument PolicyName RoleName"),
        _role_policy,
        _delete_role_policy,
        required=("PolicyName", "RoleName"),
    ),
    Kind(
        "AWS::IAM::ManagedPolicy",
        names("Description Groups ManagedPolicyName Path PolicyDocument Roles Users"),
        _managed_policy,
        _delete_managed_policy,
        required=("PolicyDocument",),
    ),
)
