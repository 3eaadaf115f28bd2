"""Ask many calls side by side, within a deadline."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence

from smsl.sources.aws.facts import Answer, Call, Failure

THREADS = 16


def read(
    calls: Sequence[Call],
    ask: Callable[[Call], Answer],
    until: float,
    progress: Callable[[int], None] = lambda _done: None,
) -> dict[Call, Answer]:
    """Return what each call answers; one that has not by `until` is a Failure.

    Args:
        calls: Distinct calls.
        ask: Answers one call and never raises.
        until: A time of `time.monotonic`.
        progress: Told how many have answered.

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
    while len(answers) < len(calls):
        left = until - time.monotonic()
        if left <= 0:
            break
        try:
            call, answer = done.get(timeout=left)
        except queue.Empty:
            break
        answers[call] = answer
        progress(len(answers))
    over.set()
    return {call: answers.get(call, Failure("no answer", "deadline")) for call in calls}
