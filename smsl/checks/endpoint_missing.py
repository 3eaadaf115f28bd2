"""The function reaches Secrets Manager through NAT, without an endpoint.

That works. Every read goes out through the NAT gateway, which bills each gigabyte; an interface endpoint keeps the
call inside the VPC, and lets policies ask for it (``aws:SourceVpce``). It has an hourly price of its own.

Fix: create an interface endpoint for Secrets Manager with private DNS where its price is worth it; nothing is broken.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/vpc-endpoint-overview.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.evidence import Access, Evidence
from smsl.model.finding import Area, Finding, Rule, Severity
from smsl.model.reach import Path
from smsl.model.reach import Verdict as Reached
from smsl.model.snapshot import Secret, Snapshot
from smsl.model.unknown import Unknown

RULE = Rule("endpoint-missing", Area.NETWORK, Severity.LOW, "Secrets Manager is read through NAT", __doc__)
_SERVICES = ("secretsmanager", "secretsmanager-fips")


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield one finding for each function that reads through NAT in a VPC without an endpoint."""
    for subject in evidence.subjects:
        for access in subject.accesses:
            vpc = _vpc_without_endpoint(evidence.snapshot, access)
            if vpc is None:
                continue
            yield Finding(
                RULE,
                function=access.function.qualified_arn,
                resource=vpc,
                message=f"{access.function.label} reads through NAT: {vpc} has no endpoint for Secrets Manager",
                detail="nat",
            )
            break


def _vpc_without_endpoint(snapshot: Snapshot, access: Access) -> str | None:
    """Return the function's VPC where it is known to have no endpoint; None where it has one, or nobody looked."""
    reach, function = access.reach, access.function
    if reach is None or reach.verdict is not Reached.REACHABLE or reach.path is not Path.NAT:
        return None
    if not isinstance(access.secret, Secret) or access.secret.region != function.region:
        return None  # an endpoint serves its own region
    network = snapshot.networks.get(function.region)
    if network is None or isinstance(network.endpoints, Unknown) or isinstance(network.subnets, Unknown):
        return None
    vpcs = {network.subnets[each].vpc for each in function.subnets if each in network.subnets}
    for endpoint in network.endpoints.values():
        if isinstance(endpoint.service, Unknown) or isinstance(endpoint.vpc, Unknown):
            return None
        if endpoint.vpc in vpcs and endpoint.service.rsplit(".", 1)[-1] in _SERVICES:
            return None
    return min(vpcs, default=None)
