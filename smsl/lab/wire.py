"""HTTP/1.1 on loopback as the lab speaks it: messages read whole, replies written in one piece.

A thread for each connection, connections kept alive, Nagle's algorithm off and each answer written at once:
without these a call costs 40 ms more than it should.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from http import HTTPStatus
from typing import IO, cast

from smsl.lab.exchange import Message, Reply

HOST = "127.0.0.1"
_LARGEST_BODY = 64 * 1024 * 1024
_LONGEST_LINE = 65536

Answer = Callable[[Message, socket.socket], Reply | None]
"""Answers one message of a connection; None drops the connection."""


class Server:
    """A listener on loopback: `serve` answers until `close` is called or the process ends.

    Raises:
        OSError: The port is taken.
    """

    def __init__(self, answer: Answer, port: int = 0) -> None:
        self._answer = answer
        self._listener = socket.create_server((HOST, port), backlog=256)
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._closed = False
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
        """Stop accepting, and end every connection."""
        with self._lock:
            self._closed = True
            ending = [self._listener, *self._connections]
        for each in ending:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)  # closing alone would not wake the thread that waits on it
        self._listener.close()

    def _converse(self, connection: socket.socket) -> None:
        """Answer the requests of one connection, in order, until either side ends it."""
        with connection, connection.makefile("rb", _LONGEST_LINE) as reader:
            with self._lock:
                if self._closed:
                    return
                self._connections.add(connection)
            try:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while (message := read(cast(IO[bytes], reader), connection.sendall)) is not None:
                    reply = self._answer(message, connection)
                    if reply is None:
                        return
                    connection.sendall(written(reply, message.method))
                    if message.headers.get("connection", "").lower() == "close":
                        return
            except (OSError, ValueError):
                return  # the caller left, or does not speak HTTP
            finally:
                with self._lock:
                    self._connections.discard(connection)


def read(reader: IO[bytes], send: Callable[[bytes], None]) -> Message | None:
    """Read one request; None at the end of the connection.

    Raises:
        ValueError: What came is not HTTP/1.1, larger than any AWS request, or without its end.
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
    return Message(method, target, headers, _whole(reader, length))


def _chunks(reader: IO[bytes]) -> bytes:
    parts: list[bytes] = []
    while size := int(reader.readline(_LONGEST_LINE).split(b";")[0], 16):
        if not 0 < size <= _LARGEST_BODY - sum(map(len, parts)):
            raise ValueError("the body is too large")
        parts.append(_whole(reader, size))
        reader.readline(_LONGEST_LINE)
    while reader.readline(_LONGEST_LINE).strip():
        pass  # trailers say nothing that is used here
    return b"".join(parts)


def _whole(reader: IO[bytes], size: int) -> bytes:
    """Read so many bytes: what ends before them was never sent as a whole, and is nobody's request."""
    body = reader.read(size)
    if len(body) < size:
        raise ValueError("the body has no end")
    return body


def written(reply: Reply, method: str) -> bytes:
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


def plain(status: int, content: object) -> Reply:
    """Write a reply in JSON that no AWS protocol shapes."""
    return Reply(int(status), json.dumps(content).encode(), {"content-type": "application/json"})
