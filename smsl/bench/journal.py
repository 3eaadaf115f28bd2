"""What a run makes in an account, written down before it is made, so that nothing is lost with a run that is killed.

A file for each run, held locked while the run lives: ``smsl bench clean`` takes up those that nobody holds.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from enum import Enum
from io import FileIO
from pathlib import Path

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
    passing: bool = False
    """Whether the account goes with the run that was in it, as a lab of its own does."""


@dataclass(slots=True)
class Journal:
    """The journal of one run, open and locked."""

    where: Whereabouts
    _file: FileIO
    left: list[Resource] = field(default_factory=list)
    """What is to be removed yet, in the order in which it was made."""

    def begin(self) -> None:
        """Write down where it all is."""
        self._write(asdict(self.where))

    def will_make(self, resource: Resource) -> None:
        """Write down what is about to be made; it is on the disk when this returns.

        Raises:
            SmslError: It cannot be written, so it must not be made.
        """
        self.left.append(resource)
        try:
            self._write({"make": resource.kind.value, "name": resource.name})
        except OSError as error:
            raise _unwritten(error) from None

    def gone(self, resource: Resource) -> None:
        """Write down that something is no more. Saying it twice does no harm: Ctrl-C may come in between."""
        with suppress(OSError):  # whoever cleans up after this run finds that it is not there
            self._write({"gone": resource.kind.value, "name": resource.name})
        self.left = [each for each in self.left if each != resource]

    def _write(self, members: dict[str, object]) -> None:
        line = json.dumps(members).encode() + b"\n"
        if self._file.write(line) != len(line):
            raise OSError("no room")
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
        file = _created(path)
    except OSError as error:
        raise _unwritten(error) from None
    with file:
        journal = Journal(where, file)
        try:
            journal.begin()
        except OSError as error:
            path.unlink(missing_ok=True)
            raise _unwritten(error) from None
        try:
            yield journal
        finally:
            if not journal.left:
                path.unlink(missing_ok=True)


def abandoned(directory: Path) -> Iterator[Journal]:
    """Yield the journals of runs that are over and have left something, each locked until the next is asked for.

    Raises:
        SmslError: One cannot be read; raised after all others.
    """
    unread: Exception | None = None
    for path in sorted(directory.glob("*.journal")):
        try:
            file = FileIO(path, "r+")
        except FileNotFoundError:
            continue  # another clean-up was quicker
        except OSError as error:
            unread = error
            continue
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue  # its run is alive
            try:
                journal = _read(file)
            except (ValueError, TypeError) as error:
                unread = error
                continue
            if journal is not None and journal.left and not journal.where.passing:
                yield journal
                if journal.left:
                    continue
            path.unlink(missing_ok=True)
    if unread is not None:
        raise SmslError(
            f"The journal of a run cannot be read ({type(unread).__name__}), so what it left is not removed.",
            f"Run smsl bench clean as the owner of {directory}, and with the smsl that made it.",
        )


def _created(path: Path) -> FileIO:
    """Make a journal and lock it."""
    while True:
        file = FileIO(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "r+")
        fcntl.flock(file, fcntl.LOCK_EX)
        if path.exists():
            return file
        file.close()  # a clean-up came between the two, and took it for that of a run that was killed


def _read(file: FileIO) -> Journal | None:
    """Return a journal from its file; None when its first line is not whole, so that nothing was made.

    Raises:
        ValueError, TypeError: It is another version's.
    """
    text = file.readall().decode("utf-8", "replace")
    head, end, rest = text.partition("\n")
    if not end:
        return None
    journal = Journal(Whereabouts(**json.loads(head)), file)
    for line in rest.split("\n"):
        try:
            row = json.loads(line)
            made = "make" in row
            resource = Resource(Kind(row["make" if made else "gone"]), str(row["name"]))
        except (ValueError, KeyError, TypeError):
            continue  # cut off: what it was to announce was not made
        others = [each for each in journal.left if each != resource]
        journal.left = [*others, resource] if made else others
    if not text.endswith("\n"):
        with suppress(OSError):
            file.write(b"\n")
    return journal


def _unwritten(error: OSError) -> SmslError:
    return SmslError(
        f"The run's journal cannot be written ({type(error).__name__}), and without it nothing is made.",
        "Check that XDG_STATE_HOME, or ~/.local/state, can be written.",
    )
