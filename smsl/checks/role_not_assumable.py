"""Lambda may not assume the function's execution role.

Without the role's credentials no code of the function runs. The role's trust policy must allow
``sts:AssumeRole`` to ``lambda.amazonaws.com``; a role that was deleted, or that trusts another service, does not.

Fix: allow ``lambda.amazonaws.com`` in the role's trust policy, or give the function a role that does.

Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.blockers import blocked
from smsl.model.evidence import Evidence, Subject, Verdict
from smsl.model.finding import Area, Finding, Rule, Severity
from smsl.model.snapshot import Readiness

RULE = Rule("role-not-assumable", Area.FUNCTION, Severity.CRITICAL, "Lambda may not assume the execution role", __doc__)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each function whose role Lambda may not assume, whether it names a secret or not."""
    yield from blocked(RULE, evidence)
    for subject in evidence.subjects:
        if _blocked_by_trust_alone(subject):
            function = subject.function
            yield Finding(
                RULE,
                function=function.qualified_arn,
                resource=function.role,
                message=f"{function.label} cannot run: Lambda may not assume its role {function.role}",
                detail="role_trust",
            )


def _blocked_by_trust_alone(subject: Subject) -> bool:
    """Tell whether a function that wants nothing is blocked: only its state or its role can do that."""
    if subject.accesses or subject.verdict is not Verdict.BLOCKED:
        return False
    ready = subject.function.readiness
    return not isinstance(ready, Readiness) or ready.state not in ("Failed", "Pending")
