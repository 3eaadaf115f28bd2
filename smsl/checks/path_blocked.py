"""The function's subnets have no path to Secrets Manager.

A function in a VPC reaches the service through an interface endpoint or through NAT; a security group, a network ACL,
a route or an endpoint that is not available stops it, and the call times out. The finding names each hop.

Fix: open the hop that is named (TCP 443 from the function's security group, the route, the ACL both ways), or create
an interface endpoint with private DNS. No KMS endpoint is needed: Secrets Manager calls KMS itself.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/vpc-endpoint-overview.html
https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.blockers import blocked
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity

RULE = Rule("path-blocked", Area.NETWORK, Severity.CRITICAL, "No path to Secrets Manager", __doc__)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each access that this stands in the way of."""
    yield from blocked(RULE, evidence)
