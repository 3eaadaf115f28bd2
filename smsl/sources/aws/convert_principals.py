"""The roles and users of the account, as those who might read what is not meant for them.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from smsl.model.arn import parse_arn
from smsl.model.policy import Policy
from smsl.model.snapshot import NOT_ASKED, Principal
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.aws.convert_iam import managed_in_bulk
from smsl.sources.aws.convert_policy import policy, tags, unread
from smsl.sources.aws.facts import Facts, answered
from smsl.sources.aws.needs import asks_for_readers
from smsl.sources.aws.reader_needs import authorization_details, may_read
from smsl.sources.aws.request import Request

Managed = Callable[[str], Policy | Unknown]


def principals_of(request: Request, facts: Facts) -> Maybe[tuple[Principal, ...]]:
    """Return every role and user but the service-linked ones; Unknown where they were not asked for, or refused."""
    if not asks_for_readers(request, facts):
        return NOT_ASKED
    home = request.regions[0]
    listing = authorization_details(home)
    details = answered(facts, listing)
    if "RoleDetailList" not in details or "UserDetailList" not in details:
        return unread(facts, listing, "the account's roles and users")
    managed = managed_in_bulk(home, facts)
    groups = {
        str(row.get("GroupName")): _documents(row, "GroupPolicyList", f"group {row.get('GroupName')}", managed)
        for row in details.get("GroupDetailList", [])
    }
    return (
        *(_role(row, managed) for row in details["RoleDetailList"] if may_read(row)),
        *(_user(row, managed, groups) for row in details["UserDetailList"]),
    )


def _role(row: Mapping[str, Any], managed: Managed) -> Principal:
    identity = _documents(row, "RolePolicyList", str(row.get("RoleName")), managed)
    return _principal(row, "role", "RoleName", "RoleId", identity, managed)


def _user(row: Mapping[str, Any], managed: Managed, groups: Mapping[str, tuple[Policy | Unknown, ...]]) -> Principal:
    identity = [*_documents(row, "UserPolicyList", str(row.get("UserName")), managed)]
    for name in row.get("GroupList") or []:
        identity += groups.get(str(name), (Unknown(f"group {name} is not in the answer"),))
    return _principal(row, "user", "UserName", "UserId", tuple(identity), managed)


def _documents(row: Mapping[str, Any], inline: str, owner: str, managed: Managed) -> tuple[Policy | Unknown, ...]:
    return (
        *(
            policy(f'{owner}, inline "{each.get("PolicyName")}"', each.get("PolicyDocument"))
            for each in row.get(inline) or []
        ),
        *(managed(str(each.get("PolicyArn"))) for each in row.get("AttachedManagedPolicies") or []),
    )


def _principal(
    row: Mapping[str, Any],
    kind: Literal["role", "user"],
    name: str,
    unique_id: str,
    identity: tuple[Policy | Unknown, ...],
    managed: Managed,
) -> Principal:
    arn = str(row.get("Arn"))
    parsed = parse_arn(arn)
    boundary = (row.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    return Principal(
        arn=arn,
        name=str(row.get(name)),
        kind=kind,
        account=parsed.account if parsed else "",
        unique_id=row.get(unique_id),
        identity=identity,
        boundary=managed(str(boundary)) if boundary else None,
        tags=tags(row),
    )
