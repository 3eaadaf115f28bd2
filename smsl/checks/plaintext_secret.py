"""A variable holds a secret in plain text.

Everyone who may call ``lambda:GetFunctionConfiguration`` reads the environment, and it ends up in state files, build
logs and consoles. It does not rotate, and every published version keeps its own copy.

Fix: store the value in Secrets Manager, put the secret's ARN in the variable, let the function read it, and change the
value that was exposed.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.environment import variables
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Confidence, Finding, Fix, Rule, Severity
from smsl.model.variable import Leak, is_plaintext

RULE = Rule("plaintext-secret", Area.ENV, Severity.HIGH, "Variable holds a secret in plain text", __doc__)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each variable that holds a secret with high or medium confidence."""
    for subject in evidence.subjects:
        function = subject.function
        for variable in variables(function):
            leak = variable.holds
            if not isinstance(leak, Leak) or not is_plaintext(variable):
                continue
            inside = f" in {leak.place}" if leak.place else ""
            yield Finding(
                RULE,
                function=function.qualified_arn,
                resource=function.qualified_arn,
                message=(
                    f"{function.label}: variable {variable.name} holds a secret in plain text"
                    f" ({leak.kind}{inside}, {leak.confidence} confidence)"
                ),
                confidence=Confidence(leak.confidence.value),
                fix=Fix(
                    f"Store what {variable.name} holds in Secrets Manager, name the secret in the variable instead,"
                    " and change the exposed value."
                ),
                detail=variable.name,
            )
