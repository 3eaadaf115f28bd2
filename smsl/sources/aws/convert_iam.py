"""Roles with every policy that speaks of them, from single reads or from the account's authorization details."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from smsl.model.arn import parse_arn
from smsl.model.policy import Policy
from smsl.model.snapshot import Role
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.aws.convert_policy import policy, tags, unread
from smsl.sources.aws.facts import Call, Facts, Failure, answered, call
from smsl.sources.aws.reader_needs import authorization_details
from smsl.sources.aws.request import Request


def roles_of(request: Request, facts: Facts, arns: Iterable[str]) -> dict[str, Maybe[Role]]:
    """Return the roles by ARN."""
    home = request.regions[0]
    details = answered(facts, authorization_details(home)) if request.everything else {}
    rows = {str(row.get("Arn")): row for row in details.get("RoleDetailList", [])}
    own = {str(row.get("Arn")): row for row in details.get("Policies", [])}
    managed = managed_in_bulk(home, facts)
    return {
        arn: _bulk_role(home, facts, rows.get(arn), own, managed, arn)
        if request.everything
        else _role(home, facts, arn)
        for arn in arns
    }


def _role(home: str, facts: Facts, arn: str) -> Maybe[Role]:
    name = arn.rsplit("/", 1)[-1]
    get = call("iam", "GetRole", home, RoleName=name)
    row = answered(facts, get).get("Role")
    inline = call("iam", "ListRolePolicies", home, RoleName=name)
    attached = call("iam", "ListAttachedRolePolicies", home, RoleName=name)
    boundary = ((row or {}).get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    missing = _trust_of_none(facts, get, name)
    parsed = parse_arn(arn)
    return Role(
        arn=arn,
        name=name,
        account=parsed.account if parsed else "",
        unique_id=(row or {}).get("RoleId"),
        trust=missing if row is None else policy("trust policy", row.get("AssumeRolePolicyDocument")),
        inline=_inline(home, facts, name, inline),
        attached=_attached(home, facts, name, attached),
        boundary=unread(facts, get, f"role {name}")
        if row is None
        else _managed(home, facts, str(boundary))
        if boundary
        else None,
        boundary_arn=boundary,
        boundary_version=_default_version(home, facts, str(boundary)) if boundary else None,
        tags=tags(row or {}),
    )


def _trust_of_none(facts: Facts, get: Call, name: str) -> Policy | Unknown:
    """Return what stands for the trust policy of a role that was not read: nobody may assume one that is gone."""
    answer = facts.get(get)
    if isinstance(answer, Failure) and answer.kind == "absent":
        return policy("no such role", {"Version": "2012-10-17", "Statement": []})
    return unread(facts, get, f"role {name}")


def _inline(home: str, facts: Facts, role: str, listing: Call) -> Maybe[tuple[Policy | Unknown, ...]]:
    if "PolicyNames" not in answered(facts, listing):
        return unread(facts, listing, f"the inline policies of role {role}")
    found: list[Policy | Unknown] = []
    for name in answered(facts, listing)["PolicyNames"]:
        get = call("iam", "GetRolePolicy", home, RoleName=role, PolicyName=str(name))
        document = answered(facts, get).get("PolicyDocument")
        label = f'{role}, inline "{name}"'
        found.append(unread(facts, get, f'inline policy "{name}"') if document is None else policy(label, document))
    return tuple(found)


def _attached(home: str, facts: Facts, role: str, listing: Call) -> Maybe[tuple[Policy | Unknown, ...]]:
    if "AttachedPolicies" not in answered(facts, listing):
        return unread(facts, listing, f"the attached policies of role {role}")
    rows = answered(facts, listing)["AttachedPolicies"]
    return tuple(_managed(home, facts, str(row.get("PolicyArn"))) for row in rows)


def _default_version(home: str, facts: Facts, arn: str) -> str | None:
    version = answered(facts, call("iam", "GetPolicy", home, PolicyArn=arn)).get("Policy", {}).get("DefaultVersionId")
    return None if version is None else str(version)


def _managed(home: str, facts: Facts, arn: str) -> Policy | Unknown:
    name = arn.rsplit("/", 1)[-1]
    version = _default_version(home, facts, arn)
    if version is None:
        return unread(facts, call("iam", "GetPolicy", home, PolicyArn=arn), f"managed policy {name}")
    get = call("iam", "GetPolicyVersion", home, PolicyArn=arn, VersionId=version)
    document = answered(facts, get).get("PolicyVersion", {}).get("Document")
    if document is None:
        return unread(facts, get, f"managed policy {name}")
    return policy(f"managed {name}", document)


def _gone(arn: str) -> Role:
    """Return a role that a complete answer does not hold: nobody may assume it, and it allows nothing."""
    parsed = parse_arn(arn)
    nobody = policy("no such role", {"Version": "2012-10-17", "Statement": []})
    return Role(arn, arn.rsplit("/", 1)[-1], parsed.account if parsed else "", None, nobody, (), (), None)


def managed_in_bulk(home: str, facts: Facts) -> Callable[[str], Policy | Unknown]:
    """Return what finds a managed policy by ARN; one that many principals have is one object."""
    rows = {str(row.get("Arn")): row for row in answered(facts, authorization_details(home)).get("Policies", [])}

    @cache
    def managed(arn: str) -> Policy | Unknown:
        if arn not in rows:
            return _managed(home, facts, arn)
        for version in rows[arn].get("PolicyVersionList", []):
            if version.get("IsDefaultVersion"):
                return policy(f"managed {arn.rsplit('/', 1)[-1]}", version.get("Document"))
        return Unknown(f"managed policy {arn.rsplit('/', 1)[-1]} has no default version in the answer")

    return managed


def _bulk_role(
    home: str,
    facts: Facts,
    row: Mapping[str, Any] | None,
    own: Mapping[str, Mapping[str, Any]],
    managed: Callable[[str], Policy | Unknown],
    arn: str,
) -> Maybe[Role]:
    if row is None and not answered(facts, authorization_details(home)):
        return unread(facts, authorization_details(home), f"role {arn.rsplit('/', 1)[-1]}")
    if row is None:
        return _gone(arn)
    name = str(row.get("RoleName"))
    boundary = (row.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    parsed = parse_arn(arn)
    return Role(
        arn=arn,
        name=name,
        account=parsed.account if parsed else "",
        unique_id=row.get("RoleId"),
        trust=policy("trust policy", row.get("AssumeRolePolicyDocument")),
        inline=tuple(
            policy(f'{name}, inline "{each.get("PolicyName")}"', each.get("PolicyDocument"))
            for each in row.get("RolePolicyList", [])
        ),
        attached=tuple(managed(str(each.get("PolicyArn"))) for each in row.get("AttachedManagedPolicies", [])),
        boundary=managed(str(boundary)) if boundary else None,
        boundary_arn=boundary,
        boundary_version=str(own.get(str(boundary), {}).get("DefaultVersionId") or "v1") if boundary else None,
        tags=tags(row),
    )
