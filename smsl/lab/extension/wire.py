"""Sockets, and HTTP messages as they come from them.

`_socket` is the half of `socket` that is written in C. The other half brings `selectors` and `enum`, whose import takes
longer than everything else that this process does before it registers, and has nothing that is needed here.
"""

from __future__ import annotations

import _socket
import time

LOOPBACK = "127.0.0.1"
_PIECE = 65536
_LONGEST_HEAD = 65536
_LONGEST_BODY = 16 * 1024 * 1024
_BACKLOG = 128
_DIAL = 30.0
"""Seconds in which a connection must stand."""


class TooLongError(ValueError):
    """A head goes on for longer than anybody would write."""


class Response:
    """The answer of a server."""

    __slots__ = ("body", "headers", "lasting", "status")

    def __init__(self, status: int, headers: dict[str, str], body: bytes, lasting: bool) -> None:
        self.status = status
        self.headers = headers
        """Names in lower case."""
        self.body = body
        self.lasting = lasting
        """Whether the connection may be used again."""


class Stream:
    """One connection, read message by message."""

    __slots__ = ("_held", "connection", "deadline")

    def __init__(self, connection: _socket.socket) -> None:
        self.connection = connection
        self.deadline: float | None = None
        """Moment of the monotonic clock at which sending and reading fail; None never."""
        self._held = bytearray()

    def send(self, message: bytes) -> None:
        """Send a message in one piece.

        Raises:
            OSError: The other side is gone, or the deadline has passed.
        """
        self._arm()
        self.connection.sendall(message)

    def head(self, limit: int) -> bytes | None:
        """Read to the empty line that ends a head, itself included; None when the connection ends before a head begins.

        Raises:
            OSError: The connection ends within a head.
            TooLongError: The head is longer than the limit.
        """
        searched = 0
        while (end := _after_empty_line(self._held, searched)) < 0:
            searched = max(0, len(self._held) - 2)
            if len(self._held) > limit:
                raise TooLongError("the head is too long")
            if not self._more():
                if self._held:
                    raise ConnectionResetError("unexpected EOF")
                return None
        if end > limit:
            raise TooLongError("the head is too long")
        return self._take(end)

    def exactly(self, count: int) -> bytes:
        """Read so many bytes.

        Raises:
            OSError: The connection ends before.
        """
        while len(self._held) < count:
            if not self._more():
                raise ConnectionResetError("unexpected EOF")
        return self._take(count)

    def response(self) -> Response:
        """Read the answer to a request.

        Raises:
            OSError: The connection ends before the answer does.
            ValueError: It is not HTTP.
        """
        status = 0
        while status < 200:  # 1xx only announces
            head = self.head(_LONGEST_HEAD)
            if head is None:
                raise ConnectionResetError("EOF")
            version, status, headers = _response_head(head)
        length = headers.get("content-length")
        lasting = version != "HTTP/1.0" and headers.get("connection", "").lower() != "close"
        if "chunked" in headers.get("transfer-encoding", "").lower():
            return Response(status, headers, self._chunks(), lasting)
        if status in {204, 304}:
            return Response(status, headers, b"", lasting)
        if length is None:
            return Response(status, headers, self._rest(), False)
        return Response(status, headers, self.exactly(_size(length, 10)), lasting)

    def close(self) -> None:
        """End the connection."""
        self.connection.close()

    def _chunks(self) -> bytes:
        parts = bytearray()
        while size := _size(self._line().split(b";")[0].strip().decode("latin-1"), 16):
            parts += self.exactly(size)
            self._line()
            if len(parts) > _LONGEST_BODY:
                raise ValueError("the body is too long")
        while self._line().strip():
            pass  # trailers say nothing that is used here
        return bytes(parts)

    def _rest(self) -> bytes:
        while self._more():
            if len(self._held) > _LONGEST_BODY:
                raise ValueError("the body is too long")
        return self._take(len(self._held))

    def _line(self) -> bytes:
        while (end := self._held.find(b"\n")) < 0:
            if len(self._held) > _LONGEST_HEAD:
                raise ValueError("the line is too long")
            if not self._more():
                raise ConnectionResetError("unexpected EOF")
        return self._take(end + 1)

    def _take(self, count: int) -> bytes:
        taken = bytes(self._held[:count])
        del self._held[:count]
        return taken

    def _more(self) -> bool:
        self._arm()
        piece = self.connection.recv(_PIECE)
        self._held += piece
        return bool(piece)

    def _arm(self) -> None:
        if self.deadline is not None:
            self.connection.settimeout(time_left(self.deadline))


def time_left(deadline: float) -> float:
    """Return the seconds until a moment of the monotonic clock.

    Raises:
        TimeoutError: There are none.
    """
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


def dial(host: str, port: int, deadline: float | None = None) -> _socket.socket:
    """Open a connection.

    Raises:
        OSError: Nobody answers there, or not before the deadline.
    """
    connection = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
    try:
        connection.settimeout(_DIAL if deadline is None else min(_DIAL, time_left(deadline)))
        connection.connect((host, port))
        connection.settimeout(None)
        connection.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
    except BaseException:
        connection.close()
        raise
    return connection


def listen(port: int) -> _socket.socket:
    """Open a port of the loopback interface.

    Raises:
        OSError: It is taken, or not this process's to take.
    """
    listener = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
    try:
        listener.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(_BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


def accept(listener: _socket.socket) -> _socket.socket:
    """Wait for the next connection.

    Raises:
        OSError: It was gone before it was accepted, or there are too many.
    """
    number, _ = listener._accept()  # type: ignore[attr-defined]  # noqa: SLF001 - what `socket.accept` itself calls
    connection = _socket.socket(fileno=number)
    connection.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
    return connection


def headers_of(lines: list[str]) -> dict[str, str]:
    """Return header lines by their names in lower case; what is repeated is joined with commas.

    Raises:
        ValueError: A line is not a header.
    """
    headers: dict[str, list[str]] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or not name.isascii() or any(not "!" <= letter <= "~" for letter in name):
            raise ValueError("not a header line")
        headers.setdefault(name.lower(), []).append(value.strip(" \t"))
    return {name: ", ".join(values) for name, values in headers.items()}


def lines_of(head: bytes) -> list[str]:
    """Return the lines of a head without their ends and without the empty last one."""
    return [line.removesuffix("\r") for line in head.decode("latin-1").split("\n")[:-2]]


def _response_head(head: bytes) -> tuple[str, int, dict[str, str]]:
    first, *rest = lines_of(head)
    version, _, after = first.partition(" ")
    if not version.startswith("HTTP/1.") or not after[:3].isdigit():
        raise ValueError("malformed HTTP response")
    return version, int(after[:3]), headers_of(rest)


def _size(text: str, base: int) -> int:
    """Return a length as a message gives it.

    Raises:
        ValueError: It is none, or larger than any answer of a service.
    """
    size = int(text, base) if text.isalnum() and text.isascii() else -1
    if not 0 <= size <= _LONGEST_BODY:
        raise ValueError("not a length")
    return size


def _after_empty_line(held: bytearray, start: int) -> int:
    """Return where the first empty line has ended, -1 when there is none yet."""
    ends = [at + len(mark) for mark in (b"\n\r\n", b"\n\n") if (at := held.find(mark, start)) >= 0]
    return min(ends, default=-1)
