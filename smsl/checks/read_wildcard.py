"""The role may read every secret of the account.

A grant on ``*`` hands all secrets to whoever controls one function, those that are created next year included.

Fix: name the ARNs of the secrets that the function needs, each ending in ``-??????``, or choose them by tag.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.lines import statement_line
from smsl.checks.reading.statements import READ, all_secrets, all_visible, wide_statements
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Confidence, Finding, Rule, Severity
from smsl.model.snapshot import Role

RULE = Rule("read-wildcard", Area.ROLE, Severity.MEDIUM, "Role may read every secret", __doc__)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield one finding for each function whose role reads all secrets by a statement that nothing narrows."""
    for subject in evidence.subjects:
        function = subject.function
        role = evidence.snapshot.roles.get(function.role)
        if not isinstance(role, Role):
            continue
        wide = list(wide_statements(role, READ, all_secrets))
        if wide:
            yield Finding(
                RULE,
                function=function.qualified_arn,
                resource=role.arn,
                message=f"role {role.name} of {function.label} may read every secret of its account",
                because=tuple(statement_line(policy.name, each.index, each.sid) for policy, each in wide),
                statements=tuple((policy.name, each.index) for policy, each in wide),
                confidence=Confidence.HIGH if all_visible(role) else Confidence.MEDIUM,
                detail="all secrets",
            )
