"""The path to Secrets Manager works, and rests on something frail.

Its NAT gateway or endpoint stands in one other zone and shares its fate, the subnet is out of addresses, an IPv6 path
is tried first and is broken, a DNS firewall is in the way, or the endpoint hides a working path through NAT.

Fix: as the finding says: an endpoint or NAT gateway in each zone, more addresses, a whole IPv6 path or none.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity
from smsl.model.reach import Verdict as Reached

RULE = Rule("path-fragile", Area.NETWORK, Severity.MEDIUM, "Path to Secrets Manager is frail", __doc__)
_JUDGED_ELSEWHERE = frozenset({"W_EP_POLICY"})
"""The endpoint's policy is judged with the other policies, by endpoint-policy-denied."""


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each warning on a path that works, once for a function."""
    for subject in evidence.subjects:
        said: set[tuple[str, str]] = set()
        for access in subject.accesses:
            reach = access.reach
            if reach is None or reach.verdict is not Reached.REACHABLE:
                continue  # a path that fails has its own finding
            for warning in reach.warnings:
                key = (warning.code, warning.component)
                if warning.code in _JUDGED_ELSEWHERE or key in said:
                    continue
                said.add(key)
                yield Finding(
                    RULE,
                    function=access.function.qualified_arn,
                    resource=warning.component,
                    message=f"{access.function.label}: {warning.message}",
                    detail=warning.code,
                )
