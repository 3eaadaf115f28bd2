"""The policy of the VPC endpoint does not let the function read the secret.

Packets arrive and are refused: an endpoint policy is one more policy that must allow the call, whatever the role
allows.

Fix: allow ``secretsmanager:GetSecretValue`` on the secret to the function's role in the endpoint's policy.

Source: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
https://docs.aws.amazon.com/secretsmanager/latest/userguide/vpc-endpoint-overview.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.blockers import blocked
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity

RULE = Rule("endpoint-policy-denied", Area.NETWORK, Severity.CRITICAL, "Endpoint policy refuses the read", __doc__)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each access that this stands in the way of."""
    yield from blocked(RULE, evidence)
