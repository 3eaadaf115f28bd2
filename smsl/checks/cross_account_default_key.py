"""The secret of another account is encrypted with that account's ``aws/secretsmanager`` key.

The AWS managed key serves its own account alone, and its policy cannot be changed: no permission makes this work.

Fix: encrypt the secret with a customer managed key whose policy lets the function's role decrypt, and allow
``kms:Decrypt`` on it in the role.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.blockers import blocked
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity

RULE = Rule(
    "cross-account-default-key", Area.KMS, Severity.CRITICAL, "Another account cannot use aws/secretsmanager", __doc__
)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each access that this stands in the way of."""
    yield from blocked(RULE, evidence)
