"""The execution role may not call ``secretsmanager:GetSecretValue`` on a secret that its function names.

Either no policy allows the call, or one denies it: an identity policy, the secret's own policy, a permissions
boundary, a service or resource control policy. Every layer that stands in the way is named; where a deny, a boundary
or an organization's policy is one of them, a further Allow does not help.

Fix: allow ``secretsmanager:GetSecretValue`` on the secret's ARN in the role, and lift what denies it where the finding
names a deny. A secret of another account also needs an Allow in the secret's own policy.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.blockers import blocked
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity

RULE = Rule("read-denied", Area.ROLE, Severity.CRITICAL, "Role may not read the secret", __doc__)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each access that this stands in the way of."""
    yield from blocked(RULE, evidence)
