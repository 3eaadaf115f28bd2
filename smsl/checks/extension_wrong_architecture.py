"""The extension's layer is built for another processor than the function runs on.

Its binary cannot be executed: every environment fails to start (``exec format error``), and callers see an error that
does not name the layer.

Fix: replace the layer with the one for the function's architecture; the one for arm64 ends in ``-Arm64``.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity
from smsl.model.standin import is_unsettled

RULE = Rule(
    "extension-wrong-architecture",
    Area.LAYER,
    Severity.HIGH,
    "Extension layer is built for another architecture",
    __doc__,
)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each function whose extension layer is for another architecture."""
    for subject in evidence.subjects:
        use, function = subject.extension, subject.function
        if use is None or function.package != "Zip" or use.architecture == function.architecture:
            continue
        if is_unsettled(function.architecture):
            continue
        yield Finding(
            RULE,
            function=function.qualified_arn,
            resource=use.layer,
            message=f"{function.label} runs on {function.architecture}, its extension layer is for {use.architecture}",
            because=(f"{use.layer}",) if use.replacement is None else (use.layer, f"instead: {use.replacement}"),
            detail=f"{use.architecture} on {function.architecture}",
            secret=subject.accesses[0].wanted.text if subject.accesses else None,
        )
