"""A finding's identity over time: a baseline and SARIF recognise it by this."""

from __future__ import annotations

import hashlib

from smsl.model.finding import Finding


def fingerprint(finding: Finding) -> str:
    """Return 16 hexadecimal digits over rule, function, resource and detail.

    A line number or a message's wording may change without the fault changing, and a value must not be
    guessable from a hash: neither takes part.
    """
    return digest(finding.rule.id, finding.function, finding.resource, finding.detail)


def digest(*parts: str) -> str:
    """Return 16 hexadecimal digits over the parts."""
    # A length before each part keeps ("ab", "c") and ("a", "bc") apart.
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
