"""How Lambda words the end of a process.

Source: the emulator of Lambda's runtime interface, which takes Go's words for statuses and signals:
https://github.com/aws/aws-lambda-runtime-interface-emulator (internal/lambda/supervisor).
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping

_SIGNALS: Mapping[int, str] = {
    signal.SIGHUP: "hangup",
    signal.SIGINT: "interrupt",
    signal.SIGQUIT: "quit",
    signal.SIGILL: "illegal instruction",
    signal.SIGTRAP: "trace/breakpoint trap",
    signal.SIGABRT: "aborted",
    signal.SIGBUS: "bus error",
    signal.SIGFPE: "floating point exception",
    signal.SIGKILL: "killed",
    signal.SIGUSR1: "user defined signal 1",
    signal.SIGSEGV: "segmentation fault",
    signal.SIGUSR2: "user defined signal 2",
    signal.SIGPIPE: "broken pipe",
    signal.SIGALRM: "alarm clock",
    signal.SIGTERM: "terminated",
    signal.SIGURG: "urgent I/O condition",
    signal.SIGXCPU: "CPU time limit exceeded",
    signal.SIGXFSZ: "file size limit exceeded",
    signal.SIGVTALRM: "virtual timer expired",
    signal.SIGPROF: "profiling timer expired",
    signal.SIGIO: "I/O possible",
    signal.SIGSYS: "bad system call",
}
"""All others are `signal N`, the real-time ones among them."""


def of_runtime(status: int) -> str:
    """Return Lambda's sentence for a runtime that ended with a status of `os.wait`."""
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0:
        return "Runtime exited without providing a reason"
    return f"Runtime exited with error: {_cause(status)}"


def of_extension(status: int) -> str:
    """Return Lambda's words for an extension that ended with a status of `os.wait`."""
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0:
        return "exit code 0"
    return _cause(status)


def _cause(status: int) -> str:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return f"signal: {_SIGNALS.get(number, f'signal {number}')}"
    return f"exit status {os.WEXITSTATUS(status)}"
