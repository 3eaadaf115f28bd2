"""The role may read a secret that its function never names.

Whoever controls the function gets that secret too. Nothing is said unless the set of secrets that the function needs is
known to be complete (``--secret``): code may name a secret that no configuration shows.

Fix: take the secret out of the role's policy, or say with ``--secret`` that the function needs it.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.lines import secret_arn, secret_name
from smsl.checks.reading.statements import READ, all_secrets, covers_arn, grants_individually
from smsl.model.arn import parse_arn
from smsl.model.evidence import Evidence, Subject
from smsl.model.finding import Area, Finding, Rule, Severity
from smsl.model.secretname import granted_name, name_of_arn
from smsl.model.snapshot import Role

RULE = Rule("read-unneeded", Area.ROLE, Severity.MEDIUM, "Role may read a secret it does not use", __doc__)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each granted resource that no wanted secret of a complete set is."""
    for subject in evidence.subjects:
        if not subject.complete:
            continue
        function = subject.function
        role = evidence.snapshot.roles.get(function.role)
        if not isinstance(role, Role):
            continue
        for resource in dict.fromkeys(subject.readable):
            if all_secrets(resource) or _is_needed(subject, resource):
                continue  # read-wildcard judges the first
            if not grants_individually(role, READ, resource):
                continue
            yield Finding(
                RULE,
                function=function.qualified_arn,
                resource=function.role,
                message=f"role {role.name} of {function.label} may read {resource}, which the function does not use",
                detail=resource,
            )


def _is_needed(subject: Subject, resource: str) -> bool:
    """Tell whether a resource is a wanted secret, by ARN, by name, or as its replica."""
    granted = granted_name(resource)
    for access in subject.accesses:
        arn, name = secret_arn(access), secret_name(access)
        parsed = parse_arn(name)
        wanted = name_of_arn(parsed.resource) if parsed is not None else name
        if covers_arn(resource, arn) or granted == wanted:
            return True
        if parsed is None and (arn == name) and _could_be(resource, name):
            return True  # a secret that could not be read is known by its name alone
    return False


def _could_be(resource: str, name: str) -> bool:
    parts = resource.split(":", 5)
    return len(parts) < 6 or covers_arn(f"a:b:c:d:e:{parts[5]}", f"a:b:c:d:e:secret:{name}-AbCdEf")
