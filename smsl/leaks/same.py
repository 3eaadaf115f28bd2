"""Find leaks that hold the same secret, without keeping any value or anything made of one.

Two values are compared by digests under a key that is drawn for one run and forgotten with it, so that nothing that is
written down can be tried against a dictionary. Only leaks are compared with leaks: that a leak equals something that is
none, such as a note in another function, would tell the secret.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from smsl.leaks.blobs import unquoted
from smsl.leaks.classify import flagged
from smsl.leaks.insides import secrets_inside
from smsl.model.variable import EnvironmentVariable, Leak

_LEAST = 8
"""Characters: shorter values are the same by chance, and few enough to try them all."""

G = TypeVar("G", bound=Hashable)
"""What names a group of variables: one function's, one file's."""


@dataclass(frozen=True, slots=True)
class Seen(Generic[G]):
    """What one run has compared so far; it is never written, and nothing of it is shown."""

    key: bytes = field(default_factory=lambda: os.urandom(32), repr=False)
    digests: dict[tuple[G, str], frozenset[bytes]] = field(default_factory=dict, repr=False)
    """Of each leak, by group and name: its value's, and those of the secrets inside it."""


def note(seen: Seen[G], group: G, variables: Iterable[EnvironmentVariable], values: Mapping[str, str]) -> None:
    """Add the leaks of one group to what was seen.

    Args:
        seen: The run's.
        group: Whose variables they are.
        variables: What each holds.
        values: Name to value.
    """
    for variable in variables:
        leak = flagged(variable)
        if leak is None:
            continue
        texts = _texts(variable.name, values[variable.name], leak)
        found = frozenset(_digest(seen.key, text) for text in texts if len(text) >= _LEAST)
        if found:
            seen.digests[group, variable.name] = found


def _texts(name: str, value: str, leak: Leak) -> Iterator[str]:
    yield unquoted(value)
    if leak.place is not None:
        yield from secrets_inside(name, value, leak.place)


def _digest(key: bytes, text: str) -> bytes:
    import hmac  # loads OpenSSL, which a run without leaks does not need

    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256")


def together(seen: Seen[G]) -> Iterator[tuple[list[tuple[G, str]], list[tuple[G, str]]]]:
    """Yield leaks that hold the same secrets, with all that share at least one of those, themselves included.

    All in the order in which they were noted. The first lists are disjoint; leaks that share nothing are left out.
    """
    holders: defaultdict[bytes, list[tuple[G, str]]] = defaultdict(list)
    alike: defaultdict[frozenset[bytes], list[tuple[G, str]]] = defaultdict(list)
    for spot, digests in seen.digests.items():
        alike[digests].append(spot)
        for digest in digests:
            holders[digest].append(spot)
    arrival = {spot: number for number, spot in enumerate(seen.digests)}
    for digests, spots in alike.items():
        sharing = sorted({spot for digest in digests for spot in holders[digest]}, key=arrival.__getitem__)
        if len(sharing) > 1:
            yield spots, sharing
