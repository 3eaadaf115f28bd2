"""How wide a statement is, read off its elements: no policy is evaluated here.

A statement that some condition narrows in a way that is not known here counts as narrow: no alarm without a reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from smsl.model.arn import parse_arn
from smsl.model.policy import Condition, Policy, Statement
from smsl.model.snapshot import Role
from smsl.model.unknown import Unknown

READ = "secretsmanager:GetSecretValue"
DECRYPT = "kms:Decrypt"
Wide = Callable[[str], bool]

_SAYS_NOTHING_OF_RESOURCES = frozenset(
    {
        *("aws:securetransport", "aws:requestedregion", "aws:resourceaccount", "aws:resourceorgid"),
        *("aws:resourceorgpaths", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths"),
        *("aws:principaltype", "aws:principalarn", "aws:principalisawsservice", "aws:sourceip", "aws:sourcevpc"),
        *("aws:sourcevpce", "aws:vpcsourceip", "aws:currenttime", "aws:epochtime", "aws:tokenissuetime"),
        *("aws:multifactorauthpresent", "aws:multifactorauthage", "lambda:sourcefunctionarn"),
        *("secretsmanager:versionstage", "secretsmanager:versionid", "kms:calleraccount"),
    }
)
"""Condition keys that say who, when or from where, but not which secret or key."""
_ALL_SECRETS = re.compile(r"\*|secret:?\*|secret:[*?-]*\*[*?-]*")
_ALL_KEYS = re.compile(r"\*|key/?\*|key/[*?-]*\*[*?-]*")


def covers(pattern: str, text: str) -> bool:
    """Tell whether a pattern with ``*`` and ``?`` is the whole of a text."""
    parts = {"*": ".*", "?": "."}
    return re.fullmatch("".join(parts.get(sign, re.escape(sign)) for sign in pattern), text) is not None


def covers_arn(pattern: str, arn: str) -> bool:
    """Tell whether a Resource is an ARN's, part by part.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    if pattern == "*":
        return True
    granted, real = pattern.split(":", 5), arn.split(":", 5)
    return len(granted) == len(real) and all(map(covers, granted, real))


def speaks_of(statement: Statement, action: str) -> bool:
    """Tell whether a statement's Action or NotAction takes in an action."""
    wanted = action.lower()
    if statement.actions is not None:
        return any(covers(each.lower(), wanted) for each in statement.actions)
    return not any(covers(each.lower(), wanted) for each in statement.not_actions or ())


def speaks_of_everything(statement: Statement) -> bool:
    """Tell whether a statement is about all services: ``Action: "*"``, or NotAction."""
    return statement.actions is None or any(each in ("*", "*:*") for each in statement.actions)


def all_secrets(resource: str) -> bool:
    """Tell whether a Resource is every secret of an account."""
    return _all(resource, "secretsmanager", _ALL_SECRETS)


def all_keys(resource: str) -> bool:
    """Tell whether a Resource is every KMS key of an account."""
    return _all(resource, "kms", _ALL_KEYS)


def _all(resource: str, service: str, pattern: re.Pattern[str]) -> bool:
    if resource == "*":
        return True
    arn = parse_arn(resource)
    return arn is not None and covers(arn.service, service) and pattern.fullmatch(arn.resource) is not None


def wide_statements(role: Role, action: str, wide: Wide) -> Iterator[tuple[Policy, Statement]]:
    """Yield the role's Allows of an action on everything that nothing narrows.

    Nothing is yielded when the boundary allows less, or when a Deny takes some of it back.
    """
    identity = [policy for policy in role.identity if isinstance(policy, Policy)]
    limits = [*identity, role.boundary] if isinstance(role.boundary, Policy) else identity
    if any(_takes_back(each, action, wide) for policy in limits for each in policy.statements):
        return
    if isinstance(role.boundary, Policy) and not any(_is_wide(each, action, wide) for each in role.boundary.statements):
        return
    for policy in identity:
        yield from ((policy, each) for each in policy.statements if _is_wide(each, action, wide))


def all_visible(role: Role) -> bool:
    """Tell whether every policy that could narrow the role was read."""
    return not any(isinstance(policy, Unknown) for policy in (*role.identity, role.boundary))


def _is_wide(statement: Statement, action: str, wide: Wide) -> bool:
    if statement.effect != "Allow" or not speaks_of(statement, action):
        return False
    if statement.not_resources is None and not any(map(wide, statement.resources or ())):
        return False
    return not any(_chooses(condition, wide) for condition in statement.conditions)


def _takes_back(statement: Statement, action: str, wide: Wide) -> bool:
    if statement.effect != "Deny" or not speaks_of(statement, action):
        return False
    if statement.not_resources is not None:
        return True
    on_all = any(map(wide, statement.resources or ("*",)))
    return on_all and (not statement.conditions or any(_chooses(condition, wide) for condition in statement.conditions))


def _chooses(condition: Condition, wide: Wide) -> bool:
    """Tell whether a condition chooses among resources."""
    key = condition.key.lower()
    if key in _SAYS_NOTHING_OF_RESOURCES or key.startswith("aws:principaltag/"):
        return False
    return not (key == "secretsmanager:secretid" and any(map(wide, condition.values)))


def wide_decrypts(role: Role) -> Iterator[tuple[Policy, Statement]]:
    """Yield the role's Allows of kms:Decrypt with every key, without those of all services."""
    for policy, statement in wide_statements(role, DECRYPT, all_keys):
        if not speaks_of_everything(statement):
            yield policy, statement


def grants_individually(role: Role, action: str, resource: str) -> bool:
    """Tell whether a resource written in the role's policies is really granted: a secret, and nothing takes it back."""
    arn = parse_arn(resource)
    if arn is None or arn.service != "secretsmanager" or "${" in resource:
        return False
    policies = [policy for policy in (*role.identity, role.boundary) if isinstance(policy, Policy)]
    denies = (each for policy in policies for each in policy.statements if each.effect == "Deny")
    if any(speaks_of(each, action) and _touches(each, resource) for each in denies):
        return False
    if not isinstance(role.boundary, Policy):
        return role.boundary is None
    return any(
        each.effect == "Allow" and speaks_of(each, action) and _touches(each, resource)
        for each in role.boundary.statements
    )


def _touches(statement: Statement, resource: str) -> bool:
    return statement.resources is None or any(covers_arn(each, resource) for each in statement.resources)
