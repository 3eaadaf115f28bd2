"""The connections to one service: kept open, and never more than the function's settings allow.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
"""

from __future__ import annotations

import select
import threading
from collections.abc import Callable

from smsl.lab.extension.wire import Stream, time_left

Connect = Callable[[float | None], Stream]
"""Opens a connection before a moment of the monotonic clock."""


class Pool:
    """Lends connections; whoever finds none free waits for one."""

    def __init__(self, connect: Connect, size: int) -> None:
        self._connect = connect
        self._unopened = size
        self._idle: list[Stream] = []
        self._freed = threading.Condition()

    def take(self, deadline: float | None) -> Stream:
        """Lend a connection, to be given back or dropped.

        Raises:
            OSError: The service does not answer, or no connection is free before the deadline.
        """
        with self._freed:
            while not self._idle and not self._unopened:
                self._freed.wait(None if deadline is None else time_left(deadline))
            stream = self._idle.pop() if self._idle else None
            if stream is None:
                self._unopened -= 1
        if stream is not None and _is_quiet(stream):
            return stream
        if stream is not None:
            stream.close()
        try:
            return self._connect(deadline)
        except BaseException:
            self._free(None)
            raise

    def give_back(self, stream: Stream) -> None:
        """Keep a connection for the next to come."""
        self._free(stream)

    def drop(self, stream: Stream) -> None:
        """Close a connection that cannot be used again."""
        stream.close()
        self._free(None)

    def _free(self, stream: Stream | None) -> None:
        with self._freed:
            if stream is None:
                self._unopened += 1
            else:
                self._idle.append(stream)
            self._freed.notify()


def _is_quiet(stream: Stream) -> bool:
    """Tell whether the service still holds a connection that lay idle: it has not ended it, nor sent anything."""
    watch = select.poll()
    watch.register(stream.connection, select.POLLIN)
    return not watch.poll(0)
