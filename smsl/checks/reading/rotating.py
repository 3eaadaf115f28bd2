"""The secrets whose rotation is worth judging."""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.evidence import Access, Evidence
from smsl.model.snapshot import Secret


def live_secrets(evidence: Evidence) -> Iterator[tuple[Access, Secret]]:
    """Yield each access with its secret, without secrets about to be deleted and replicas, which their primary rotates.

    Nor those of which nothing is known but that they are named.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html
    """
    for access in evidence.accesses:
        secret = access.secret
        if not isinstance(secret, Secret) or secret.deleted is not None or secret.assumed:
            continue
        if secret.primary_region is not None and secret.primary_region != secret.region:
            continue
        yield access, secret
