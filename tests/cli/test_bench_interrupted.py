"""Whenever and however a run is ended, nothing of it goes on: no process, no port that one would hold, no directory."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from smsl.lab.functions.runtimes import has_aws_client

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="the processes of this system cannot be listed"
)
SMSL = str(Path(sys.executable).with_name("smsl"))
RUNS = 50
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
_PATIENCE = 15.0
"""Seconds for everything to be gone; a machine under load takes its time."""


def processes(mark: str) -> list[str]:
    """Return the processes that know a directory by their command or their environment, zombies left out."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            known = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            state = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
        except OSError:
            continue  # it ended while we looked
        if mark.encode() in known and state != "Z" and entry.name != str(os.getpid()):
            found.append((entry / "cmdline").read_text(errors="replace").replace("\0", " "))
    return found


def wait_until_gone(mark: str, scratch: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if not processes(mark) and not list(scratch.iterdir()):
            return
        time.sleep(0.05)


def start(tmp_path: Path) -> tuple[subprocess.Popen[bytes], Path]:
    """Start a long run whose every process knows the directory, and return the scratch directory with it."""
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {"XDG_STATE_HOME": str(tmp_path / "state"), "TMPDIR": str(scratch)}
    running = subprocess.Popen(
        [SMSL, "bench", "--cold", "50", "--at-once", "2"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    return running, scratch


@pytest.mark.verify
def test_what_a_run_leaves_would_be_seen(tmp_path: Path) -> None:
    running, scratch = start(tmp_path)
    runtime = "awslambdaric" if has_aws_client() else "loop.py"
    kinds = ("smsl.lab.serve", "keeper.py", runtime, "smsl.lab.extension.main")
    deadline = time.monotonic() + 60
    seen: set[str] = set()
    while len(seen) < len(kinds) and time.monotonic() < deadline:
        seen |= {kind for kind in kinds for command in processes(str(tmp_path)) if kind in command}

    assert seen == set(kinds)
    assert list(scratch.iterdir())
    running.kill()
    running.wait()
    wait_until_gone(str(tmp_path), scratch)


@pytest.mark.parametrize(
    "number", [pytest.param(each, marks=() if each % 16 == 0 else pytest.mark.verify) for each in range(RUNS)]
)
def test_an_interrupted_run_leaves_nothing(tmp_path: Path, number: int) -> None:
    ending = SIGNALS[number % len(SIGNALS)]
    delay = random.Random(number).uniform(0.1, 6.0)  # noqa: S311 -- the same moments in every run of the tests
    running, scratch = start(tmp_path)
    time.sleep(delay)  # not for anything to happen: any moment will do
    assert running.poll() is None
    running.send_signal(ending)
    running.wait(30)

    wait_until_gone(str(tmp_path), scratch)

    assert processes(str(tmp_path)) == []
    assert list(scratch.iterdir()) == []
