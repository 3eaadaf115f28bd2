"""The extension's layer is of another region than the function.

Lambda takes a layer only from the function's own region: creating or updating the function with it fails.

Fix: name the layer's ARN of the function's region; the publishing account differs from region to region.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
https://docs.aws.amazon.com/lambda/latest/dg/adding-layers.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity
from smsl.model.standin import differ

RULE = Rule("extension-wrong-region", Area.LAYER, Severity.HIGH, "Extension layer is of another region", __doc__)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each function whose extension layer is of another region."""
    for subject in evidence.subjects:
        use, function = subject.extension, subject.function
        if use is None or function.package != "Zip" or not differ(use.region, function.region):
            continue
        if differ(use.architecture, function.architecture):
            continue  # one edit mends both: extension-wrong-architecture has said it
        yield Finding(
            RULE,
            function=function.qualified_arn,
            resource=use.layer,
            message=f"{function.label} runs in {function.region}, its extension layer is of {use.region}",
            because=(use.layer,) if use.replacement is None else (use.layer, f"instead: {use.replacement}"),
            detail=f"{use.region} in {function.region}",
            secret=subject.accesses[0].wanted.text if subject.accesses else None,
        )
