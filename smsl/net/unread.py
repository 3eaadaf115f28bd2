"""Parts of the network that something names and that are not there: what decides which they are, or their absence."""

from __future__ import annotations

from smsl.model.standin import causes, is_unsettled
from smsl.model.unknown import Unknown


def not_read(kind: str, name: str, call: str) -> Unknown:
    """Return why a part of the network is not known that something names: what decides which it is, or that it is away.

    Args:
        kind: What it is, in words.
        name: Its id, which may be settled only at deployment.
        call: What would tell.
    """
    if is_unsettled(name):
        return Unknown(f"which {kind} it is, is not settled: {', '.join(causes(name))}")
    return Unknown(f"{kind} {name} was not read", (call,))
