"""Ports for the extensions of environments, which on Lambda have a network each and here share the machine's."""

from __future__ import annotations

import contextlib
import socket
import sys
from dataclasses import dataclass, field

from smsl.lab.wire import HOST

_TRIES = 50


@dataclass(slots=True)
class Port:
    """A port that nobody listens on, kept from all other environments until it is let go."""

    number: int
    _claim: socket.socket | None
    _taken: set[int]

    def let_go(self) -> None:
        """Leave it to others."""
        self._taken.discard(self.number)
        if self._claim is not None:
            self._claim.close()


@dataclass(slots=True)
class Ports:
    """The ports that a lab has given to its environments."""

    _taken: set[int] = field(default_factory=set)

    def claim(self, wanted: int) -> Port:
        """Return the port that is wanted if it is free, else another.

        Raises:
            OSError: This machine has no free port.
        """
        for number in (wanted, *([0] * _TRIES)):
            found = _free(number)
            if found is None or found in self._taken:
                continue
            self._taken.add(found)
            with contextlib.suppress(OSError):
                return Port(found, _claimed(found), self._taken)
            self._taken.discard(found)
        raise OSError("this machine has no free port")


def _free(number: int) -> int | None:
    """Return a port that can be bound, any for 0; None when it is in use."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, number))
            probe.listen(1)
        except OSError:
            return None
        return int(probe.getsockname()[1])


def _claimed(number: int) -> socket.socket | None:
    """Claim a port among all labs of this machine, by a name that ends with this process.

    It is free until its extension listens, which is some milliseconds from now: two labs that looked at it would
    both take it.

    Raises:
        OSError: Another lab has claimed it.
    """
    if sys.platform != "linux":
        return None  # no other system has names of sockets that are not files
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0smsl-lab-port-{number}")
    except OSError:
        claim.close()
        raise
    return claim
