"""The lab's side of the keeper: processes are started, watched and killed through it."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from smsl.lab.functions import keeper

_PATIENCE = 10.0
"""Seconds for the keeper to answer, or to leave."""
_GONE = "The keeper of the lab's processes is gone, and they with it: start another lab"


class KeeperError(Exception):
    """There is no keeper, so nothing can be started; the text says why."""


class Process:
    """One process of an execution environment."""

    def __init__(self, pid: int, kill: Callable[[int], None]) -> None:
        self.pid = pid
        self.status: int | None = None
        """As of `os.wait`; None while it runs."""
        self._kill = kill
        self._peak = 0
        self._ended = threading.Event()

    def end(self, status: int, peak: int) -> None:
        """Take note that it has ended."""
        self.status, self._peak = status, peak
        self._ended.set()

    def signal(self, number: int = signal.SIGKILL) -> None:
        """Send a signal to the process and everything in its group, unless it has ended: others may bear its number."""
        if self.status is None:
            self._kill(number)

    def wait(self, seconds: float) -> bool:
        """Wait for its end; tell whether it came in time."""
        return self._ended.wait(seconds)

    def peak(self) -> int:
        """Return the most memory that it has had resident so far, in bytes; 0 when the system does not tell.

        Where the kernel keeps no high-water mark, it is what the process has now.
        """
        if self.status is not None:
            return self._peak
        try:
            lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        except OSError:
            return _resident(self.pid) if sys.platform == "darwin" else 0
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)


def _resident(pid: int) -> int:
    done = subprocess.run(["/bin/ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603 -- the system's own, and a number
    return int(done.stdout) * 1024 if done.stdout.strip().isdigit() else 0


class Processes:
    """Every process of a lab, and the directory that goes with them.

    Raises:
        KeeperError: The keeper could not be started.
    """

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._keeper = subprocess.Popen(  # noqa: S603 - this interpreter and a module of this package
                [sys.executable, "-I", "-S", str(keeper.__file__)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._socket = ours
        self._lock = threading.Lock()
        self._replies: queue.SimpleQueue[Mapping[str, object]] = queue.SimpleQueue()
        self._known = threading.Lock()
        """Guards the two that follow."""
        self._running: dict[int, Callable[[int, int], None]] = {}
        self._early: dict[int, tuple[int, int]] = {}
        """What ended before its start was known here."""
        self._closing = False
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.directory = Path(str(self._reply()["directory"]))
        """Holds whatever the processes need; removed with them."""

    def check(self) -> None:
        """Make sure that there is a keeper.

        Raises:
            KeeperError: It is gone.
        """
        if not self._listener.is_alive():
            raise KeeperError(_GONE)

    def start(
        self,
        argv: Sequence[str],
        environment: Mapping[str, str],
        directory: Path,
        output: int,
        ended: Callable[[int], None],
    ) -> Process:
        """Start a process in a session of its own, its output going to a descriptor.

        Args:
            argv: The program and its arguments.
            environment: All of it: nothing is inherited.
            directory: Where it starts.
            output: Descriptor of its standard output and error.
            ended: Called with its status, from whatever thread, when it has ended.

        Raises:
            OSError: It could not be started.
            KeeperError: Nothing can be.
        """
        request = {
            "do": "spawn", "argv": list(argv), "environment": dict(environment), "directory": str(directory),
        }  # fmt: skip
        line = json.dumps(request).encode() + b"\n"
        with self._lock:
            try:
                sent = socket.send_fds(self._socket, [line], [output])
                self._socket.sendall(line[sent:])
            except OSError:
                raise KeeperError(_GONE) from None
            reply = self._reply()
            if "error" in reply:
                number = int(str(reply["error"]))
                raise OSError(number, os.strerror(number))
            pid = int(str(reply["pid"]))
            process = Process(pid, lambda number: self._send({"do": "kill", "pid": pid, "signal": int(number)}))

            def end(status: int, peak: int) -> None:
                process.end(status, peak)
                ended(status)

            with self._known:
                early = self._early.pop(pid, None)
                if early is None:
                    self._running[pid] = end
        if early is not None:
            end(*early)
        return process

    def close(self) -> None:
        """Kill every process, and return when they are gone."""
        self._closing = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._keeper.wait(_PATIENCE)
        self._listener.join(_PATIENCE)

    def _reply(self) -> Mapping[str, object]:
        try:
            reply = self._replies.get(timeout=_PATIENCE)
        except queue.Empty:
            raise KeeperError("The keeper of the lab's processes does not answer") from None
        if not reply:
            raise KeeperError(_GONE)
        return reply

    def _send(self, request: Mapping[str, object]) -> None:
        with contextlib.suppress(OSError), self._lock:
            self._socket.sendall(json.dumps(request).encode() + b"\n")

    def _listen(self) -> None:
        directory = None
        with self._socket, contextlib.suppress(OSError), self._socket.makefile("rb") as lines:
            for line in lines:
                if not line.endswith(b"\n"):
                    break  # it was killed within a word
                said = json.loads(line)
                directory = said.get("directory", directory)
                if "exited" in said:
                    self._end(said["exited"], said["status"], said["peak"])
                else:
                    self._replies.put(said)
        # Without a keeper nothing would end with the lab: so what there is ends now, and nothing starts any more.
        with self._known:
            running, self._running = self._running, {}
        for pid, end in running.items():
            if not self._closing:  # else the keeper has ended them, and the numbers may be others' by now
                with contextlib.suppress(OSError):
                    os.killpg(pid, signal.SIGKILL)
            end(signal.SIGKILL, 0)
        self._replies.put({})
        if directory is not None:
            shutil.rmtree(directory, ignore_errors=True)

    def _end(self, pid: int, status: int, peak: int) -> None:
        with self._known:
            end = self._running.pop(pid, None)
            if end is None:
                self._early[pid] = status, peak
        if end is not None:
            end(status, peak)
