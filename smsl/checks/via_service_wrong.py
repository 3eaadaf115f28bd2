"""A policy allows the decrypt, but through another service or region than the call goes.

``kms:ViaService`` is ``secretsmanager.REGION.amazonaws.com`` with the region of the secret. A value copied from another
region, or of another service, never matches, and a wildcard needs ``StringLike``.

Fix: write the secret's own region into the condition.

Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.blockers import blocked
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity

RULE = Rule("via-service-wrong", Area.KMS, Severity.CRITICAL, "kms:ViaService names another service or region", __doc__)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each access that this stands in the way of."""
    yield from blocked(RULE, evidence)
