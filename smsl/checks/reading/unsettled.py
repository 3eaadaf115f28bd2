"""What an access leaves open."""

from __future__ import annotations

from smsl.model.evidence import Access, Verdict
from smsl.model.origin import Basis
from smsl.model.reach import Verdict as Reached


def path_is_unknown(access: Access) -> bool:
    """Tell whether it is the network that could not be decided."""
    if access.verdict is Verdict.UNKNOWN and any(map(_steers, access.needs)):
        return True
    if access.reach is not None:
        return access.reach.verdict is Reached.UNKNOWN
    if access.verdict is not Verdict.UNKNOWN:
        return False
    return bool(access.function.subnets) or access.basis.get("network") is Basis.NOT_VISIBLE


def _steers(need: str) -> bool:
    """Tell a variable that sends calls through a proxy or to another endpoint, where nobody looked."""
    return need.upper().endswith("_PROXY") or need.startswith("AWS_ENDPOINT_URL")
