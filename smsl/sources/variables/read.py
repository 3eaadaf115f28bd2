"""A file, or what comes on standard input, as variables: which form it has, and its lines as text."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from smsl.model.errors import InputError
from smsl.sources.variables.entry import Item

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_PEEKED, _TOLD = 4096, 200
_YAML_LINE = re.compile(r"(?:---|%YAML|- |-$|['\"]?[\w.${}:/ -]+['\"]?\s*:(?:\s|$))")


class Form(StrEnum):
    """How variables are written."""

    ENV = "env"
    JSON = "json"
    JSONL = "jsonl"
    YAML = "yaml"


_SUFFIXES = {
    ".env": Form.ENV,
    ".json": Form.JSON,
    ".jsonl": Form.JSONL,
    ".ndjson": Form.JSONL,
    ".yml": Form.YAML,
    ".yaml": Form.YAML,
    ".template": Form.YAML,
}


def form_of(path: Path) -> Form | None:
    """Return the form that a file's name says: None where it says nothing, as for standard input."""
    if path.name == ".env" or path.name.startswith(".env."):
        return Form.ENV
    return _SUFFIXES.get(path.suffix.lower())


@contextmanager
def text_of(path: Path) -> Iterator[Iterable[str]]:
    """Yield the lines of a file, or of standard input for ``-``, as they come; bytes that are not UTF-8 are replaced.

    Raises:
        InputError: The file cannot be opened or read, or is text in UTF-16.
    """
    if str(path) == "-":
        if sys.stdin is None:
            raise InputError("There is no standard input.", "Name a file.")
        _refuse_utf_16(sys.stdin.buffer)
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")
        yield _told(sys.stdin)
        return
    try:
        file = path.open("rb")
    except IsADirectoryError:
        raise InputError(
            "The directory holds no .env, serverless.yml, template.yaml or compose file.", "Name the files themselves."
        ) from None
    except OSError as error:
        raise _unreadable(error) from None
    with io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace") as text:
        _refuse_utf_16(file)
        yield _told(text)


def _told(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines; a disk or a device that fails while it is read is told as a file that does not open."""
    try:
        yield from lines
    except OSError as error:
        raise _unreadable(error) from None


def _unreadable(error: OSError) -> InputError:
    return InputError(f"The file cannot be read ({type(error).__name__}).", "Check its name and its mode.")


def _refuse_utf_16(file: BinaryIO) -> None:
    try:
        start = file.peek(_PEEKED)[:_PEEKED] if isinstance(file, io.BufferedReader) else b""
    except OSError as error:
        raise _unreadable(error) from None
    if start.startswith(_UTF_16) or b"\0" in start:
        raise InputError(
            "The file is not text in UTF-8: it is UTF-16, or no text at all.",
            "Convert it first: iconv -f UTF-16 -t UTF-8 FILE > NEW (PowerShell: Out-File -Encoding utf8).",
        )


def read(lines: Iterable[str], form: Form | None = None) -> Iterator[Item]:
    """Yield the variables of one file in order.

    Args:
        lines: With their ends, or without.
        form: None leaves it to the first line that says something.
    """
    waiting = iter(lines)
    if form is None:
        read_ahead: list[str] = []
        form = _sniffed(waiting, read_ahead)
        waiting = chain(read_ahead, waiting)
    match form:
        case Form.ENV:
            from smsl.sources.variables.dotenv import entries

            yield from entries(waiting)
        case Form.YAML:
            from smsl.sources.variables.documents import yaml_items

            yield from yaml_items("".join(line if line.endswith("\n") else f"{line}\n" for line in waiting))
        case Form.JSON:
            from smsl.sources.variables.documents import json_items

            yield from json_items(waiting)
        case Form.JSONL:
            from smsl.sources.variables.documents import json_line_items

            yield from json_line_items(waiting)


def _sniffed(lines: Iterator[str], seen: list[str]) -> Form:
    """Return the form that the first telling line shows; what is read for it is added to `seen`."""
    for line in lines:
        seen.append(line)
        text = line.strip().removeprefix("\ufeff")
        if not text or text.startswith("#"):
            continue
        if text.startswith(("{", "[")):
            return Form.JSON
        return Form.YAML if _YAML_LINE.match(text[:_TOLD]) else Form.ENV
    return Form.ENV
