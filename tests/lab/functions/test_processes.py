"""Processes under their keeper: started, watched, killed, and gone with the lab, however it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

import smsl
from smsl.lab.functions import ending
from smsl.lab.functions.processes import KeeperError, Process, Processes
from smsl.lab.stage import make_role, open_stage
from tests.lab.functions.conftest import invoke, zipped

PATIENCE = 20.0
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux (/proc, subreaper) adopts and lists orphans")


class Started:
    """A process, all that it printed, and its end."""

    def __init__(self, processes: Processes, argv: tuple[str, ...], environment: Mapping[str, str], directory: Path):
        self.ends: list[int] = []
        self.ended = threading.Event()
        reading, writing = os.pipe()
        try:
            self.process: Process = processes.start(argv, environment, directory, writing, self._end)
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        self._output = os.fdopen(reading, "rb")

    def _end(self, status: int) -> None:
        self.ends.append(status)
        self.ended.set()

    def status(self) -> int:
        assert self.ended.wait(PATIENCE)
        return self.ends[0]

    def line(self) -> str:
        return self._output.readline().decode().strip()

    def output(self) -> str:
        with self._output:
            return self._output.read().decode()


Start = Callable[..., Started]


@pytest.fixture
def processes() -> Iterator[Processes]:
    made = Processes()
    yield made
    made.close()


@pytest.fixture
def start(processes: Processes, tmp_path: Path) -> Iterator[Start]:
    made: list[Started] = []

    def start_it(*argv: str, environment: Mapping[str, str] | None = None) -> Started:
        made.append(Started(processes, argv, environment or {}, tmp_path))
        return made[-1]

    yield start_it
    for each in made:
        each._output.close()


def python(code: str) -> tuple[str, ...]:
    return sys.executable, "-I", "-S", "-c", code


def is_gone(pid: int) -> bool:
    """Tell whether a process has ended; one that nobody has waited for has ended, too."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return sys.platform == "linux" and stat(pid)[0] in {"Z", ""}


def stat(pid: int) -> list[str]:
    """Return what Linux says of a process from its state on; one that is gone has the state of nothing."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return [""]


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_a_process_has_what_it_was_given_and_nothing_else(start: Start, tmp_path: Path) -> None:
    code = (
        "import os, sys; os.write(2, b'error '); os.write(1, repr(("
        "{k: v for k, v in os.environ.items() if k != 'LC_CTYPE'}, os.getcwd(), os.getsid(0) == os.getpid(), "
        "os.read(0, 1), sorted(map(int, os.listdir('/dev/fd')))[:3])).encode())"
    )
    started = start(*python(code), environment={"A": "ü=1", "EMPTY": ""})
    assert started.output() == f"error {({'A': 'ü=1', 'EMPTY': ''}, str(tmp_path), True, b'', [0, 1, 2])!r}"
    assert started.status() == 0


def test_a_process_inherits_no_signal_that_is_ignored(start: Start) -> None:
    code = "import signal; print([signal.getsignal(each) is signal.SIG_DFL for each in (1, 15)])"
    assert start(*python(code)).output() == "[True, True]\n"


@pytest.mark.parametrize(
    ("prepare", "error", "text"),
    [
        (None, FileNotFoundError, "No such file or directory"),
        (lambda file: file.write_text("#!/bin/sh\n"), PermissionError, "Permission denied"),
        (lambda file: (file.write_text("no program"), file.chmod(0o755)), OSError, "Exec format error"),
        (lambda file: file.mkdir(), PermissionError, "Permission denied"),
        (lambda file: (file.write_text("#!/of/nobody\n"), file.chmod(0o755)), OSError, "No such file or directory"),
    ],
    ids=["absent", "not-executable", "no-program", "directory", "no-interpreter"],
)
def test_what_cannot_be_started_is_an_error_of_the_system(
    prepare: Callable[[Path], Any] | None, error: type[OSError], text: str, start: Start, tmp_path: Path
) -> None:
    if prepare:
        prepare(tmp_path / "program")
    with pytest.raises(error) as caught:
        start(str(tmp_path / "program"))
    assert caught.value.strerror == text
    assert start("/bin/sh", "-c", "exit 7").status() == 7 << 8, "the keeper goes on"


@pytest.mark.parametrize("environment", [{"A=B": "c"}, {"A": "b\0c"}, {"A": "\ud800"}])
def test_variables_that_no_program_can_be_given_are_an_error(environment: dict[str, str], start: Start) -> None:
    with pytest.raises(OSError, match="Invalid argument"):
        start("/bin/true", environment=environment)


def test_a_directory_that_is_not_there_is_an_error(processes: Processes, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Started(processes, ("/bin/true",), {}, tmp_path / "absent")


def test_a_signal_reaches_the_whole_group(start: Start) -> None:
    started = start("/bin/sh", "-c", "sleep 600 & echo $!; wait")
    child = int(started.line())
    started.process.signal(signal.SIGTERM)
    assert os.WTERMSIG(started.status()) == signal.SIGTERM
    assert eventually(lambda: is_gone(child))


def test_what_a_process_leaves_in_its_group_ends_with_it(start: Start) -> None:
    started = start("/bin/sh", "-c", "sleep 600 & echo $!")
    child = int(started.line())
    assert started.status() == 0
    assert eventually(lambda: is_gone(child))


def test_a_process_that_has_ended_takes_no_signal(start: Start) -> None:
    started = start("/bin/true")
    assert started.status() == 0
    started.process.signal()
    assert (started.ends, started.process.status) == ([0], 0)


@on_linux
def test_the_most_memory_is_known_while_it_runs_and_afterwards(start: Start) -> None:
    megabytes = 48 << 20
    started = start("/bin/sh", "-c", "exec sleep 600")
    assert 0 < started.process.peak() < megabytes
    large = start(*python(f"import os, time; b'x' * {megabytes}; print('done', flush=True); time.sleep(600)"))
    assert large.line() == "done"
    assert large.process.peak() >= megabytes, "what it has given back counts"
    large.process.signal()
    large.status()
    assert large.process.peak() >= megabytes


def test_no_end_is_lost_and_nothing_is_left_of_many_processes(processes: Processes, start: Start) -> None:
    def one(number: int) -> tuple[int, list[int]]:
        started = start("/bin/sh", "-c", f"exit {number % 200}")
        return started.status(), started.ends

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(one, range(300)))
    assert found == [((number % 200) << 8, [(number % 200) << 8]) for number in range(300)]
    if sys.platform == "linux":
        assert eventually(lambda: not children(processes._keeper.pid)), "no zombie"


@on_linux
def test_an_orphan_that_ends_leaves_no_zombie(processes: Processes, start: Start) -> None:
    code = (
        "import os, time\nreading, writing = os.pipe()\nif os.fork():\n    os.read(reading, 1)\nelse:\n"
        "    os.setsid(); print(os.getpid(), flush=True); os.write(writing, b'x'); time.sleep(0.1)"
    )
    started = start(*python(code))
    orphan = int(started.line())
    assert started.status() == 0
    assert eventually(lambda: not Path(f"/proc/{orphan}").exists())


def test_all_ends_when_the_lab_closes(tmp_path: Path) -> None:
    processes = Processes()
    (processes.directory / "file").write_text("x")
    quiet = Started(processes, python("import time; time.sleep(600)"), {}, tmp_path)
    stubborn = "import signal, time; [signal.signal(n, signal.SIG_IGN) for n in (1, 2, 15)]; print(1, flush=True); "
    deaf = Started(processes, python(stubborn + "time.sleep(600)"), {}, tmp_path)
    assert deaf.line() == "1"
    processes.close()
    assert [os.WTERMSIG(each.status()) for each in (quiet, deaf)] == [signal.SIGKILL] * 2
    assert [is_gone(each.process.pid) for each in (quiet, deaf)] == [True, True]
    assert not processes.directory.exists()
    with pytest.raises(KeeperError):
        Started(processes, ("/bin/true",), {}, tmp_path)
    processes.close()
    for each in (quiet, deaf):
        each._output.close()


def test_the_keeper_does_not_mind_a_terminal_s_signals(processes: Processes, start: Start) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        processes._keeper.send_signal(number)
    assert start("/bin/true").status() == 0


def test_processes_end_with_their_keeper_and_none_starts_any_more(processes: Processes, start: Start) -> None:
    running = [start(*python("import time; time.sleep(600)")) for _ in range(3)]
    processes._keeper.kill()
    assert [os.WTERMSIG(each.status()) for each in running] == [signal.SIGKILL] * 3
    assert all(eventually(lambda pid=each.process.pid: is_gone(pid)) for each in running)  # type: ignore[misc]
    assert eventually(lambda: not processes.directory.exists())
    for _ in range(2):
        with pytest.raises(KeeperError, match="gone"):
            start("/bin/true")
    with pytest.raises(KeeperError, match="gone"):
        processes.check()


# The lab as a whole.

HOLDER = """
import sys
from smsl.lab.account import embedded

with embedded(sample=False) as lab:
    print(lab.url, flush=True)
    sys.stdin.readline()
print("left", flush=True)
"""
HANDLER = """
import os, subprocess

left = subprocess.Popen(["sleep", "600"], start_new_session=True)

def handler(event, context):
    return {"own": os.getpid(), "left": left.pid, "keeper": os.getppid(), "directory": os.environ["TMPDIR"]}
"""


@contextmanager
def held() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that holds a lab, and the lab's address."""
    environment = {**os.environ, "PYTHONPATH": str(Path(smsl.__file__).parent.parent)}
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )
    assert holder.stdout is not None
    with holder:
        try:
            yield holder, holder.stdout.readline().strip()
        finally:
            holder.kill()


@on_linux
@pytest.mark.parametrize(
    "end", ["kill-lab", *(pytest.param(end, marks=pytest.mark.verify) for end in ("kill-holder", "leave"))]
)
def test_nothing_of_a_lab_is_left(end: str) -> None:
    with held() as (holder, url):
        stage = open_stage(url)
        stage.functions.create_function(
            FunctionName="f", Role=make_role(stage, "r"), Runtime="python3.12", Handler="app.handler",
            Code={"ZipFile": zipped({"app.py": HANDLER})}, Timeout=10,
        )  # fmt: skip
        told = invoke(stage.functions, "f").payload
        pids = [told["own"], told["left"], told["keeper"], int(stat(told["keeper"])[1])]
        assert not any(map(is_gone, pids))
        match end:
            case "leave":
                assert holder.communicate("\n", PATIENCE)[0] == "left\n"
            case "kill-holder":
                holder.kill()
            case _:
                os.kill(pids[-1], signal.SIGKILL)
        for pid in pids:
            assert eventually(lambda pid=pid: is_gone(pid)), pids  # type: ignore[misc]
        directory = Path(told["directory"]).parent.parent
        assert directory.name.startswith("smsl-lab-")
        assert eventually(lambda: not directory.exists())
        address = urlsplit(url)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((address.hostname, address.port))


@on_linux
@pytest.mark.verify
def test_a_lab_whose_keeper_is_gone_says_so(tmp_path: Path) -> None:
    with held() as (_, url):
        stage = open_stage(url)
        stage.functions.create_function(
            FunctionName="f", Role=make_role(stage, "r"), Runtime="python3.12", Handler="app.handler",
            Code={"ZipFile": zipped({"app.py": HANDLER})}, Timeout=10,
        )  # fmt: skip
        told = invoke(stage.functions, "f").payload
        os.kill(told["keeper"], signal.SIGKILL)
        assert eventually(lambda: is_gone(told["own"]))
        assert eventually(lambda: not Path(told["directory"]).parent.parent.exists())
        for _ in range(2):
            with pytest.raises(ClientError) as caught:
                stage.functions.invoke(FunctionName="f")
            assert caught.value.response["Error"] == {
                "Code": "ServiceException",
                "Message": "The keeper of the lab's processes is gone, and they with it: start another lab",
            }
        os.kill(told["left"], signal.SIGKILL)  # nobody adopted it: the keeper would have


WORDS = {
    0: "exit code 0",
    1 << 8: "exit status 1",
    127 << 8: "exit status 127",
    signal.SIGKILL: "signal: killed",
    signal.SIGSEGV: "signal: segmentation fault",
    signal.SIGSYS: "signal: bad system call",
    40: "signal: signal 40",
}


@pytest.mark.parametrize(("status", "words"), WORDS.items())
def test_the_end_of_a_process_is_told_in_go_s_words(status: int, words: str) -> None:
    assert ending.of_extension(status) == words
    runtime = "Runtime exited with error: " + words if status else "Runtime exited without providing a reason"
    assert ending.of_runtime(status) == runtime


@given(st.one_of(st.integers(0, 255).map(lambda code: code << 8), st.integers(1, 64)))
def test_every_end_has_words(status: int) -> None:
    assert ending.of_extension(status)
    assert ending.of_runtime(status).startswith("Runtime exited with")
