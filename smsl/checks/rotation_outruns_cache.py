"""The function may keep a value for longer than the secret keeps it.

A cached value is served until its time to live ends. Where that is longer than the time between two rotations, the
function goes on with a value that was replaced twice, which no database accepts any more.

Fix: set the cache's time to live well below the time between two rotations, and read anew when a login is refused.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html
https://docs.aws.amazon.com/powertools/python/latest/utilities/parameters/
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.environment import number, settings
from smsl.checks.reading.rotating import live_secrets
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Confidence, Finding, Rule, Severity

RULE = Rule("rotation-outruns-cache", Area.SECRET, Severity.MEDIUM, "Cache outlives the secret's rotation", __doc__)
_DAY = 86_400
_TTLS = {"POWERTOOLS_PARAMETERS_MAX_AGE": Confidence.HIGH, "SECRET_CACHE_TTL": Confidence.MEDIUM}
"""Seconds. The extension's own never exceed 300, and no secret rotates more often than every four hours.

SECRET_CACHE_TTL is a custom of many programs: that it counts seconds is likely and not certain.
"""


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each cache setting that outlives the rotation of a secret."""
    for access, secret in live_secrets(evidence):
        days = secret.rotation.every_days
        if not secret.rotation.enabled or days is None or days <= 0:
            continue
        found = settings(access.function)
        for name, confidence in _TTLS.items():
            seconds = number(found.get(name))
            if seconds is None or seconds < days * _DAY:
                continue
            yield Finding(
                RULE,
                function=access.function.qualified_arn,
                resource=secret.arn,
                message=(
                    f"{access.function.label} may keep {secret.name} for {seconds} s ({name}),"
                    f" and it rotates every {days:g} day{'' if days == 1 else 's'}"
                ),
                confidence=confidence,
                detail=f"{secret.name} {name}",
            )
