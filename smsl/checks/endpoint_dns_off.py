"""There is an endpoint for Secrets Manager, but its name does not lead to it.

Private DNS of the endpoint is off, the VPC's DNS host names are off, or the endpoint is in another VPC and nothing in
this one's DNS points at it. The SDK gets public addresses, and no path leads there.

Fix: turn on private DNS of the endpoint (with DNS support and DNS host names of the VPC), or associate a private
hosted zone that points at it.

Source: https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.blockers import blocked
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity

RULE = Rule("endpoint-dns-off", Area.NETWORK, Severity.CRITICAL, "Name does not lead to the endpoint", __doc__)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each access that this stands in the way of."""
    yield from blocked(RULE, evidence)
