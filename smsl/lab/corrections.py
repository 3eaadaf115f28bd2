"""Every correction of moto, in one table, and the answering of a call with them.

Each was checked against moto 5.2.5. A row whose fault moto has mended is dropped together with its test.
"""

from __future__ import annotations

from smsl.lab.corrected import (
    endpoints,
    functions,
    keys,
    layers,
    limits,
    nat,
    network,
    organizations,
    policies,
    public_access,
    secrets,
    transit,
    versions,
)
from smsl.lab.correction import Correction
from smsl.lab.emulator import Emulator
from smsl.lab.errors import broken
from smsl.lab.exchange import Reply, Request

CORRECTIONS: tuple[Correction, ...] = (
    *secrets.ROWS,
    *keys.ROWS,
    *policies.ROWS,
    *limits.ROWS,
    *layers.ROWS,
    *versions.ROWS,
    *functions.ROWS,
    *endpoints.ROWS,
    *network.ROWS,
    *public_access.ROWS,
    *nat.ROWS,
    *transit.ROWS,
    *organizations.ROWS,
)


def answer(request: Request, emulator: Emulator) -> Reply:
    """Answer a request as AWS would: the hooks before moto, moto, the hooks after it."""
    with emulator.alone():
        try:
            return _corrected(request, emulator)
        except Exception:  # noqa: BLE001 - what a hook trips over is a failure of the service: an answer, no silence
            return broken(request)


def _corrected(request: Request, emulator: Emulator) -> Reply:
    rows = [row for row in CORRECTIONS if row.applies(request)]
    for row in rows:
        match row.before(request, emulator) if row.before else None:
            case Reply() as reply:
                return reply
            case Request() as other:
                request = other
    reply = emulator.answer(request)
    for row in rows:
        hook = row.after if reply.status < 400 else row.refusal
        if hook:
            reply = hook(request, reply, emulator)
    return reply
