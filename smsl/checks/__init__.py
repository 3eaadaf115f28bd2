"""The checks: each module judges Evidence for one fault, and is named after its rule.

A check is added by writing its module and naming it in `CHECKS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from smsl.checks import (
    cross_account_default_key,
    decrypt_denied,
    decrypt_wildcard,
    endpoint_dns_off,
    endpoint_missing,
    endpoint_policy_denied,
    extension_misconfigured,
    extension_missing,
    extension_outdated,
    extension_unused,
    extension_wrong_architecture,
    extension_wrong_region,
    function_not_ready,
    key_unusable,
    path_blocked,
    path_fragile,
    path_partial,
    path_unknown,
    plaintext_readers,
    plaintext_secret,
    read_denied,
    read_unknown,
    read_unneeded,
    read_wildcard,
    role_not_assumable,
    rotation_off,
    rotation_outruns_cache,
    rotation_overdue,
    secret_absent,
    secret_pending_deletion,
    secret_policy_public,
    secret_readers,
    secret_suffix_mismatch,
    secret_without_value,
    secret_wrong_region,
    timeout_too_short,
    via_service_missing,
    via_service_wrong,
)
from smsl.model.evidence import Evidence
from smsl.model.finding import Finding, Rule


class Check(Protocol):
    """A module with a rule and the function that looks for it."""

    RULE: Rule

    def check(self, evidence: Evidence) -> Iterator[Finding]:
        """Yield what is at fault; nothing where nothing is proven."""
        ...


CHECKS: tuple[Check, ...] = (
    function_not_ready,
    role_not_assumable,
    timeout_too_short,
    extension_missing,
    extension_wrong_architecture,
    extension_wrong_region,
    extension_misconfigured,
    extension_outdated,
    extension_unused,
    read_denied,
    secret_suffix_mismatch,
    secret_policy_public,
    read_wildcard,
    read_unneeded,
    read_unknown,
    secret_absent,
    secret_pending_deletion,
    secret_without_value,
    secret_wrong_region,
    rotation_outruns_cache,
    rotation_overdue,
    rotation_off,
    secret_readers,
    decrypt_denied,
    via_service_wrong,
    key_unusable,
    cross_account_default_key,
    via_service_missing,
    decrypt_wildcard,
    path_blocked,
    endpoint_dns_off,
    endpoint_policy_denied,
    path_partial,
    path_fragile,
    endpoint_missing,
    path_unknown,
    plaintext_secret,
    plaintext_readers,
)
"""In the order of the rule catalogue: by area, the gravest first."""
