"""Some of the function's connections to Secrets Manager fail.

Lambda places environments in any subnet of the function and uses the whole range of source ports. Where a subnet, an
address of the endpoint or a part of the ports is blocked, some invocations time out and others do not.

Fix: give every subnet the path that the working ones have: the same route, and ACL rules for TCP 443 out and
TCP 1024-65535 back.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
https://docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.blockers import blocked
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity

RULE = Rule("path-partial", Area.NETWORK, Severity.HIGH, "Some connections to Secrets Manager fail", __doc__)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each access that this stands in the way of."""
    yield from blocked(RULE, evidence)
