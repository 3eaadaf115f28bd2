"""All execution environments of a lab: who gets the next invocation, when a new one is made, and when one goes.

Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
"""

from __future__ import annotations

import secrets
import struct
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from smsl.lab.functions.deployed import Deployed
from smsl.lab.functions.environment import Environment, Order
from smsl.lab.functions.package import Packages, Unpacked
from smsl.lab.functions.ports import Ports
from smsl.lab.functions.processes import Processes
from smsl.lab.functions.variables import Credentials, Surroundings, own_port

LIMIT = 64
"""Environments at a time, all functions together: what a machine bears. An account of AWS's has 1,000 by default."""
_ALMOST_DONE = 0.2
"""Seconds that an invocation waits for an environment that has answered its last one but is not done with it.

On AWS the way back to the caller and of the next request takes as long; on loopback, without this, a caller
that asks again at once would be given a new environment.
"""
_RESERVED = "ReservedFunctionConcurrentInvocationLimitExceeded"
_SETTLING = 1.0
"""Seconds that a change of a function waits for its old environments to end: what comes next begins in peace, as on
AWS, where they end elsewhere."""
_LEAVING = 3.0
"""Seconds for environments to shut down when the lab empties its account."""


class ThrottledError(Exception):
    """No environment may be made; the text is Lambda's reason."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose credentials an access key belongs to."""

    function: str
    """Unqualified ARN."""
    version: str
    environment: str
    """32 hexadecimal digits."""


class Fleet:
    """The environments. Nothing is started before the first invocation.

    Args:
        endpoint: URL of the lab's front.
        binary: The real extension, in place of the emulated one.
        limit: Environments at a time.
    """

    def __init__(self, endpoint: str, binary: Path | None = None, limit: int = LIMIT) -> None:
        self._endpoint = endpoint
        self._binary = binary
        self._limit = limit
        self._changed = threading.Condition()
        self._all: set[Environment] = set()
        self._idle: list[Environment] = []
        """Those that wait, the last used at the end."""
        self._busy: set[Environment] = set()
        """Those with an invocation, one that was let go of meanwhile included."""
        self._finishing: set[Environment] = set()
        """Those of them that have answered."""
        self._callers: dict[str, Caller] = {}
        self._unpacked: dict[str, Unpacked] = {}
        self._processes: Processes | None = None
        self._packages: Packages | None = None
        self._stepped = False
        self._ports = Ports()

    def invoke(self, deployed: Deployed, order: Order) -> None:
        """Give an invocation to an environment that is free, or to a new one; the order's outcome follows.

        Raises:
            ThrottledError: There may be no more environments.
            zipfile.BadZipFile, OSError: No environment can be made.
            KeeperError: The lab can have no processes.
        """
        environment = self._free(deployed)
        if environment is None:
            environment = self._new(deployed, self._files(deployed))
        environment.serve(order)

    def settle(self, revision: Callable[[Deployed], str | None]) -> None:
        """Let go of the environments whose function has another revision now, or is no more."""
        with self._changed:
            known = {each.deployed.qualified: each.deployed for each in self._all}
        current = {qualified: revision(deployed) for qualified, deployed in known.items()}
        with self._changed:
            # One of a function that had none before was made meanwhile: it is as new as can be.
            ending = self._retire(
                lambda each: current.get(each.deployed.qualified, each.deployed.revision) != each.deployed.revision
            )
        _wait_for(ending, _SETTLING)

    def caller(self, access_key: str) -> Caller | None:
        """Return whose access key this is; None when it is no environment's."""
        return self._callers.get(access_key)

    def step(self, seconds: float) -> None:
        """Set the clock of all environments made from now on ahead of the machine's by so many seconds.

        The first call makes clocks steppable: environments that have the machine's own go.
        """
        with self._changed:
            directory = self._started().directory
            if not self._stepped:
                self._stepped = True
                self._retire(lambda _each: True)
            half = directory / "clock.part"
            half.write_bytes(struct.pack("<d", seconds))
            clock = directory / "clock"
            if clock.exists():
                with clock.open("r+b") as file:  # in place: it stays open in the processes
                    file.write(half.read_bytes())
            else:
                half.rename(clock)

    def empty(self) -> None:
        """End every environment and wait for it."""
        with self._changed:
            ending = self._retire(lambda _each: True)
            self._callers.clear()
            self._unpacked.clear()
        _wait_for(ending, _LEAVING)

    def close(self) -> None:
        """Kill every process at once, and remove every file."""
        if self._processes is not None:
            self._processes.close()

    def standing(self) -> Mapping[str, int]:
        """Return how many environments each function version has, by qualified ARN."""
        counts: dict[str, int] = {}
        with self._changed:
            for each in self._all:
                counts[each.deployed.qualified] = counts.get(each.deployed.qualified, 0) + 1
        return counts

    # What environments tell.

    def finishing(self, environment: Environment) -> None:
        """Take note that an environment will be free in a moment."""
        with self._changed:
            self._finishing.add(environment)

    def idle(self, environment: Environment) -> None:
        """Take an environment back."""
        with self._changed:
            self._finishing.discard(environment)
            self._busy.discard(environment)
            if environment in self._all:
                self._idle.append(environment)
            else:
                environment.stop()  # it was let go of while it was busy
            self._changed.notify_all()

    def gone(self, environment: Environment) -> None:
        """Forget an environment."""
        with self._changed:
            self._finishing.discard(environment)
            self._busy.discard(environment)
            self._all.discard(environment)
            if environment in self._idle:
                self._idle.remove(environment)
            self._changed.notify_all()

    # Within.

    def _free(self, deployed: Deployed) -> Environment | None:
        """Return an idle environment of this revision; wait for one that is about to be.

        Raises:
            ThrottledError: As many invocations of the function are under way as are reserved for it.
        """
        deadline = time.monotonic() + _ALMOST_DONE
        with self._changed:
            self._retire(
                lambda each: (
                    each.deployed.qualified == deployed.qualified and each.deployed.revision != deployed.revision
                )
            )
            while True:
                full = self._is_full(deployed)
                environment = None if full else self._idle_one(deployed)
                if environment is not None:
                    self._busy.add(environment)
                    return environment
                coming = any(
                    each.deployed.arn == deployed.arn
                    if full
                    else each.deployed.qualified == deployed.qualified and each in self._all
                    for each in self._finishing
                )
                left = deadline - time.monotonic()
                if coming and left > 0:
                    self._changed.wait(left)
                elif full:
                    raise ThrottledError(_RESERVED)
                else:
                    return None

    def _is_full(self, deployed: Deployed) -> bool:
        """Tell whether as many invocations of a function are under way, in whatever version, as may be."""
        under_way = sum(each.deployed.arn == deployed.arn for each in self._busy)
        return deployed.reserved is not None and under_way >= deployed.reserved

    def _idle_one(self, deployed: Deployed) -> Environment | None:
        for each in [each for each in reversed(self._idle) if each.deployed.qualified == deployed.qualified]:
            self._idle.remove(each)
            if each.is_alive:
                return each
            self._all.discard(each)
            each.stop()
        return None

    def _new(self, deployed: Deployed, files: Unpacked) -> Environment:
        with self._changed:
            if self._is_full(deployed):
                raise ThrottledError(_RESERVED)
            if len(self._all | self._busy) >= self._limit:
                if not self._idle:
                    raise ThrottledError("ConcurrentInvocationLimitExceeded")
                oldest = self._idle.pop(0)
                self._all.discard(oldest)
                oldest.stop()
            environment = Environment(deployed, files, self._around(deployed, files), self._started(), self)
            self._all.add(environment)
            self._busy.add(environment)
            return environment

    def _retire(self, gone: Callable[[Environment], bool]) -> list[Environment]:
        """Let go of environments, the idle ones now, the busy ones when they are done; return those that end now."""
        ending = []
        for each in [each for each in self._all if gone(each)]:
            self._all.discard(each)
            if each in self._idle:
                self._idle.remove(each)
                each.stop()
                ending.append(each)
        return ending

    def _started(self) -> Processes:
        if self._processes is None:
            self._processes = Processes()
            self._packages = Packages(self._processes.directory, self._binary)
        self._processes.check()
        return self._processes

    def _files(self, deployed: Deployed) -> Unpacked:
        with self._changed:
            self._started()
            found, packages = self._unpacked.get(deployed.revision), self._packages
        if found is None and packages is not None:
            found = packages.unpack(deployed)
            with self._changed:
                self._unpacked[deployed.revision] = found
        if found is None:
            raise OSError("the lab has no place for files")
        return found

    def _around(self, deployed: Deployed, files: Unpacked) -> Surroundings:
        identifier = secrets.token_hex(16)
        access_key = "ASIA" + secrets.token_hex(8).upper()
        self._callers[access_key] = Caller(deployed.arn, deployed.version, identifier)
        temporary = self._started().directory / "environments" / identifier
        temporary.mkdir(parents=True)
        credentials = Credentials(access_key, secrets.token_urlsafe(30), secrets.token_urlsafe(90))
        clock = self._started().directory / "clock" if self._stepped else None
        port = self._ports.claim(own_port(deployed.variables)) if files.has_aws_extension else None
        return Surroundings(identifier, credentials, self._endpoint, temporary, port, clock)


def _wait_for(ending: list[Environment], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    for each in ending:
        each.join(max(0.0, deadline - time.monotonic()))
