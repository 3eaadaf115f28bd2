"""The parent of every process that the lab runs for a function, so that none outlives the lab.

Started as ``python -I -S keeper.py``, with a socket as its standard input; the standard library only. When
the socket ends, which the operating system sees to even when the lab is killed, it kills every process that it
started and removes the directory that it made. On Linux it adopts what those processes leave behind, so that
a handler's own children go too.

On the socket, a line of JSON each:
    -> {"do": "spawn", "argv": [...], "environment": {...}, "directory": "..."} and one descriptor, for the output
    <- {"pid": n} or {"error": number of the system's}
    -> {"do": "kill", "pid": n, "signal": n}     the process with its whole group; no answer
    <- {"directory": "..."}                      first of all
    <- {"exited": pid, "status": n, "peak": n}   as of os.wait, and the most bytes that it had resident, once its
                                                 whole group is dead
"""

from __future__ import annotations

import array
import contextlib
import errno
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time

_PATIENCE = 5.0
"""Seconds for the killed to be gone."""
_PR_SET_CHILD_SUBREAPER = 36
"""Of Linux's prctl(2)."""
_DEAF_TO = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE)
_LARGEST = 1 << 20


def main() -> None:
    """Serve until the socket ends, then leave nothing behind."""
    for number in (*_DEAF_TO, signal.SIGCHLD):
        signal.signal(number, _nothing)  # a handler, since a signal that is ignored would be so in every child
    _adopt()
    woken, wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    lab = socket.socket(fileno=os.dup(0))
    directory = tempfile.mkdtemp(prefix="smsl-lab-")
    running: set[int] = set()
    try:
        _say(lab, {"directory": directory})
        _serve(lab, woken, running)
    except OSError:
        pass  # the lab is gone: so is what it was running
    finally:
        _end(running)
        _remove(directory)


def _nothing(_number: int, _frame: object) -> None:
    pass


def _adopt() -> None:
    """Become the parent of orphans below this process, where the system can do that."""
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _serve(lab: socket.socket, woken: int, running: set[int]) -> None:
    pending = b""
    descriptors: list[int] = []
    while True:
        readable, _, _ = select.select([lab.fileno(), woken], [], [])
        if woken in readable:
            os.read(woken, 4096)
            _reap(lab, running)
        if lab.fileno() not in readable:
            continue
        received, more = _receive(lab)
        if not received:
            return
        descriptors += more
        *lines, pending = (pending + received).split(b"\n")
        for line in lines:
            _obey(json.loads(line), lab, descriptors, running)


def _receive(lab: socket.socket) -> tuple[bytes, list[int]]:
    """Return bytes and the descriptors that came with them."""
    sent = array.array("i")
    received, ancillary, _, _ = lab.recvmsg(_LARGEST, socket.CMSG_LEN(16 * sent.itemsize))
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            sent.frombytes(content[: len(content) - len(content) % sent.itemsize])
    for descriptor in sent:
        os.set_inheritable(descriptor, False)
    return received, list(sent)


def _obey(request: dict[str, object], lab: socket.socket, descriptors: list[int], running: set[int]) -> None:
    if request["do"] == "kill":
        _kill(int(str(request["pid"])), int(str(request["signal"])), running)
        return
    output = descriptors.pop(0)
    try:
        pid = _spawn(request, output)
        running.add(pid)
        _say(lab, {"pid": pid})
    except OSError as failed:
        _say(lab, {"error": failed.errno})
    except ValueError:  # a variable that no program can be given
        _say(lab, {"error": errno.EINVAL})
    finally:
        os.close(output)


def _spawn(request: dict[str, object], output: int) -> int:
    """Start a process in a session of its own.

    Raises:
        OSError: It could not be started.
        ValueError: It cannot be given such variables.
    """
    argv, environment = request["argv"], request["environment"]
    assert isinstance(argv, list)  # noqa: S101 -- the other end is the lab
    assert isinstance(environment, dict)  # noqa: S101 -- as above
    started = subprocess.Popen(  # noqa: S603 -- starting what a function consists of is its purpose
        argv,
        env=environment,
        cwd=str(request["directory"]),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )
    started.returncode = 0  # this process waits for all its children at once: the object must not
    return started.pid


def _reap(lab: socket.socket, running: set[int]) -> None:
    """Tell of every child that ended; what is left of its group ends with it."""
    while True:
        try:
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if found is None:
            return
        pid = found.si_pid
        if pid in running:
            _kill(pid, signal.SIGKILL, running)  # before it is waited for: until then its number is its own
            running.discard(pid)
            _, status, used = os.wait4(pid, 0)
            peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
            _say(lab, {"exited": pid, "status": status, "peak": peak})
        else:
            os.waitpid(pid, 0)


def _kill(pid: int, number: int, running: set[int]) -> None:
    if pid in running:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS refuses for a group of zombies
            os.killpg(pid, number)


def _end(running: set[int]) -> None:
    """Kill what runs, and what it left to this process, until nothing is there."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        for pid in list(running):
            _kill(pid, signal.SIGKILL, running)
        for pid in _orphans() - running:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        running.discard(pid)
        if not pid:
            time.sleep(0.005)


def _orphans() -> set[int]:
    """Return the children of this process, as far as the system lists them."""
    own = str(os.getpid())
    found = set()
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():  # noqa: PTH112, PTH208 -- pathlib is heavy
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", encoding="latin-1") as stat:  # noqa: PTH123 -- as above
                parent = stat.read().rpartition(")")[2].split()[1]
        except OSError:
            continue  # it has ended meanwhile
        if parent == own:
            found.add(int(name))
    return found


def _remove(directory: str) -> None:
    import shutil

    shutil.rmtree(directory, ignore_errors=True)


def _say(lab: socket.socket, content: dict[str, object]) -> None:
    lab.sendall(json.dumps(content).encode() + b"\n")


if __name__ == "__main__":
    main()
