"""Lambda cannot run the function.

Its state is Failed, or not yet Active: the key of its environment cannot be used, the execution role may not create
network interfaces, a subnet has no addresses left, its image is gone. The reason code says which. An Inactive
function is no fault: its next invocation wakes it.

Fix: mend what the reason code names, then update the function's configuration so that Lambda tries again.

Source: https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.blockers import blocked
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity
from smsl.model.snapshot import Readiness

RULE = Rule("function-not-ready", Area.FUNCTION, Severity.CRITICAL, "Lambda cannot run the function", __doc__)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each function that is not ready, whether it names a secret or not."""
    yield from blocked(RULE, evidence)
    for subject in evidence.subjects:
        function = subject.function
        ready = function.readiness
        if subject.accesses or not isinstance(ready, Readiness) or ready.state not in ("Failed", "Pending"):
            continue  # with accesses the blockers have said it
        reason = ready.reason or "no reason given"
        yield Finding(
            RULE,
            function=function.qualified_arn,
            resource=function.qualified_arn,
            message=f"{function.label} cannot run: its state is {ready.state} ({reason})",
            detail=f"function_state {reason}",
        )
