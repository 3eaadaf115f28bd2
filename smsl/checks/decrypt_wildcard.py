"""The role may decrypt with every KMS key of the account.

A grant of ``kms:Decrypt`` on ``*`` opens whatever any key protects whose policy leaves the decision to IAM. A statement
that allows all services is left to `read-wildcard`, and one that is tied to ``kms:ViaService`` is narrow enough.

Fix: name the ARN of the secret's key, and add the condition ``kms:ViaService``. The key ``aws/secretsmanager`` needs no
permission at all.

Source: https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies-best-practices.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.lines import statement_line
from smsl.checks.reading.statements import all_visible, wide_decrypts
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Confidence, Finding, Rule, Severity
from smsl.model.snapshot import Role

RULE = Rule("decrypt-wildcard", Area.KMS, Severity.MEDIUM, "Role may decrypt with every key", __doc__)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield one finding for each function whose role decrypts with all keys by a statement that nothing narrows."""
    for subject in evidence.subjects:
        function = subject.function
        role = evidence.snapshot.roles.get(function.role)
        if not isinstance(role, Role):
            continue
        wide = list(wide_decrypts(role))
        if wide:
            yield Finding(
                RULE,
                function=function.qualified_arn,
                resource=role.arn,
                message=f"role {role.name} of {function.label} may decrypt with every KMS key of its account",
                because=tuple(statement_line(policy.name, each.index, each.sid) for policy, each in wide),
                statements=tuple((policy.name, each.index) for policy, each in wide),
                confidence=Confidence.HIGH if all_visible(role) else Confidence.MEDIUM,
                detail="all keys",
            )
