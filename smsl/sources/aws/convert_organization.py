"""The policies of AWS Organizations, and the newest extension layers."""

from __future__ import annotations

from smsl.model.policy import Policy
from smsl.model.snapshot import Organization
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.aws.convert_policy import policy
from smsl.sources.aws.facts import Facts, Failure, answered, call
from smsl.sources.aws.needs import layer_parameter, path_of
from smsl.sources.aws.request import Request


def organization_of(request: Request, facts: Facts, account: str) -> Organization:
    """Return the organization policies that reach an account."""
    home = request.regions[0]
    describe = call("organizations", "DescribeOrganization", home)
    answer = facts.get(describe)
    if isinstance(answer, Failure) and answer.code == "AWSOrganizationsNotInUseException":
        return Organization((), ())
    organization = answered(facts, describe).get("Organization", {})
    path = path_of(answered(facts, call("organizations", "DescribeAccount", home, AccountId=account)))
    missing = Unknown("the organization's policies are not visible", ("organizations:ListPoliciesForTarget",))
    return Organization(
        scps=_levels(facts, home, path, "SERVICE_CONTROL_POLICY") if path else missing,
        rcps=_levels(facts, home, path, "RESOURCE_CONTROL_POLICY") if path else missing,
        id=organization.get("Id"),
        management_account=organization.get("MasterAccountId"),
    )


def _levels(
    facts: Facts, home: str, path: tuple[str, ...], kind: str
) -> Maybe[tuple[tuple[Policy | Unknown, ...], ...]]:
    levels = []
    for target in path:
        listing = call("organizations", "ListPoliciesForTarget", home, TargetId=target, Filter=kind)
        rows = answered(facts, listing).get("Policies")
        if rows is None:
            return Unknown("the organization's policies are not visible", ("organizations:ListPoliciesForTarget",))
        level: list[Policy | Unknown] = []
        for row in rows:
            describe = call("organizations", "DescribePolicy", home, PolicyId=str(row.get("Id")))
            content = answered(facts, describe).get("Policy", {}).get("Content")
            if content is None:
                return Unknown("the organization's policies are not visible", ("organizations:DescribePolicy",))
            level.append(policy(str(row.get("Name") or row.get("Id")), content))
        if level:  # none at all: the organization does not use this type of policy
            levels.append(tuple(level))
    return tuple(levels)


def latest_layers(facts: Facts) -> dict[tuple[str, str], str]:
    """Return (region, architecture) to the newest layer that the public parameter names."""
    found = {}
    for each in facts:
        value = answered(facts, each).get("Parameter", {}).get("Value") if each.service == "ssm" else None
        for architecture in ("x86_64", "arm64"):
            if value and each.parameters.get("Name") == layer_parameter(architecture):
                found[each.region, architecture] = str(value)
    return found
