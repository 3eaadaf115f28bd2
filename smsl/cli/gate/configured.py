"""Finding and reading the configuration."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from smsl.gate.settings import Settings
from smsl.model.errors import InputError, SmslError

Read: TypeAlias = Callable[[Path], str | None]
"""Returns a file's text; None where there is no such file. Raises InputError where it cannot be read."""
NAMES = ("smsl.toml", "pyproject.toml")
"""In a directory the first comes first."""
_MOST_BYTES = 64 * 1024 * 1024


def from_disk(path: Path) -> str | None:
    """Return the text of a file; None where there is none.

    Raises:
        InputError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: This file cannot be read ({type(error).__name__}).", "Name another.") from None
    return decoded(content, path)


def decoded(content: bytes, path: Path) -> str:
    """Return the text of a file's bytes.

    Raises:
        InputError: They are too many, or not UTF-8.
    """
    if len(content) > _MOST_BYTES:
        raise InputError(f"{path}: This file has more than {_MOST_BYTES >> 20} MiB.", "Name another.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path}: This file is not text in UTF-8.", "Name another.") from None


def configured(named: Path | None, read: Read) -> Settings:
    """Return the configuration: the one that is named, else the nearest; empty where there is none.

    Raises:
        InputError: It cannot be read, or says what cannot be.
        SmslError: The one that is named does not exist.
    """
    from smsl.gate.configuration import parse

    if named is not None:
        text = read(named)
        if text is None:
            raise SmslError("The file of --config does not exist.", "Name another, or leave --config out.")
        found = parse(text, str(named), _rules)
        if found is None:
            raise SmslError("The file of --config has no [tool.smsl].", "Add the table, or name another file.")
        return found
    for path in candidates(Path.cwd()):
        text = read(path)
        found = None if text is None else parse(text, os.path.relpath(path), _rules)
        if found is not None:
            return found
    return Settings()


def candidates(start: Path) -> Iterator[Path]:
    """Yield where a configuration may stand, the nearest first: up to the repository's root.

    Outside of a repository only `start` itself counts: what lies above it may be anybody's.
    """
    upwards = [start, *start.parents]
    root = next((place for place, each in enumerate(upwards) if os.path.lexists(each / ".git")), 0)
    for directory in upwards[: root + 1]:
        for name in NAMES:
            yield directory / name


def _rules() -> frozenset[str]:
    from smsl.checks import CHECKS

    return frozenset(check.RULE.id for check in CHECKS)
