"""VPC Block Public Access from EC2's answers: the effective mode of each subnet and VPC.

A row's own ``BlockPublicAccessStates`` is the effective mode. Where a row has none, the mode is worked out from the
account's options and exclusions.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html
Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcBlockPublicAccessExclusion.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from smsl.model.network import BlockMode
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.aws.answers import Row, answer, mapping, optional, rows

_OPTIONS = "DescribeVpcBlockPublicAccessOptions"
_EXCLUSIONS = "DescribeVpcBlockPublicAccessExclusions"
_IN_FORCE = frozenset({"create-complete", "update-complete", "update-failed", "delete-failed"})
_GONE = frozenset(
    {"create-in-progress", "create-failed", "update-in-progress", "delete-in-progress", "delete-complete"}
)
_MODE = "InternetGatewayBlockMode"


def of_vpc(case: Row) -> Callable[[Row], Maybe[BlockMode]]:
    """Return what tells the mode of a row of DescribeVpcs."""
    account, excluded = _account(case), _excluded(case)
    return lambda row: _stated(row) or _worked_out(account, excluded, (optional(row, "VpcId"),))


def of_subnet(case: Row) -> Callable[[Row], Maybe[BlockMode]]:
    """Return what tells the mode of a row of DescribeSubnets; a VPC's own mode goes before the account's."""
    account, excluded = _account(case), _excluded(case)
    listed = rows(answer(case, "ec2", "DescribeVpcs"), "Vpcs", "ec2:DescribeVpcs")
    homes = {} if isinstance(listed, Unknown) else {optional(row, "VpcId"): _stated(row) for row in listed}

    def mode(row: Row) -> Maybe[BlockMode]:
        name, home = optional(row, "SubnetId"), optional(row, "VpcId")
        return _stated(row) or homes.get(home) or _worked_out(account, excluded, (name, home))

    return mode


def _stated(row: Row) -> Maybe[BlockMode] | None:
    """Return the mode that a row states; None if it states none."""
    found = mapping(row, "BlockPublicAccessStates").get(_MODE)
    return None if found is None else _mode(found)


def _mode(found: object) -> Maybe[BlockMode]:
    try:
        return BlockMode(str(found))
    except ValueError:
        return Unknown(f"{_MODE} is none that is known")


def _account(case: Row) -> Maybe[BlockMode]:
    found = answer(case, "ec2", _OPTIONS)
    if isinstance(found, Unknown):
        return found
    stated = mapping(found, "VpcBlockPublicAccessOptions").get(_MODE)
    return BlockMode.OFF if stated is None else _mode(stated)


def _excluded(case: Row) -> Maybe[Mapping[str, str]]:
    """Return the exclusions' modes by the id of the VPC or subnet."""
    needs = f"ec2:{_EXCLUSIONS}"
    listed = rows(answer(case, "ec2", _EXCLUSIONS), "VpcBlockPublicAccessExclusions", needs)
    if isinstance(listed, Unknown):
        return listed
    if any(row.get("State") not in _IN_FORCE | _GONE for row in listed):
        return Unknown("the State of an exclusion is none that is known", (needs,))
    return {
        optional(row, "ResourceArn").rpartition("/")[2]: optional(row, "InternetGatewayExclusionMode")
        for row in listed
        if row["State"] in _IN_FORCE
    }


def _worked_out(
    account: Maybe[BlockMode], excluded: Maybe[Mapping[str, str]], names: tuple[str, ...]
) -> Maybe[BlockMode]:
    """Return the account's mode less the exclusion of a subnet or its VPC."""
    if isinstance(account, Unknown) or account is BlockMode.OFF:
        return account
    if isinstance(excluded, Unknown):
        return excluded
    exclusion = next((excluded[name] for name in names if name in excluded), "")
    if exclusion == "allow-bidirectional":
        return BlockMode.OFF
    if exclusion == "allow-egress" or not exclusion:
        return BlockMode.INGRESS if exclusion else account
    return Unknown("InternetGatewayExclusionMode is none that is known")
