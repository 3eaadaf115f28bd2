"""The journal: what was announced and is not gone is found again, wherever the file was cut off."""

from __future__ import annotations

import fcntl
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.bench.journal import Kind, Resource, Whereabouts, abandoned, opened
from smsl.model.errors import SmslError

WHERE = Whereabouts("0a1b2c3d", "123456789012", "eu-west-1", None)
ROLE = Resource(Kind.ROLE, "smsl-bench-0a1b2c3d-sdk")
FUNCTION = Resource(Kind.FUNCTION, "smsl-bench-0a1b2c3d-sdk-python3-13")
SECRET = Resource(Kind.SECRET, "smsl-bench-0a1b2c3d-0")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["make", "gone"]),
        st.builds(Resource, st.sampled_from(Kind), st.sampled_from(["a", "b", "é\n\u2028"])),
    ),
    max_size=8,
)


def kept(directory: Path, *steps: tuple[str, Resource]) -> Path:
    """Write a journal as a run does, and leave it as one that is killed does."""
    path = directory / "0a1b2c3d.journal"
    with opened(directory, WHERE) as journal:
        for what, resource in steps:
            (journal.will_make if what == "make" else journal.gone)(resource)
        text = path.read_bytes()
    path.write_bytes(text)
    return path


def left(directory: Path) -> list[list[Resource]]:
    return [list(each.left) for each in abandoned(directory)]


def by_hand(steps: list[tuple[str, Resource]]) -> set[Resource]:
    standing: set[Resource] = set()
    for what, resource in steps:
        (standing.add if what == "make" else standing.discard)(resource)
    return standing


def test_what_is_left_is_found_again(tmp_path: Path) -> None:
    kept(tmp_path, ("make", SECRET), ("make", ROLE), ("make", FUNCTION), ("gone", FUNCTION))

    (journal,) = abandoned(tmp_path)

    assert journal.left == [SECRET, ROLE]
    assert journal.where == WHERE


@settings(max_examples=20)
@given(steps=STEPS)
def test_a_journal_cut_anywhere_loses_nothing_that_was_announced(steps: list[tuple[str, Resource]]) -> None:
    with TemporaryDirectory() as name:
        path = kept(Path(name), *steps)
        text = path.read_bytes()
        # A step is announced when its line is whole, with or without its end; before the first one stands the head.
        ends = [place for place, byte in enumerate(text) if byte == 0x0A][1:]
        for cut in range(len(text) + 1):
            path.write_bytes(text[:cut])
            announced = by_hand(steps[: sum(end <= cut for end in ends)])

            assert {each for journal in left(Path(name)) for each in journal} == announced
            assert path.exists() is bool(announced)


@settings(max_examples=20)
@given(steps=STEPS, cut=st.integers(1, 30))
def test_a_clean_up_that_is_cut_off_is_taken_up(steps: list[tuple[str, Resource]], cut: int) -> None:
    with TemporaryDirectory() as name:
        path = kept(Path(name), *steps, ("make", ROLE))
        path.write_bytes(path.read_bytes()[:-cut])
        last = []
        for journal in abandoned(Path(name)):
            last = journal.left[-1:]
            for resource in journal.left[:-1]:
                journal.gone(resource)

        assert left(Path(name)) == ([last] if last else [])


@given(text=st.binary(max_size=200))
def test_any_file_is_read_or_left_alone(text: bytes) -> None:
    head = json.dumps({"run": "r", "account": "1", "region": "x", "endpoint": None}).encode() + b"\n"
    with TemporaryDirectory() as name:
        (Path(name) / "0a1b2c3d.journal").write_bytes(head + text)

        left(Path(name))


def test_a_journal_of_another_version_stays(tmp_path: Path) -> None:
    path = tmp_path / "later.journal"
    path.write_text('{"run": "later", "cloud": "another"}\n{"make": "function", "name": "f"}\n')
    kept(tmp_path, ("make", ROLE))
    found = abandoned(tmp_path)

    assert next(found).left == [ROLE]
    with pytest.raises(SmslError, match=r"cannot be read \(TypeError\)"):
        next(found)
    assert path.exists()


def test_an_empty_one_goes(tmp_path: Path) -> None:
    path = kept(tmp_path)
    (tmp_path / "begun.journal").touch()
    (tmp_path / "over.journal").write_bytes(path.read_bytes() + line("make", ROLE) + line("gone", ROLE))

    assert left(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def line(what: str, resource: Resource) -> bytes:
    return json.dumps({what: resource.kind.value, "name": resource.name}).encode() + b"\n"


def test_what_went_with_its_lab_is_not_looked_for(tmp_path: Path) -> None:
    lab = Whereabouts("0a1b2c3d", "123456789012", "eu-west-1", "http://127.0.0.1:1", passing=True)
    with opened(tmp_path, lab) as journal:
        journal.will_make(ROLE)
    assert len(list(tmp_path.iterdir())) == 1

    assert left(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_it_goes_when_nothing_is_left(tmp_path: Path) -> None:
    with opened(tmp_path, WHERE) as journal:
        journal.will_make(ROLE)
        assert line("make", ROLE) in (tmp_path / "0a1b2c3d.journal").read_bytes(), "before the role is made"
        journal.gone(ROLE)
        journal.gone(ROLE)
    assert list(tmp_path.iterdir()) == []


def test_it_stays_while_something_is_left(tmp_path: Path) -> None:
    with opened(tmp_path, WHERE) as journal:
        journal.will_make(ROLE)
    assert left(tmp_path) == [[ROLE]]
    for journal in abandoned(tmp_path):
        journal.gone(ROLE)
    assert list(tmp_path.iterdir()) == []


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with opened(tmp_path / "state" / "journals", WHERE) as journal:
            journal.will_make(ROLE)
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "state" / "journals").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "state" / "journals" / "0a1b2c3d.journal").stat().st_mode) == 0o600


# Several processes.

LIVE = """
import sys
from pathlib import Path
from smsl.bench.journal import Kind, Resource, Whereabouts, opened
with opened(Path(sys.argv[1]), Whereabouts("live", "123456789012", "eu-west-1", None)) as journal:
    journal.will_make(Resource(Kind.ROLE, "of-the-living"))
    print("made", flush=True)
    sys.stdin.read()
"""
HOLDING = """
import sys
from pathlib import Path
from smsl.bench.journal import abandoned
print(sum(1 for each in abandoned(Path(sys.argv[1]))), flush=True)
"""


@pytest.fixture
def living(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with started(LIVE, tmp_path) as process:
        assert said(process.stdout) == "made"
        yield process


def started(program: str, directory: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, str(directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def said(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline().strip()


def test_a_living_run_is_left_alone(tmp_path: Path, living: subprocess.Popen[str]) -> None:
    kept(tmp_path, ("make", FUNCTION))

    assert left(tmp_path) == [[FUNCTION]]

    living.kill()
    living.wait()
    assert left(tmp_path) == [[FUNCTION], [Resource(Kind.ROLE, "of-the-living")]]


def test_two_clean_ups_do_not_meet(tmp_path: Path) -> None:
    kept(tmp_path, ("make", FUNCTION))
    mine = abandoned(tmp_path)
    next(mine)

    with started(HOLDING, tmp_path) as other:
        assert said(other.stdout) == "0"

    mine.close()  # type: ignore[attr-defined]
    with started(HOLDING, tmp_path) as other:
        assert said(other.stdout) == "1"


def test_a_clean_up_that_meets_a_journal_just_begun_does_not_lose_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the making of the file and its lock it looks like that of a run that was killed at once."""
    path, lock = tmp_path / "0a1b2c3d.journal", fcntl.flock
    met: list[bool] = []

    def flock(file: FileIO, how: int) -> None:
        if not met:
            met.append(path.exists())
            path.unlink()  # as the clean-up does
        lock(file, how)

    monkeypatch.setattr("smsl.bench.journal.fcntl.flock", flock)
    with opened(tmp_path, WHERE) as journal:
        journal.will_make(ROLE)
        assert met == [True]
        assert line("make", ROLE) in path.read_bytes()


# Places that cannot be written.


@pytest.mark.parametrize("place", ["file", "file/journals"])
def test_nothing_is_made_without_a_journal(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SmslError, match="without it nothing is made") as raised, opened(tmp_path / place, WHERE):
        pytest.fail("a run went on without a journal")
    assert str(tmp_path) not in str(raised.value)


FULL = """
import resource, signal, sys
from pathlib import Path
from smsl.bench.journal import Kind, Resource, Whereabouts, opened
from smsl.model.errors import SmslError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with opened(Path(sys.argv[1]), Whereabouts("full", "1", "eu-west-1", None)) as journal:
    journal.will_make(Resource(Kind.ROLE, "first"))
    size = sum(each.stat().st_size for each in Path(sys.argv[1]).iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, size + 10))
    try:
        journal.will_make(Resource(Kind.ROLE, "second"))
    except SmslError as error:
        print(error.message)
    for each in list(journal.left):
        journal.gone(each)
"""


def test_a_full_disk_ends_the_making_and_not_the_removing(tmp_path: Path) -> None:
    with started(FULL, tmp_path) as process:
        output, _ = process.communicate()

    assert process.returncode == 0
    assert output == "The run's journal cannot be written (OSError), and without it nothing is made.\n"
    assert list(tmp_path.iterdir()) == []
