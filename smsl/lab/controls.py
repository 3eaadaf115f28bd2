"""What the lab does to calls besides answering them: it counts, delays and spoils them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Literal, get_args

from smsl.lab.exchange import Request
from smsl.lab.functions.fleet import Caller
from smsl.lab.latency import Latency

Kind = Literal["refuse", "throttle", "fail", "hang", "garbage"]
KINDS: tuple[str, ...] = get_args(Kind)
LONGEST_HANG = 300.0
"""Seconds after which a hanging call is dropped, whatever was asked."""

_NOT_KEPT = frozenset(
    {"SecretString", "SecretBinary", "Plaintext", "CiphertextBlob", "Variables", "ZipFile", "Value", "body"}
)
"""Members that can hold a secret or bulk: their presence is part of a call's key, their content never is."""
_DRAWN = frozenset({"ClientRequestToken", "ClientToken", "CallerReference", "CreatorRequestId"})
"""Members that an SDK draws at random: two calls that differ in nothing else are the same call."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to spoil the calls of a service or operation; None matches any."""

    kind: str
    """One of KINDS."""
    service: str | None = None
    operation: str | None = None
    seconds: float = LONGEST_HANG
    """How long a hang lasts before the connection is dropped."""
    rate: float = 1.0
    """The share of the calls that it spoils, drawn for each."""

    def matches(self, request: Request) -> bool:
        """Tell whether a request is one to spoil."""
        return self.service in {None, request.service} and self.operation in {None, request.operation}


def parse_faults(text: bytes) -> tuple[Fault, ...]:
    """Read faults from a JSON list, or a single one.

    Raises:
        ValueError: The text holds no faults.
    """
    rows = json.loads(text)
    return tuple(_fault(row) for row in (rows if isinstance(rows, list) else [rows]))


def _fault(row: Any) -> Fault:
    if not isinstance(row, dict) or row.get("kind") not in KINDS:
        raise ValueError(f"a fault needs a kind: {', '.join(KINDS)}")
    unknown = set(row) - {"kind", "service", "operation", "seconds", "rate"}
    if unknown:
        raise ValueError("a fault has kind, service, operation, seconds and rate")
    seconds, rate = min(float(row.get("seconds", LONGEST_HANG)), LONGEST_HANG), float(row.get("rate", 1.0))
    if not seconds >= 0 or not 0 <= rate <= 1:
        raise ValueError("a fault has seconds from 0 on, and a rate from 0 to 1")
    return Fault(row["kind"], row.get("service"), row.get("operation"), seconds, rate)


def call_key(request: Request) -> str:
    """Write what a call asks for as one line of text, equal for equal calls and free of secret values."""
    target = f"{request.message.method} {request.message.target} " if request.message.target != "/" else ""
    return target + json.dumps(_kept(request.parameters), sort_keys=True, separators=(",", ":"))


def _kept(members: Any) -> Any:
    if isinstance(members, Mapping):
        return {
            name: "***" if name.partition(".")[0] in _NOT_KEPT else _kept(value)
            for name, value in members.items()
            if name not in _DRAWN
        }
    return [_kept(each) for each in members] if isinstance(members, list) else members


class Controls:
    """The counters, faults and delay of one front, shared by its threads."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._calls: list[dict[str, Any]] = []
        self._faults: tuple[Fault, ...] = ()
        self._epoch = 0
        self._latencies: dict[str, Latency] = {}
        self._random = Random()  # noqa: S311 -- delays and faults are drawn from it, no secrets

    def begin(self, request: Request, caller: Caller | None) -> dict[str, Any]:
        """Enter a call into the list, still open."""
        key = call_key(request)
        with self._lock:
            call = {
                "n": len(self._calls) + 1,
                "service": request.service,
                "operation": request.operation,
                "region": request.region,
                "caller": request.caller,
                "function": caller.function if caller else None,
                "version": caller.version if caller else None,
                "environment": caller.environment if caller else None,
                "key": key,
                "started": time.monotonic(),
                "ended": None,
                "status": None,
            }
            self._calls.append(call)
        return call

    def end(self, call: dict[str, Any], status: int | None) -> None:
        """Close a call; a status of None says that it was never answered."""
        with self._lock:
            call["ended"], call["status"] = time.monotonic(), status

    def calls(self, since: int = 0) -> list[dict[str, Any]]:
        """Return the calls so far, oldest first, all or those after a number.

        Times are those of the monotonic clock, in seconds.
        """
        with self._lock:
            return [dict(call) for call in self._calls if call["n"] > since]

    def forget(self) -> None:
        """Empty the list of calls."""
        with self._lock:
            self._calls = []

    def set_latency(self, service: str, latency: Latency) -> None:
        """Have the calls of a service take their time, or with `*` those of all that have none of their own."""
        with self._lock:
            self._latencies[service] = latency

    def seed(self, number: int) -> None:
        """Draw delays and faults from this seed on."""
        with self._lock:
            self._random.seed(number)

    def delay(self, request: Request) -> float:
        """Return the seconds that a call is to wait."""
        with self._lock:
            latency = self._latencies.get(request.service, self._latencies.get("*"))
            return latency.draw(self._random) if latency else 0.0

    def set_faults(self, faults: tuple[Fault, ...]) -> None:
        """Replace the faults and let go of every call that hangs."""
        with self._lock:
            self._faults = faults
            self._epoch += 1
            self._lock.notify_all()

    def fault(self, request: Request) -> Fault | None:
        """Return the first fault that matches."""
        with self._lock:
            return next((fault for fault in self._faults if fault.matches(request) and self._strikes(fault)), None)

    def _strikes(self, fault: Fault) -> bool:
        return fault.rate >= 1 or self._random.random() < fault.rate

    def hang(self, seconds: float, still_there: Callable[[], bool]) -> None:
        """Wait until the faults change, the caller leaves or the time is over."""
        deadline = time.monotonic() + seconds
        with self._lock:
            epoch = self._epoch
            while self._epoch == epoch and time.monotonic() < deadline and still_there():
                self._lock.wait(min(0.1, max(0.0, deadline - time.monotonic())))
