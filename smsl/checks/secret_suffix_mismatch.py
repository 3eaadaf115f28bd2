"""A policy names the secret, but not by the ARN that it has.

Secrets Manager ends a secret's ARN with a hyphen and six random characters. A Resource without them, or with those of
a secret that was deleted and created again under the same name, matches nothing.

Fix: end the Resource in ``-??????``, or write the secret's full ARN. ``name*`` would take in other secrets too.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html
https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.blockers import blocked
from smsl.model.evidence import Evidence
from smsl.model.finding import Area, Finding, Rule, Severity

RULE = Rule(
    "secret-suffix-mismatch", Area.ROLE, Severity.CRITICAL, "Policy names the secret without its suffix", __doc__
)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each access that this stands in the way of."""
    yield from blocked(RULE, evidence)
