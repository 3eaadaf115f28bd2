"""The function is set up for the extension, and has no such layer.

Settings named ``PARAMETERS_SECRETS_EXTENSION_*`` are read by the AWS Parameters and Secrets Lambda Extension alone.
Without its layer nothing listens on port 2773, and code that asks it gets "connection refused".

Fix: add the extension's layer for the function's region and architecture, or drop the settings.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.environment import variables
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Confidence, Finding, Rule, Severity
from smsl.model.standin import is_unsettled

RULE = Rule("extension-missing", Area.LAYER, Severity.HIGH, "Extension is configured, its layer is missing", __doc__)
_PREFIX = "PARAMETERS_SECRETS_EXTENSION_"


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each function of package Zip with the extension's settings and without its layer."""
    for subject in evidence.subjects:
        function = subject.function
        names = sorted(each.name for each in variables(function) if each.name.startswith(_PREFIX))
        if not names or subject.extension is not None or function.package != "Zip":
            continue
        if any(map(is_unsettled, function.layers)):
            continue  # a layer that only deployment names may be the extension's
        yield Finding(
            RULE,
            function=function.qualified_arn,
            resource=function.qualified_arn,
            message=f"{function.label} sets {names[0]}, but has no layer of the extension",
            because=tuple(f"variable {name}" for name in names),
            # A layer of the user's own may carry the extension's binary.
            confidence=Confidence.MEDIUM if function.layers else Confidence.HIGH,
            detail="layer",
        )
