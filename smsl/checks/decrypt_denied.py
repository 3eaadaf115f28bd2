"""The execution role may not decrypt the secret with its customer managed key.

Secrets Manager calls ``kms:Decrypt`` in the role's name. AWS answers ``Access to KMS is not allowed`` and names no
key. The key policy must let the role decrypt, or let IAM policies decide and the role's policies allow it.

Fix: allow ``kms:Decrypt`` on the key in the role's policies where the key policy lets IAM decide; name the role in the
key policy where it does not, and for a key of another account do both. Condition it on ``kms:ViaService``.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.blockers import blocked
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity

RULE = Rule("decrypt-denied", Area.KMS, Severity.CRITICAL, "Role may not decrypt the secret", __doc__)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each access that this stands in the way of."""
    yield from blocked(RULE, evidence)
