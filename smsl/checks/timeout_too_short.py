"""The function's timeout leaves no room for reading a secret.

Three seconds is Lambda's default. A first read in a VPC or through the extension takes a TLS handshake, the call and
Secrets Manager's own call to KMS, beside the start of the runtime; a slow one ends the invocation with "Task timed
out" and hides the cause.

Fix: set the timeout to ten seconds or more, and shorter time limits in the SDK so that an error names its cause.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity

RULE = Rule("timeout-too-short", Area.FUNCTION, Severity.MEDIUM, "Timeout leaves no room for the read", __doc__)
_DEFAULT = 3
"""Seconds. Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html."""


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each function with a short timeout that reads a secret in a VPC or by the extension."""
    for subject in evidence.subjects:
        function = subject.function
        if function.timeout is None or function.timeout > _DEFAULT or not subject.accesses:
            continue
        way = "in a VPC" if function.subnets else "through the extension" if subject.extension else None
        if way is None:
            continue
        yield Finding(
            RULE,
            function=function.qualified_arn,
            resource=function.qualified_arn,
            message=f"{function.label} has a timeout of {function.timeout} s and reads its secret {way}",
            detail="timeout",
        )
