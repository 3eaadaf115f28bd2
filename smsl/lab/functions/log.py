"""What an environment's processes print, with Lambda's own lines among it in the right places."""

from __future__ import annotations

import os
import select
import threading

TAIL = 4096
"""Bytes of LogResult. Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"""
_KEPT = 16 * TAIL
"""Bytes kept of one invocation: a tail, and enough to cut it at a character."""


class Log:
    """The output of one environment. Every process writes to `output`; this end is emptied all the time."""

    def __init__(self) -> None:
        self._input, self.output = os.pipe()
        os.set_blocking(self._input, False)
        self._lock = threading.Lock()
        self._kept = bytearray()
        self._closed = False
        threading.Thread(target=self._pump, daemon=True).start()

    def start(self) -> None:
        """Begin anew: what has come so far belongs to what is over."""
        with self._lock:
            self._drain()
            self._kept.clear()

    def say(self, line: str) -> None:
        """Write a line of Lambda's own behind everything that has been printed until now."""
        with self._lock:
            self._drain()
            if self._kept and not self._kept.endswith(b"\n"):
                self._kept += b"\n"
            self._keep(line.encode() + b"\n")

    def tail(self) -> bytes:
        """Return the last bytes of what was said since the start."""
        with self._lock:
            self._drain()
            last = bytes(self._kept[-TAIL:])
        while last and last[0] & 0xC0 == 0x80:
            last = last[1:]  # the rest of a character that the cut went through
        return last

    def close(self) -> None:
        """Let go of the pipe, once no process writes to it any more."""
        with self._lock:
            self._drain()
            self._closed = True
            os.close(self.output)  # with the last writer gone the pump sees the end

    def _pump(self) -> None:
        """Empty the pipe whenever something comes, or a process that prints much would wait for ever."""
        poll = select.poll()  # select.select takes no descriptor above 1,023
        poll.register(self._input, select.POLLIN)
        while True:
            poll.poll()
            with self._lock:
                if self._drain():
                    os.close(self._input)
                    return

    def _drain(self) -> bool:
        """Take what is there; tell whether it was the end."""
        while True:
            try:
                received = os.read(self._input, 65536)
            except BlockingIOError:
                return False
            if not received:
                return True
            self._keep(received.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))  # AWS's client ends lines so

    def _keep(self, text: bytes) -> None:
        self._kept += text
        if len(self._kept) > _KEPT:
            del self._kept[: len(self._kept) - _KEPT]
