"""The form of one correction of moto: when it applies, why, and its two hooks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from smsl.lab.emulator import Emulator
from smsl.lab.exchange import Reply, Request

Before = Callable[[Request, Emulator], Request | Reply | None]
"""Before moto: another request, or the answer itself, or None to go on."""
After = Callable[[Request, Reply, Emulator], Reply]
"""After moto: the reply as AWS writes it."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One thing that moto answers differently from AWS."""

    name: str
    service: str
    """Signing name; `*` is every service."""
    operations: tuple[str, ...]
    """Empty is every operation."""
    why: str
    source: str
    """The page that documents AWS's shape."""
    before: Before | None = None
    after: After | None = None
    """Called for successful replies."""
    refusal: After | None = None
    """Called for replies with an error."""

    def applies(self, request: Request) -> bool:
        """Tell whether a request is one that this corrects."""
        return self.service in {"*", request.service} and (not self.operations or request.operation in self.operations)
