"""The one door of the lab: a server on loopback that reads, counts, delays, corrects and answers."""

from __future__ import annotations

import json
import math
import select
import socket
import time
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from smsl.lab.cloudformation.answer import answer as deploy
from smsl.lab.controls import Controls, Fault, parse_faults
from smsl.lab.corrected.functions import revision
from smsl.lab.corrections import answer
from smsl.lab.emulator import Emulator
from smsl.lab.errors import broken, denied, throttled
from smsl.lab.exchange import Message, Reply, Request, identify
from smsl.lab.functions.fleet import Fleet
from smsl.lab.functions.invoke import Invoker
from smsl.lab.functions.runtimes import described
from smsl.lab.latency import Latency
from smsl.lab.trail import look_up, roles_of
from smsl.lab.wire import HOST, Server, plain

CONTROL = "/_lab/"
"""Paths below this one are the lab's own, never AWS's."""
_CONTROLS = "calls, environments, runtimes, faults, latency, seed, clock or account"
_READING = ("Get", "List", "Describe")
"""How the names of operations begin that change nothing."""
_CHANGES_FUNCTIONS = frozenset({"lambda", "cloudformation"})
_GARBAGE = b"\x00\x01 neither JSON nor XML \xff\xfe"


class Front:
    """The server: `serve` answers until the process ends or `close` is called."""

    def __init__(self, emulator: Emulator, port: int = 0, extension: Path | None = None) -> None:
        self._emulator = emulator
        self._controls = Controls()
        self._server = Server(self._answer, port)
        self.port: int = self._server.port
        self._fleet = Fleet(f"http://{HOST}:{self.port}", extension)
        self._invoker = Invoker(emulator, self._fleet, revision)

    def serve(self) -> None:
        """Accept connections, each in a thread of its own."""
        self._server.serve()

    def close(self) -> None:
        """Stop accepting, and end what functions run."""
        self._server.close()
        self._fleet.close()

    def _answer(self, message: Message, connection: socket.socket) -> Reply | None:
        """Answer one message; None drops the connection."""
        if message.target.startswith(CONTROL):
            return self._control(message)
        request = identify(message, self._emulator.route)
        if request is None:
            return plain(HTTPStatus.FORBIDDEN, {"message": "Missing Authentication Token"})
        call = self._controls.begin(request, self._fleet.caller(request.caller))
        reply = None
        try:
            delay = self._controls.delay(request)
            if delay:
                time.sleep(delay)
            fault = self._controls.fault(request)
            reply = self._spoiled(request, fault, connection) if fault else self._answered(request)
        finally:
            self._controls.end(call, reply.status if reply else None)
        return reply

    def _answered(self, request: Request) -> Reply:
        if (request.service, request.operation) == ("lambda", "Invoke"):
            try:
                return self._invoker.answer(request)
            except Exception:  # noqa: BLE001 -- what the lab trips over is a failure of the service: an answer, no silence
                return broken(request)
        if (request.service, request.operation) == ("cloudtrail", "LookupEvents"):
            return look_up(request, self._controls.calls(), roles_of(self._emulator))
        reply = (deploy if request.service == "cloudformation" else answer)(request, self._emulator)
        if not request.operation.startswith(_READING):
            self._invoker.forget()
            if request.service in _CHANGES_FUNCTIONS:
                self._invoker.settle()
        return reply

    def _spoiled(self, request: Request, fault: Fault, connection: socket.socket) -> Reply | None:
        match fault.kind:
            case "refuse":
                return denied(request)
            case "throttle":
                return throttled(request)
            case "fail":
                return broken(request)
            case "garbage":
                return Reply(200, _GARBAGE, {"content-type": "text/html"})
            case _:
                self._controls.hang(fault.seconds, lambda: _open(connection))
                return None

    def _control(self, message: Message) -> Reply:
        """Answer a control request."""
        what, _, query = message.target.removeprefix(CONTROL).partition("?")
        try:
            content = json.loads(message.body) if message.body else {}
            match message.method, what:
                case "GET", "calls":
                    since = parse_qs(query).get("since", ["0"])[-1]
                    return plain(HTTPStatus.OK, self._controls.calls(int(since)))
                case "GET", "environments":
                    return plain(HTTPStatus.OK, self._fleet.standing())
                case "GET", "runtimes":
                    return plain(HTTPStatus.OK, {name: described(name) for name in ("python", "nodejs")})
                case "DELETE", "calls":
                    self._controls.forget()
                case "PUT", "faults":
                    self._controls.set_faults(parse_faults(message.body))
                case "DELETE", "faults":
                    self._controls.set_faults(())
                case "PUT", "latency":
                    self._controls.set_latency(str(content.get("service", "*")), _latency(content))
                case "PUT", "seed":
                    self._controls.seed(int(content["seed"]))
                case "PUT", "clock":
                    self._fleet.step(_finite(content["seconds"]))
                case "DELETE", "account":
                    self._emulator.empty()  # first, so that no environment is made any more
                    self._invoker.forget()
                    self._fleet.empty()
                case _:
                    return plain(HTTPStatus.NOT_FOUND, {"message": _CONTROLS})
        except (ValueError, KeyError, TypeError) as wrong:
            return plain(HTTPStatus.BAD_REQUEST, {"message": str(wrong)})
        return plain(HTTPStatus.OK, {})


def _latency(content: Mapping[str, Any]) -> Latency:
    """Read a latency from a control request.

    Raises:
        ValueError: It is none that a call could take.
    """
    median, p99 = _finite(content["milliseconds"]), content.get("p99")
    latency = Latency(median, None if p99 is None else _finite(p99))
    if median < 0 or (latency.p99 or median) < median:
        raise ValueError("a latency has a median that is not negative, and perhaps a p99 that is not smaller")
    return latency


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("a time is a number")
    return number


def _open(connection: socket.socket) -> bool:
    """Tell whether the caller still holds its end of the connection."""
    try:
        readable, _, _ = select.select([connection], [], [], 0)
        return not readable or bool(connection.recv(1, socket.MSG_PEEK))
    except (OSError, ValueError):
        return False
