"""The one door of the lab: an HTTP/1.1 server on loopback that reads, counts, delays, corrects and answers.

A thread for each connection, connections kept alive, Nagle's algorithm off and each answer written at once:
without these a call costs 40 ms more than it should.
"""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import IO, cast

from smsl.lab.controls import Controls, Fault, parse_faults
from smsl.lab.corrections import answer
from smsl.lab.emulator import Emulator
from smsl.lab.errors import denied, throttled
from smsl.lab.exchange import Message, Reply, Request, identify

HOST = "127.0.0.1"
CONTROL = "/_lab/"
"""Paths below this one are the lab's own, never AWS's."""
_LARGEST_BODY = 64 * 1024 * 1024
_LONGEST_LINE = 65536
_GARBAGE = b"\x00\x01 neither JSON nor XML \xff\xfe"


class Front:
    """The server: `serve` answers until the process ends or `close` is called."""

    def __init__(self, emulator: Emulator, port: int = 0) -> None:
        self._emulator = emulator
        self._controls = Controls()
        self._listener = socket.create_server((HOST, port), backlog=256)
        self.port: int = self._listener.getsockname()[1]

    def serve(self) -> None:
        """Accept connections, each in a thread of its own."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def close(self) -> None:
        """Stop accepting."""
        self._listener.close()

    def _converse(self, connection: socket.socket) -> None:
        """Answer the requests of one connection, in order, until either side ends it."""
        with connection, connection.makefile("rb", _LONGEST_LINE) as reader:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                while (message := _read(cast(IO[bytes], reader), connection.sendall)) is not None:
                    reply = self._answer(message, connection)
                    if reply is None:
                        return
                    connection.sendall(_written(reply, message.method))
                    if message.headers.get("connection", "").lower() == "close":
                        return
            except (OSError, ValueError):
                return  # the caller left, or does not speak HTTP

    def _answer(self, message: Message, connection: socket.socket) -> Reply | None:
        """Answer one message; None drops the connection."""
        if message.target.startswith(CONTROL):
            return self._control(message)
        request = identify(message, self._emulator.route)
        if request is None:
            return _plain(HTTPStatus.FORBIDDEN, {"message": "Missing Authentication Token"})
        call = self._controls.begin(request)
        reply = None
        try:
            if self._controls.latency:
                time.sleep(self._controls.latency)
            fault = self._controls.fault(request)
            reply = self._spoiled(request, fault, connection) if fault else answer(request, self._emulator)
        finally:
            self._controls.end(call, reply.status if reply else None)
        return reply

    def _spoiled(self, request: Request, fault: Fault, connection: socket.socket) -> Reply | None:
        match fault.kind:
            case "refuse":
                return denied(request)
            case "throttle":
                return throttled(request)
            case "garbage":
                return Reply(200, _GARBAGE, {"content-type": "text/html"})
            case _:
                self._controls.hang(fault.seconds, lambda: _open(connection))
                return None

    def _control(self, message: Message) -> Reply:
        """Answer a control request: calls, faults, latency, account."""
        what, body = message.target.removeprefix(CONTROL), message.body
        try:
            match message.method, what:
                case "GET", "calls":
                    return _plain(HTTPStatus.OK, self._controls.calls())
                case "DELETE", "calls":
                    self._controls.forget()
                case "PUT", "faults":
                    self._controls.set_faults(parse_faults(body))
                case "DELETE", "faults":
                    self._controls.set_faults(())
                case "PUT", "latency":
                    self._controls.latency = max(0.0, float(json.loads(body)["milliseconds"])) / 1000
                case "DELETE", "account":
                    self._emulator.empty()
                case _:
                    return _plain(HTTPStatus.NOT_FOUND, {"message": "calls, faults, latency or account"})
        except (ValueError, KeyError, TypeError) as wrong:
            return _plain(HTTPStatus.BAD_REQUEST, {"message": str(wrong)})
        return _plain(HTTPStatus.OK, {})


def _read(reader: IO[bytes], send: Callable[[bytes], None]) -> Message | None:
    """Read one request; None at the end of the connection.

    Raises:
        ValueError: What came is not HTTP/1.1, or larger than any AWS request.
    """
    first = reader.readline(_LONGEST_LINE)
    if not first.strip():
        return None
    method, target, _ = first.decode("latin-1").split()
    headers: dict[str, str] = {}
    while (line := reader.readline(_LONGEST_LINE)) not in {b"\r\n", b"\n", b""}:
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    if headers.get("expect", "").lower() == "100-continue":
        send(b"HTTP/1.1 100 Continue\r\n\r\n")
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return Message(method, target, headers, _chunks(reader))
    length = int(headers.get("content-length") or 0)
    if not 0 <= length <= _LARGEST_BODY:
        raise ValueError("the body is too large")
    return Message(method, target, headers, reader.read(length) if length else b"")


def _chunks(reader: IO[bytes]) -> bytes:
    parts: list[bytes] = []
    while size := int(reader.readline(_LONGEST_LINE).split(b";")[0], 16):
        if sum(map(len, parts)) + size > _LARGEST_BODY:
            raise ValueError("the body is too large")
        parts.append(reader.read(size))
        reader.readline(_LONGEST_LINE)
    while reader.readline(_LONGEST_LINE).strip():
        pass  # trailers say nothing that is used here
    return b"".join(parts)


def _written(reply: Reply, method: str) -> bytes:
    """Write a reply as one piece, so that it leaves in one packet."""
    try:
        phrase = HTTPStatus(reply.status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [f"HTTP/1.1 {reply.status} {phrase}"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    bare = reply.status == HTTPStatus.NO_CONTENT
    if not bare:
        lines.append(f"content-length: {len(reply.body)}")
    head = "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n"
    return head if bare or method == "HEAD" else head + reply.body


def _plain(status: HTTPStatus, content: object) -> Reply:
    return Reply(int(status), json.dumps(content).encode(), {"content-type": "application/json"})


def _open(connection: socket.socket) -> bool:
    """Tell whether the caller still holds its end of the connection."""
    try:
        readable, _, _ = select.select([connection], [], [], 0)
        return not readable or bool(connection.recv(1, socket.MSG_PEEK))
    except (OSError, ValueError):
        return False
