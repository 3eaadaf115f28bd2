"""Ask many calls side by side, within a deadline."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence

from smsl.sources.aws.facts import Answer, Call, Failure

THREADS = 16
_LESS = 0.4
_LOOK = 0.25
"""Seconds between looks at whether a long list is still growing."""


def read(
    calls: Sequence[Call],
    ask: Callable[[Call], Answer],
    until: float,
    progress: Callable[[int], None] = lambda _done: None,
    *,
    patience: float = 5.0,
    supporting: Callable[[Call], bool] = lambda _call: False,
    alive: Callable[[], float] = lambda: 0.0,
) -> dict[Call, Answer]:
    """Return what each call answers; one that has not when the reader gives up is a Failure.

    Args:
        calls: Distinct calls.
        ask: Answers one call and never raises.
        until: A time of `time.monotonic` that is never passed.
        progress: Told how many have answered.
        patience: Seconds without any answer after which what is left counts as hanging, so that one call that
            hangs takes neither the deadline nor the later rounds with it.
        supporting: Tells the calls that no verdict needs: they alone are waited for less than half as long.
        alive: When AWS last answered anything at all, a page of a long list included.

    The threads are daemons: a call that hangs past the deadline must not keep the process from ending.
    """
    waiting: queue.SimpleQueue[Call] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[Call, Answer]] = queue.SimpleQueue()
    over = threading.Event()
    for call in calls:
        waiting.put(call)

    def work() -> None:
        while not over.is_set():
            try:
                call = waiting.get_nowait()
            except queue.Empty:
                return
            done.put((call, ask(call)))

    for _ in range(min(THREADS, len(calls))):
        threading.Thread(target=work, daemon=True).start()
    answers: dict[Call, Answer] = {}
    needed = sum(not supporting(call) for call in calls)
    last = time.monotonic()
    while len(answers) < len(calls):
        wait = patience if needed else patience * _LESS
        left = min(until, max(last, alive()) + wait) - time.monotonic()
        if left <= 0:
            break
        try:
            call, answer = done.get(timeout=min(left, _LOOK))
        except queue.Empty:
            continue
        last = time.monotonic()
        answers[call] = answer
        needed -= not supporting(call)
        progress(len(answers))
    over.set()
    return {call: answers.get(call, Failure("no answer", "deadline")) for call in calls}
