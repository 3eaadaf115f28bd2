"""Every resource type that the lab deploys itself; it leaves the others to moto, where moto has them.

What moto has too stands here where moto's own drops properties or lags behind what the lab's API answers.
"""

from __future__ import annotations

from smsl.lab.cloudformation import (
    filters,
    functions,
    keys,
    network,
    others,
    roles,
    routing,
    secrets,
    surroundings,
    transit,
)
from smsl.lab.cloudformation.kind import Kind

KINDS: tuple[Kind, ...] = (
    *secrets.KINDS,
    *roles.KINDS,
    *keys.KINDS,
    *functions.KINDS,
    *network.KINDS,
    *routing.KINDS,
    *filters.KINDS,
    *transit.KINDS,
    *surroundings.KINDS,
    *others.KINDS,
)
