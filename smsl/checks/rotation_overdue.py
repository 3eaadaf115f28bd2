"""The secret should have rotated, and has not.

Rotation is on, and its day has passed. Its rotation function fails, may not be invoked, or cannot reach Secrets Manager
or the database; Secrets Manager tries again and tells nobody but CloudTrail.

Fix: look for ``RotationFailed`` in CloudTrail and at the rotation function's log, mend it, and rotate now.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot_rotation.html
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from smsl.checks.reading.rotating import live_secrets
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity
from smsl.model.snapshot import Rotation

RULE = Rule("rotation-overdue", Area.SECRET, Severity.MEDIUM, "Rotation is overdue", __doc__)
_WINDOW = timedelta(days=1)
"""A rotation window may last a day, and dates are given without the hour."""


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each secret that a function reads and whose rotation is overdue."""
    now = evidence.snapshot.taken_at
    for access, secret in live_secrets(evidence):
        due = _due(secret.rotation)
        if due is None or now <= due + _WINDOW:
            continue
        last = secret.rotation.last
        since = "never rotated" if last is None else f"last rotated on {last:%Y-%m-%d}"
        yield Finding(
            RULE,
            function=access.function.qualified_arn,
            resource=secret.arn,
            message=f"{secret.name}, which {access.function.label} reads, was to rotate by {due:%Y-%m-%d} and did not",
            because=(since,),
            detail=secret.name,
        )


def _due(rotation: Rotation) -> datetime | None:
    if not rotation.enabled:
        return None
    if rotation.next is not None:
        return rotation.next
    if rotation.last is None or rotation.every_days is None:
        return None
    return rotation.last + timedelta(days=rotation.every_days)
