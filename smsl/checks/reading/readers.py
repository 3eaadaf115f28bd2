"""Who can read something, in words: how many, and by which policies."""

from __future__ import annotations

from collections import Counter

from smsl.model.evidence import Reader, Readers

_POLICIES = 5
_NAMES = 5


def who(readers: Readers) -> str:
    """Return how many can: ``12 roles and 1 user``."""
    return _count(readers.able)


def told(readers: Readers) -> tuple[str, ...]:
    """Return one line for each of the policies that let most of them, and one for those whom it is not sure of."""
    by_policy = Counter(policy for reader in readers.able for policy in reader.policies)
    lines = []
    for policy, _ in sorted(by_policy.items(), key=lambda row: (-row[1], row[0]))[:_POLICIES]:
        whom = [reader for reader in readers.able if policy in reader.policies]
        lines.append(f"{policy}: {_count(whom)} ({_named(whom)})")
    if len(by_policy) > _POLICIES:
        lines.append(f"and {len(by_policy) - _POLICIES} more policies")
    if readers.perhaps:
        hangs = f", which hangs on {', '.join(readers.needs[:_NAMES])}" if readers.needs else ""
        lines.append(f"perhaps {_count(readers.perhaps)} more ({_named(readers.perhaps)}){hangs}")
    return tuple(lines)


def _count(readers: tuple[Reader, ...] | list[Reader]) -> str:
    roles = sum(reader.kind == "role" for reader in readers)
    parts = [f"{n} {word}{'' if n == 1 else 's'}" for n, word in ((roles, "role"), (len(readers) - roles, "user")) if n]
    return " and ".join(parts)


def _named(readers: tuple[Reader, ...] | list[Reader]) -> str:
    names = sorted(reader.name for reader in readers)
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return ", ".join(names[:_NAMES]) + more
