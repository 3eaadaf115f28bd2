"""What failed: gaps for required calls, assumptions for supporting ones."""

from __future__ import annotations

from smsl.model.origin import Assumption, Gap
from smsl.sources.aws.calls import NO_READERS, OPERATIONS
from smsl.sources.aws.facts import Call, Facts, Failure


def failures(facts: Facts, aside: frozenset[Call]) -> tuple[tuple[Gap, ...], tuple[Assumption, ...]]:
    """Return each distinct failure once, with the permission that would tell.

    Args:
        facts: What was read.
        aside: Calls whose answer no verdict hangs on.
    """
    gaps: dict[tuple[str, str], list[str]] = {}
    assumptions: dict[str, Assumption] = {}
    for each in sorted(facts):
        answer = facts[each]
        if not isinstance(answer, Failure) or _told_otherwise(each, answer):
            continue
        row = OPERATIONS[each.name]
        error = f"{answer.kind} ({answer.code})"
        if each in aside:
            assumptions.setdefault(NO_READERS, Assumption(NO_READERS, each.name, error, row.permissions[0]))
        elif row.required:
            gaps.setdefault((each.name, error), []).append(_about(each))
        else:
            assumptions.setdefault(row.assumption, Assumption(row.assumption, each.name, error, row.permissions[0]))
    found = tuple(
        Gap(f"{name} {', '.join(sorted(set(abouts))[:3])}".strip(), error, OPERATIONS[name].permissions[0])
        for (name, error), abouts in gaps.items()
    )
    return found, tuple(assumptions.values())


def _told_otherwise(each: Call, answer: Failure) -> bool:
    """Tell failures that are facts: an absent secret or role, an account in no organization."""
    if answer.code == "AWSOrganizationsNotInUseException":
        return True
    return answer.kind == "absent" and each.operation in {
        "DescribeSecret", "GetResourcePolicy", "ListSecretVersionIds", "GetFunctionConfiguration", "ListAliases",
    }  # fmt: skip


def _about(each: Call) -> str:
    """Return what a call asked about, in a word: a name or an id that the request itself carries."""
    parameters = each.parameters
    for member in (
        "FunctionName", "PolicyName", "RoleName", "PolicyArn", "SecretId", "KeyId", "VpcId", "VPCId", "TargetId",
    ):  # fmt: skip
        if member in parameters and not (member == "PolicyName" and "KeyId" in parameters):
            return str(parameters[member])
    return ""
