"""Whether the function's subnets reach Secrets Manager could not be decided.

A part of the path is not visible: another account's subnet or hub, custom DNS servers, an appliance, a call to EC2 that
was refused, or a proxy. The finding names what would tell.

Fix: give smsl the permissions that the finding names, or ask VPC Reachability Analyzer for the part it names.

Source: https://docs.aws.amazon.com/vpc/latest/reachability/what-is-reachability-analyzer.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.lines import secret_name
from smsl.checks.reading.unsettled import path_is_unknown
from smsl.model.evidence import Access, Evidence, Verdict
from smsl.model.finding import Area, Confidence, Finding, Rule, Severity
from smsl.model.reach import Verdict as Reached

RULE = Rule("path-unknown", Area.NETWORK, Severity.LOW, "Whether there is a path is not known", __doc__)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each function whose path is unknown and whose access nothing blocks; once for each reason."""
    for subject in evidence.subjects:
        said: set[tuple[str, ...]] = set()
        for access in subject.accesses:
            if access.verdict in (Verdict.BLOCKED, Verdict.READABLE) or not path_is_unknown(access):
                continue
            reasons, code = _reasons(access), _code(access)
            if (code, *reasons) in said:
                continue
            said.add((code, *reasons))
            name, function = secret_name(access), access.function
            why = reasons[0] if reasons else "a fact is missing"
            yield Finding(
                RULE,
                function=function.qualified_arn,
                resource=function.qualified_arn,
                message=f"whether {function.label} reaches Secrets Manager to read {name} is not known: {why}",
                because=reasons[1:],
                confidence=Confidence.LOW,
                detail=f"network {code}",
                secret=access.wanted.text,
            )


def _reasons(access: Access) -> tuple[str, ...]:
    reach = access.reach
    if reach is None or reach.verdict is not Reached.UNKNOWN:
        return access.unknowns
    needs = [f"{each.reason} (needs {', '.join(each.needs)})" if each.needs else each.reason for each in reach.missing]
    # That something is missing says less than what it is.
    said = (each.message for each in reach.blockers if each.code != "SNAPSHOT_INCOMPLETE" or not needs)
    return tuple(dict.fromkeys((*said, *needs))) or access.unknowns


def _code(access: Access) -> str:
    return access.reach.blockers[0].code if access.reach is not None and access.reach.blockers else "not read"
