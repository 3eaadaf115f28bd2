"""IAM's types: roles, their inline policies, managed policies and what attaches them.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.standin import unsettled
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.cfn.arns import policy_arn, policy_name, role_arn, role_name
from smsl.sources.cfn.policies import read_policy
from smsl.sources.cfn.spoken import spoken
from smsl.sources.cfn.stack import Resource
from smsl.sources.cfn.tags import tags_of
from smsl.sources.cfn.values import WrongTypeError, as_objects, as_text, as_texts
from smsl.sources.declared.pieces import AttachedPiece, InlinePiece, ManagedPiece, Piece, RolePiece


def role(resource: Resource) -> Iterator[Piece]:
    """Yield a role with its inline and attached policies."""
    name = role_name(resource)
    boundary = resource.get("PermissionsBoundary")
    yield RolePiece(
        origin=resource.origin,
        arn=role_arn(resource),
        name=name,
        account=resource.stack.place.account,
        trust=read_policy(
            resource, "AssumeRolePolicyDocument", "trust policy", resource.get("AssumeRolePolicyDocument")
        ).policy,
        boundary=None if boundary is None else as_text(boundary, "PermissionsBoundary"),
        tags=tags_of(resource),
    )
    for member, read in (("Policies", _inline), ("ManagedPolicyArns", _attached)):
        try:
            yield from read(resource, name)
        except WrongTypeError as error:
            yield InlinePiece(resource.at(member), name, Unknown(f"a policy of {spoken(name)}: {error}"))


def _inline(resource: Resource, name: str) -> Iterator[Piece]:
    written = as_objects(resource.get("Policies"), "Policies")
    if isinstance(written, Unknown):
        yield InlinePiece(resource.at("Policies"), name, _some(written, f"the inline policies of {spoken(name)}"))
        return
    for number, each in enumerate(written):
        own = as_text(each.get("PolicyName"), f"Policies[{number}].PolicyName")
        path = f"[{number}]"
        found = read_policy(
            resource, "Policies", f'{name}, inline "{own}"', each.get("PolicyDocument"), f"{path}.PolicyDocument"
        )
        yield InlinePiece(resource.at("Policies", each.line, path), name, found.policy, found.statements)


def _attached(resource: Resource, name: str) -> Iterator[Piece]:
    arns = as_texts(resource.get("ManagedPolicyArns"), "ManagedPolicyArns")
    if isinstance(arns, Unknown):  # some policies or other: as one that is not known
        yield InlinePiece(resource.at("ManagedPolicyArns"), name, _some(arns, f"the policies of {spoken(name)}"))
        return
    for arn in arns:
        yield AttachedPiece(resource.at("ManagedPolicyArns"), name, arn)


def _some(reason: Unknown, what: str) -> Unknown:
    return Unknown(f"{what} hang on what is not settled: {reason.reason}", reason.needs)


def inline_policy(resource: Resource) -> Iterator[Piece]:
    """Yield an AWS::IAM::Policy, once for each of its roles."""
    name = as_text(resource.get("PolicyName"), "PolicyName")
    for owner in _owners(as_texts(resource.get("Roles"), "Roles")):
        found = read_policy(resource, "PolicyDocument", f'{owner}, inline "{name}"', resource.get("PolicyDocument"))
        yield InlinePiece(resource.origin, owner, found.policy, found.statements)


def role_policy(resource: Resource) -> Iterator[Piece]:
    """Yield an AWS::IAM::RolePolicy."""
    owner = as_text(resource.get("RoleName"), "RoleName")
    name = as_text(resource.get("PolicyName"), "PolicyName")
    found = read_policy(resource, "PolicyDocument", f'{owner}, inline "{name}"', resource.get("PolicyDocument"))
    yield InlinePiece(resource.origin, owner, found.policy, found.statements)


def managed_policy(resource: Resource) -> Iterator[Piece]:
    """Yield a customer managed policy, and that its roles have it."""
    arn, name = policy_arn(resource), policy_name(resource)
    found = read_policy(resource, "PolicyDocument", f"managed {name}", resource.get("PolicyDocument"))
    yield ManagedPiece(resource.origin, arn, found.policy, found.statements)
    for owner in _owners(as_texts(resource.get("Roles"), "Roles")):
        yield AttachedPiece(resource.at("Roles"), owner, arn)


def _owners(roles: Maybe[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the roles that have a policy; where they are not settled, what stands for them."""
    if isinstance(roles, Unknown):
        return (unsettled(roles.reason),)
    return roles
