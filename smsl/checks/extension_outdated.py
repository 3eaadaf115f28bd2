"""The extension's layer is far behind the newest.

AWS publishes a version every few days, with fixes to the extension and to the Go runtime it is built with. A layer
that is more than a tenth of all versions behind is named; one that is a few behind is not worth a change.

Fix: replace the layer's version with the newest one.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity

RULE = Rule("extension-outdated", Area.LAYER, Severity.LOW, "Extension layer is far behind", __doc__)
_FAR = 10
"""A layer is far behind when a tenth of all versions came after it."""


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each function whose extension layer is far behind the newest known."""
    for subject in evidence.subjects:
        use, function = subject.extension, subject.function
        if use is None or use.latest is None or (use.latest - use.version) * _FAR <= use.latest:
            continue
        if (use.architecture, use.region) != (function.architecture, function.region):
            continue  # the layer is to be replaced anyway
        yield Finding(
            RULE,
            function=function.qualified_arn,
            resource=use.layer,
            message=(
                f"{function.label} has version {use.version} of the extension layer,"
                f" the latest is {use.latest} ({use.latest_from})"
            ),
            because=() if use.replacement is None else (f"instead: {use.replacement}",),
            detail="version",
        )
