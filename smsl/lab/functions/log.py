"""What an environment's processes print, with Lambda's own lines among it in the right places."""

from __future__ import annotations

import os
import select
import threading

TAIL = 4096
"""Bytes of LogResult. Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"""
_LONGEST_REST = 3
"""Bytes of a character after its first, in UTF-8: what a cut can leave of one."""
_PART, _READS = 65536, 16
"""What is taken at a time: as much as a pipe can hold and no more, or who prints without end would hold the lock."""
_KEPT = 16 * TAIL
"""Bytes kept of one invocation: a tail, and enough to cut it at a character."""


class Log:
    """The output of one environment. Every process writes to `output`; this end is emptied all the time."""

    def __init__(self) -> None:
        self._input, self.output = os.pipe()
        os.set_blocking(self._input, False)
        self._lock = threading.Lock()
        self._kept = bytearray()
        threading.Thread(target=self._pump, daemon=True).start()

    def start(self) -> None:
        """Begin anew: what has come so far belongs to what is over."""
        with self._lock:
            self._drain()
            self._kept.clear()

    def say(self, *lines: str) -> bytes:
        """Write lines of Lambda's own behind everything that has been printed until now, and nothing between them.

        Returns:
            The last bytes since the start, up to these lines: what is still printed is no part of them.
        """
        with self._lock:
            self._drain()
            if self._kept and not self._kept.endswith(b"\n"):
                self._kept += b"\n"
            self._keep("".join(f"{line}\n" for line in lines).encode())
            return self._last()

    def tail(self) -> bytes:
        """Return the last bytes of what was said since the start."""
        with self._lock:
            self._drain()
            return self._last()

    def _last(self) -> bytes:
        last, is_cut = bytes(self._kept[-TAIL:]), len(self._kept) > TAIL
        for _ in range(_LONGEST_REST if is_cut else 0):
            if last[0] & 0xC0 == 0x80:
                last = last[1:]
        return last

    def close(self) -> None:
        """Let go of the pipe, once no process writes to it any more."""
        with self._lock:
            self._drain()
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
        for _ in range(_READS):
            try:
                received = os.read(self._input, _PART)
            except BlockingIOError:
                return False
            if not received:
                return True
            self._keep(received.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))  # AWS's client ends lines so
        return False

    def _keep(self, text: bytes) -> None:
        self._kept += text
        if len(self._kept) > _KEPT:
            del self._kept[: len(self._kept) - _KEPT]
