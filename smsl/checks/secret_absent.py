"""The secret that the function names does not exist in the account and region that it asks.

The name has a typing error, the secret was deleted for good, it lives in another region, or no replica was made.
Secrets Manager judges permissions on the name alone then, so the function may see AccessDenied instead of
ResourceNotFound.

Fix: correct the name in the function's configuration, or create (or replicate) the secret.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.blockers import blocked
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity

RULE = Rule("secret-absent", Area.SECRET, Severity.CRITICAL, "Secret does not exist", __doc__)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each access that this stands in the way of."""
    yield from blocked(RULE, evidence)
