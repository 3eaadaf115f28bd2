"""Which region a function's settings send its Secrets Manager client to."""

from __future__ import annotations

from collections.abc import Iterable


def secrets_region(settings: Iterable[tuple[str, object]], home: str) -> str:
    """Return the region of the function's Secrets Manager client: a setting that speaks of secrets, else its own.

    Only one region that ``SECRETS_REGION``, ``SECRETS_MANAGER_REGION`` and the like agree on counts: what another
    service's region is called says nothing.

    Args:
        settings: Names and parsed values of the settings among the function's variables.
        home: The function's own region.
    """
    named = {str(value) for name, value in settings if name.upper().endswith("_REGION") and "SECRET" in name.upper()}
    return named.pop() if len(named) == 1 else home
