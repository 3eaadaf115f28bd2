"""The lab's own process: `python -m smsl.lab.serve PORT` prints one line of JSON and serves until stdin ends.

moto's state is global and its imports are heavy; in a process of its own both go away with it. It ends when
its stdin ends, which the operating system sees to even when the parent is killed.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time


def main() -> None:
    """Start the front, say where it listens, and stay until the parent goes."""
    parent = os.getppid()
    threading.Thread(target=_leave_with_stdin, daemon=True).start()
    threading.Thread(target=_leave_with_parent, args=(parent,), daemon=True).start()
    try:
        from smsl.lab.emulator import Emulator
        from smsl.lab.front import Front

        emulator = Emulator()
        front = Front(emulator, int(sys.argv[1]) if len(sys.argv) > 1 else 0)
        emulator.preload()
    except (ImportError, OSError, ValueError) as failed:
        _say({"error": f"{type(failed).__name__}: {failed}"})
        sys.exit(1)
    _say({"port": front.port})
    front.serve()


def _say(content: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


def _leave_with_stdin() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


def _leave_with_parent(parent: int) -> None:
    """Leave when the parent is gone although some other process still holds the other end of stdin."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


if __name__ == "__main__":
    main()
