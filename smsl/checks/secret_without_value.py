"""The secret has no version with the staging label ``AWSCURRENT``.

It was created without a value (as infrastructure code does that leaves the version to somebody else), or a first
rotation did not finish. GetSecretValue answers ResourceNotFoundException.

Fix: put a value in (``aws secretsmanager put-secret-value``, from a file or standard input), or finish the rotation.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html#term_version
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.blockers import blocked
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity

RULE = Rule("secret-without-value", Area.SECRET, Severity.CRITICAL, "Secret has no current value", __doc__)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each access that this stands in the way of."""
    yield from blocked(RULE, evidence)
