"""The lab's own process: `python -m smsl.lab.serve PORT [EXTENSION]` prints a line of JSON and serves till stdin ends.

moto's state is global and its imports are heavy; in a process of its own both go away with it. It ends when
its stdin ends, which the operating system sees to even when the parent is killed.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path


def main() -> None:
    """Start the front, say where it listens, and stay until the parent goes."""
    parent = os.getppid()
    closing: list[Callable[[], None]] = []
    threading.Thread(target=_leave_with_stdin, args=(closing,), daemon=True).start()
    threading.Thread(target=_leave_with_parent, args=(parent, closing), daemon=True).start()
    try:
        from smsl.lab.emulator import Emulator
        from smsl.lab.front import Front

        emulator = Emulator()
        port, *extension = sys.argv[1:] or ["0"]
        front = Front(emulator, int(port), Path(extension[0]) if extension else None)
        closing.append(front.close)
        emulator.preload()
    except (ImportError, OSError, ValueError) as failed:
        _say({"error": f"{type(failed).__name__}: {failed}"})
        sys.exit(1)
    _say({"port": front.port})
    front.serve()
    threading.Event().wait()  # the front is closed only by one of the two above, which ends the process


def _say(content: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


def _leave_with_stdin(closing: list[Callable[[], None]]) -> None:
    while os.read(0, 4096):
        pass
    _leave(closing)


def _leave_with_parent(parent: int, closing: list[Callable[[], None]]) -> None:
    """Leave when the parent is gone although some other process still holds the other end of stdin."""
    while os.getppid() == parent:
        time.sleep(0.5)
    _leave(closing)


def _leave(closing: list[Callable[[], None]]) -> None:
    """End what functions run, and this process with it."""
    try:
        for each in closing:
            each()
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
