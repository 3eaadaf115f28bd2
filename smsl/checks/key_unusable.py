"""The key that encrypts the secret is disabled, about to be deleted, or waiting for key material.

Nobody can decrypt with such a key: GetSecretValue answers ``DecryptionFailure``, whatever the policies allow.

Fix: enable the key, cancel its deletion, or import its material again. A value that must outlive the key has to be
stored anew under another key.

Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.blockers import blocked
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity

RULE = Rule("key-unusable", Area.KMS, Severity.CRITICAL, "Key of the secret cannot be used", __doc__)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each access that this stands in the way of."""
    yield from blocked(RULE, evidence)
