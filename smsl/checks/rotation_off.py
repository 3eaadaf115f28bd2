"""The secret does not rotate.

A value that never changes stays good for whoever has seen it once.

Fix: turn on rotation, managed by the service that owns the credential where there is one, or by a rotation function.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.rotating import live_secrets
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity

RULE = Rule("rotation-off", Area.SECRET, Severity.LOW, "Secret does not rotate", __doc__)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each secret that a function reads and that does not rotate."""
    for access, secret in live_secrets(evidence):
        if secret.rotation.enabled:
            continue
        yield Finding(
            RULE,
            function=access.function.qualified_arn,
            resource=secret.arn,
            message=f"{secret.name}, which {access.function.label} reads, does not rotate",
            detail=secret.name,
        )
