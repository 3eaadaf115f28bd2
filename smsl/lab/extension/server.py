"""The extension's HTTP server: a thread for each connection, connections kept alive, each answer sent at once.

Whatever comes in is answered, or its connection is closed; nothing of it ends the process.
"""

from __future__ import annotations

import _socket
import threading
import time

from smsl.lab.extension.desk import Answer, Desk
from smsl.lab.extension.request import LONGEST_HEAD, parse
from smsl.lab.extension.wire import Stream, TooLongError, accept, time_left

_REASONS = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    431: "Request Header Fields Too Large",
}
_MALFORMED = Answer(400, b"400 Bad Request")
_TOO_LONG = Answer(431, b"431 Request Header Fields Too Large")
_LONGEST_BODY = 256 * 1024
"""Bytes that are read after a request to keep its connection, though no request needs a body."""
_PATIENCE = 0.5
"""Seconds for the caller to read its last answer, where it has sent more than anybody reads."""
_PAUSE = 0.01
"""Seconds before the next attempt to accept, when there are too many connections."""


def serve(listener: _socket.socket, desk: Desk) -> None:
    """Answer connections from now on, in threads that end with the process."""
    threading.Thread(target=_accept, args=(listener, desk), daemon=True).start()


def _accept(listener: _socket.socket, desk: Desk) -> None:
    while True:
        try:
            connection = accept(listener)
            threading.Thread(target=_converse, args=(connection, desk), daemon=True).start()
        except (OSError, RuntimeError):  # no file or no thread is left: until others end, this one waits
            time.sleep(_PAUSE)


def _converse(connection: _socket.socket, desk: Desk) -> None:
    """Answer the requests of one connection, in order, until either side ends it."""
    stream = Stream(connection)
    try:
        while _exchange(stream, desk):
            pass
    except OSError:
        return  # the caller left
    finally:
        stream.close()


def _exchange(stream: Stream, desk: Desk) -> bool:
    """Read and answer one request; tell whether another may follow.

    Raises:
        OSError: The caller left.
    """
    try:
        head = stream.head(LONGEST_HEAD)
        if head is None:
            return False
        request = parse(head)
    except ValueError as wrong:
        stream.send(_written(_TOO_LONG if isinstance(wrong, TooLongError) else _MALFORMED, False, True))
        _part(stream)
        return False
    answer = desk.answer(request)
    lasting = request.lasting and request.length is not None and request.length <= _LONGEST_BODY
    stream.send(_written(answer, lasting, request.method != "HEAD"))
    if not lasting:
        _part(stream)
    elif request.length:
        stream.exactly(request.length)
    return lasting


def _written(answer: Answer, lasting: bool, whole: bool) -> bytes:
    kind = "application/json" if answer.status == 200 else "text/plain; charset=utf-8"
    lines = [
        f"HTTP/1.1 {answer.status} {_REASONS[answer.status]}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(answer.body)}",
    ]
    if not lasting:
        lines.append("Connection: close")
    head = "\r\n".join([*lines, "", ""]).encode()
    return head + answer.body if whole else head


def _part(stream: Stream) -> None:
    """End a connection so that its last answer arrives: closed with something unread, it would be reset.

    Raises:
        OSError: The caller left first, or has not stopped sending in time.
    """
    stream.connection.shutdown(_socket.SHUT_WR)
    deadline = time.monotonic() + _PATIENCE
    stream.connection.settimeout(_PATIENCE)
    while stream.connection.recv(65536):
        stream.connection.settimeout(time_left(deadline))
