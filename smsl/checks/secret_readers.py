"""Many roles and users may read a secret.

Each of them is a way to the secret, whether it needs the secret or not. More than twenty are told: by their own
policies, the secret's and the key's. Not counted: the account's root user, who always can, service-linked roles, and
other accounts.

Who can is told by ``--all --notes``: the account's roles and users are read for it.

Fix: narrow the policies that grant it to most of them, or name in the secret's policy those who may, and deny the rest.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/best-practices.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.readers import told, who
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity
from smsl.model.snapshot import Secret

RULE = Rule("secret-readers", Area.SECRET, Severity.LOW, "Many roles and users may read a secret", __doc__)
_MANY = 20


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield one finding for each secret that many may read, at the first function that wants it."""
    seen: set[str] = set()
    for access in evidence.accesses:
        secret = access.secret
        if not isinstance(secret, Secret) or secret.arn in seen:
            continue
        seen.add(secret.arn)
        readers = evidence.secret_readers.get(secret.arn)
        if readers is None or len(readers.able) <= _MANY:
            continue
        yield Finding(
            RULE,
            function=access.function.qualified_arn,
            resource=secret.arn,
            message=f"{who(readers)} of the account may read {secret.name}",
            because=told(readers),
            detail=secret.name,
        )
