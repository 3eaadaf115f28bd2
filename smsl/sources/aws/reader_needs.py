"""What to ask about the account's roles and users, to tell who can read an environment or a secret."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from smsl.sources.aws.facts import Call, Facts, answered, call

_SERVICE_LINKED = "/aws-service-role/"


def authorization_details(region: str) -> Call:
    """Return the call that reads every role, user and group, and every policy of the account's own, at once."""
    return call("iam", "GetAccountAuthorizationDetails", region, Filter=["User", "Role", "Group", "LocalManagedPolicy"])


def may_read(row: Mapping[str, Any]) -> bool:
    """Tell whether a role can be taken by anyone but an AWS service that owns it.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
    """
    return not str(row.get("Path", "/")).startswith(_SERVICE_LINKED)


def policies_of_others(home: str, facts: Facts) -> tuple[str, ...]:
    """Return the ARNs of the AWS-managed policies that any role, user or group has: the bulk answer lacks them."""
    details = answered(facts, authorization_details(home))
    own = {str(row.get("Arn")) for row in details.get("Policies", [])}
    found: set[str] = set()
    for kind in ("RoleDetailList", "UserDetailList", "GroupDetailList"):
        for row in details.get(kind, []):
            if not may_read(row):
                continue
            found.update(str(each.get("PolicyArn")) for each in row.get("AttachedManagedPolicies") or [])
            boundary = (row.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
            found.update([str(boundary)] if boundary else [])
    return tuple(sorted(found - own))


def holds_leak(row: Mapping[str, Any]) -> bool:
    """Tell whether a configuration's environment holds a secret in plain text."""
    holds = (row.get("Environment") or {}).get("Holds", [])
    return any(each.get("leak", {}).get("confidence") in ("high", "medium") for each in holds)


def leaking_keys(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[tuple[str, str]]:
    """Yield (region, key ARN) of each customer key that protects an environment with such a secret."""
    for region, row in rows:
        if row.get("KMSKeyArn") and holds_leak(row):
            yield region, str(row["KMSKeyArn"])
