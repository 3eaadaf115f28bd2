"""The function asks Secrets Manager of one region for a secret of another.

An SDK calls the function's own region unless its code or configuration says otherwise; an ARN of another region is
not found there.

Fix: replicate the secret to the function's region and name the replica, or set the client's region to the secret's.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.blockers import blocked
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity

RULE = Rule(
    "secret-wrong-region", Area.SECRET, Severity.CRITICAL, "Secret is in another region than the function asks", __doc__
)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each access that this stands in the way of."""
    yield from blocked(RULE, evidence)
