"""The secret's policy allows the whole world.

It allows reading to the principal ``*``, and no condition says whose. Any AWS account may read the secret; only a key
that other accounts cannot use would stand in the way.

Fix: name the roles or accounts that may read it, or tie the statement to ``aws:PrincipalOrgID``,
``aws:PrincipalArn`` or ``aws:SourceVpce``.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.lines import statement_line
from smsl.checks.reading.public import public_reads
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity
from smsl.model.policy import Policy
from smsl.model.snapshot import Secret

RULE = Rule("secret-policy-public", Area.ROLE, Severity.CRITICAL, "Secret is open to every account", __doc__)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each secret that a function reads and that everybody may read."""
    for access in evidence.accesses:
        secret = access.secret
        if not isinstance(secret, Secret) or not isinstance(secret.policy, Policy):
            continue
        name = secret.policy.name
        public = list(public_reads(secret.policy))
        if public:
            yield Finding(
                RULE,
                function=access.function.qualified_arn,
                resource=secret.arn,
                message=f"the policy of {secret.name}, which {access.function.label} reads, lets every account read it",
                because=tuple(f"{statement_line(name, e.index, e.sid)}: allows principal *" for e in public),
                detail=secret.name,
                statements=tuple((name, each.index) for each in public),
            )
