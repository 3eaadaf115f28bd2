"""Lines in and lines out, for the commands that other programs drive."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from smsl.model.errors import InputError


@contextmanager
def lines_of(path: Path) -> Iterator[Iterable[str]]:
    """Yield the lines of a file, or of stdin for ``-``, as they come; bytes that are not UTF-8 are replaced.

    Raises:
        InputError: The file cannot be opened.
    """
    if str(path) == "-":
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(encoding="utf-8", errors="replace")
        yield sys.stdin
        return
    try:
        file = path.open(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(f"The file cannot be read ({type(error).__name__}).", "Check its name.") from None
    with file:
        yield file


def write_line(line: str) -> None:
    """Write one line of a result."""
    sys.stdout.write(f"{line}\n")
