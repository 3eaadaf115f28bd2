"""Find variables that hold the same value, without keeping any value or anything made of one."""

from __future__ import annotations

import hmac
import secrets
from collections import defaultdict
from collections.abc import Mapping

_LEAST = 8
"""Characters: shorter values, such as ``true`` and ``8080``, are the same by chance."""


def same_values(groups: Mapping[str, Mapping[str, str]]) -> list[set[tuple[str, str]]]:
    """Return the sets of (group, name) that share one value, each of at least two.

    The values are compared by a keyed digest whose key is drawn for this call and forgotten with it; no digest is
    returned.

    Args:
        groups: Group (a function) to the names and values of its variables.
    """
    key = secrets.token_bytes(32)
    holders: defaultdict[bytes, set[tuple[str, str]]] = defaultdict(set)
    for group, variables in groups.items():
        for name, value in variables.items():
            if len(value) >= _LEAST:
                digest = hmac.digest(key, value.encode("utf-8", "surrogatepass"), "sha256")
                holders[digest].add((group, name))
    return [each for each in holders.values() if len(each) > 1]
