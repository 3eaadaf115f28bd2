"""Run a Python runtime whose clock the lab can step: ``python stepped.py RUNTIME module.function``.

RUNTIME is a module's name or a file. What `time.time` and `time.monotonic` say is ahead of the machine's clock by
the seconds that stand in the file SMSL_LAB_CLOCK; `time.perf_counter`, by which durations are measured, is not.
So an hour passes between two invocations without anybody waiting.
"""

from __future__ import annotations

import os
import runpy
import struct
import sys
import time
from collections.abc import Callable

_SECOND = 1_000_000_000


def main() -> None:
    """Replace the clocks and hand over."""
    file = os.open(os.environ["SMSL_LAB_CLOCK"], os.O_RDONLY)

    def ahead() -> float:
        return float(struct.unpack("<d", os.pread(file, 8, 0))[0])

    def seconds(real: Callable[[], float]) -> Callable[[], float]:
        return lambda: real() + ahead()

    def nanoseconds(real: Callable[[], int]) -> Callable[[], int]:
        return lambda: real() + int(ahead() * _SECOND)

    time.time, time.time_ns = seconds(time.time), nanoseconds(time.time_ns)
    time.monotonic, time.monotonic_ns = seconds(time.monotonic), nanoseconds(time.monotonic_ns)
    runtime, *arguments = sys.argv[1:]
    sys.argv = [runtime, *arguments]
    sys.path[0] = os.getcwd()  # noqa: PTH109 -- as `python -m` does, which this stands for
    if runtime.endswith(".py"):
        runpy.run_path(runtime, run_name="__main__")
    else:
        runpy.run_module(runtime, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
