"""Roles and users of the account can read a secret that stands in a function's environment.

Whoever may call ``lambda:GetFunctionConfiguration``, ``GetFunction``, ``ListFunctions`` or ``ListVersionsByFunction``
reads the environment, and those calls are part of every read-only policy. A customer key narrows it to those who may
decrypt with it. Not counted: the account's root user, who always can, service-linked roles, other accounts, and what
the function's own resource policy grants.

Who can is told by ``--all``, and for single functions with ``--notes``: the account's roles and users are read for it.

Fix: move the secret out of the environment (``plaintext-secret``). Until then, encrypt the environment with a customer
key that only the function's role and its operators may use.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.readers import told, who
from smsl.model.evidence import Evidence, Readers
from smsl.model.finding import Area, Finding, Rule, Severity

RULE = Rule("plaintext-readers", Area.ENV, Severity.MEDIUM, "Others can read a plaintext secret", __doc__)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each function with a secret in plain text that somebody else can read."""
    for subject in evidence.subjects:
        readers, function = subject.readers, subject.function
        if not isinstance(readers, Readers) or not readers.able:
            continue
        key = " and decrypt it with its customer key" if function.environment_key else ""
        yield Finding(
            RULE,
            function=function.qualified_arn,
            resource=function.qualified_arn,
            message=f"{function.label}: {who(readers)} of the account can read the plaintext in its environment{key}",
            because=told(readers),
            detail="readers",
        )
