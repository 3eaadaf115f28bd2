"""What a run makes in an account, written down before it is made, so that nothing is lost with a run that is killed.

A file for each run, held locked while the run lives: ``smsl bench clean`` takes up those that nobody holds.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import IO

from smsl.model.errors import SmslError


class Kind(Enum):
    """A kind of resource; they are removed in this order."""

    FUNCTION = "function"
    ROLE = "role"
    SECRET = "secret"


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that a run has made, or was about to make."""

    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Which account a run was in."""

    run: str
    account: str
    region: str
    endpoint: str | None
    """None for AWS's own."""


@dataclass(slots=True)
class Journal:
    """The journal of one run, open and locked."""

    path: Path
    where: Whereabouts
    _file: IO[str]
    left: list[Resource] = field(default_factory=list)
    """What is to be removed yet, in the order in which it was made."""

    def will_make(self, resource: Resource) -> None:
        """Write down what is about to be made; it is on the disk when this returns."""
        self.left.append(resource)
        self._write({"make": resource.kind.value, "name": resource.name})

    def gone(self, resource: Resource) -> None:
        """Write down that something is no more."""
        self.left.remove(resource)
        self._write({"gone": resource.kind.value, "name": resource.name})

    def _write(self, line: dict[str, str]) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


@contextmanager
def opened(directory: Path, where: Whereabouts) -> Iterator[Journal]:
    """Keep a journal for the length of a run; one with nothing left to remove is deleted at the end.

    Raises:
        SmslError: It cannot be written.
    """
    path = directory / f"{where.run}.journal"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "r+", encoding="utf-8")
    except OSError as error:
        raise SmslError(
            f"The run's journal cannot be written ({type(error).__name__}), and without it nothing is made.",
            "Check that XDG_STATE_HOME, or ~/.local/state, can be written.",
        ) from None
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        journal = Journal(path, where, file)
        head = {"run": where.run, "account": where.account, "region": where.region, "endpoint": where.endpoint}
        file.write(json.dumps(head) + "\n")
        try:
            yield journal
        finally:
            if not journal.left:
                path.unlink(missing_ok=True)


def abandoned(directory: Path) -> Iterator[Journal]:
    """Yield the journals of runs that are over and have left something, each locked until the next is asked for."""
    for path in sorted(directory.glob("*.journal")):
        try:
            file = path.open("r+", encoding="utf-8")
        except OSError:
            continue  # another clean-up was quicker
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue  # its run is alive
            journal = _read(path, file)
            if journal is None:
                continue
            yield journal
            if not journal.left:
                path.unlink(missing_ok=True)


def _read(path: Path, file: IO[str]) -> Journal | None:
    """Return a journal from its file; None when it has not come to its first line."""
    head, *lines = file.read().splitlines() or [""]
    try:
        said = json.loads(head)
        where = Whereabouts(said["run"], said["account"], said["region"], said["endpoint"])
    except (ValueError, KeyError, TypeError):
        path.unlink(missing_ok=True)  # the run was killed before it made anything
        return None
    journal = Journal(path, where, file)
    for line in lines:
        try:
            row = json.loads(line)
        except ValueError:
            break  # the last line, cut off: what it was to announce was not made
        resource = Resource(Kind(row.get("make") or row["gone"]), row["name"])
        if "make" in row:
            journal.left.append(resource)
        elif resource in journal.left:
            journal.left.remove(resource)
    return journal
