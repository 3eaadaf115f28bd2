"""The door to CloudFormation: what it takes is put in place at the first call for it, so that no start waits for it."""

from __future__ import annotations

from smsl.lab.corrections import answer as corrected
from smsl.lab.emulator import Emulator
from smsl.lab.exchange import Reply, Request

_ready: list[Emulator] = []
"""The emulator whose CloudFormation is ready; there is one in a process, for that is how far moto's state reaches."""


def answer(request: Request, emulator: Emulator) -> Reply:
    """Answer a call of CloudFormation's."""
    with emulator.alone():
        if not _ready:
            from smsl.lab.cloudformation.api import Api
            from smsl.lab.cloudformation.engine import install
            from smsl.lab.cloudformation.kinds import KINDS

            install(Api(emulator), KINDS)
            _ready.append(emulator)
        return corrected(request, emulator)
