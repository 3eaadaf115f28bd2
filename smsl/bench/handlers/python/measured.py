"""What a handler of the bench measures of itself and answers with; nothing in it is a secret.

The bookkeeping of the four strategies beside this file, which are meant to be read without it.
"""

from __future__ import annotations

import platform
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Measured:
    """The measurements of one execution environment. Times in milliseconds."""

    def __init__(self, strategy: str, placement: str) -> None:
        self._strategy = strategy
        self._placement = placement
        self._environment = uuid.uuid4().hex
        self._invocations = 0
        self._timings: dict[str, float] = {}
        self._calls: int | None = None
        self._init_ended: float | None = None
        self._init: dict[str, Any] = {}

    @contextmanager
    def timing(self, what: str) -> Iterator[None]:
        """Add the time that a block takes to a timing: import, client or fetch."""
        started = time.perf_counter()
        try:
            yield
        finally:
            took = (time.perf_counter() - started) * 1000
            self._timings[what] = self._timings.get(what, 0.0) + took

    def count_calls_of(self, client: Any) -> None:
        """Count the requests that a botocore client sends, each attempt of a retry included."""
        self._calls = 0

        def sent(**_event: Any) -> None:
            self._calls = (self._calls or 0) + 1

        client.meta.events.register("before-send.secretsmanager", sent)

    def init_done(self) -> None:
        """Say that initialisation is over: what is measured from now on belongs to an invocation."""
        self._init = {"timings": self._timings, "api_calls": self._calls}
        self._init_ended = time.time()
        self._start_over()

    def invoked(self) -> float:
        """Begin an invocation; return its time of day, in seconds."""
        self._invocations += 1
        return time.time()

    def answer(self, started: float, secrets: list[dict[str, Any]]) -> dict[str, Any]:
        """Return what the handler answers.

        Args:
            started: What `invoked` returned.
            secrets: For each secret its version, the seconds since it was fetched where it is known (age), and
                whether it was served although its time was over (stale).
        """
        said = {
            "strategy": self._strategy,
            "placement": self._placement,
            "runtime": f"python{platform.python_version()}",
            "environment": self._environment,
            "invocation": self._invocations,
            "init": self._init,
            "init_ended": self._init_ended,
            "started": started,
            "timings": self._timings,
            "api_calls": self._calls,
            "secrets": secrets,
        }
        self._start_over()
        return said

    def _start_over(self) -> None:
        self._timings = {}
        if self._calls is not None:
            self._calls = 0
