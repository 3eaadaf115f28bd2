"""Where a DNS name leads."""

from __future__ import annotations

from dataclasses import dataclass

from smsl.net.step import Step


@dataclass(frozen=True, slots=True)
class Resolution:
    """To endpoints, to the public addresses (none named), or, if ``settled``, nowhere that can be followed."""

    steps: tuple[Step, ...]
    endpoints: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    """The Availability Zones whose interfaces are named; empty for all."""
    interfaces: tuple[str, ...] = ()
    """The interfaces that address records name; empty for all."""
    version: int = 0
    """The one family that a zone's records answer with; 0 for what the endpoint publishes."""
    settled: bool = False
    doubtful: tuple[str, ...] = ()
    """Endpoints that may or may not own the name while they are pending."""
