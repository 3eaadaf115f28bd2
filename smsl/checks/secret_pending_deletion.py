"""The secret is scheduled for deletion.

From the moment that DeleteSecret is called, and through the whole recovery window, GetSecretValue answers
InvalidRequestException.

Fix: cancel the deletion (``aws secretsmanager restore-secret``), or let the function name another secret.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.blockers import blocked
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity

RULE = Rule("secret-pending-deletion", Area.SECRET, Severity.CRITICAL, "Secret is scheduled for deletion", __doc__)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each access that this stands in the way of."""
    yield from blocked(RULE, evidence)
