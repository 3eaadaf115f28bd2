"""Which files of a directory may keep environment variables, by their names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_NAMES = re.compile(
    r"\.env(?:\..+)?|.+\.env"
    r"|(?:serverless|template|docker-compose|compose)(?:[.-].+)?\.(?:ya?ml|json)|.+\.template(?:\.(?:ya?ml|json))?",
    re.IGNORECASE,
)
_PASSED = frozenset({"node_modules", "site-packages", "__pycache__", "venv"})


def files_of(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield files as they are named, and of a directory those that keep variables by their names, in order.

    Hidden directories and those of installed packages are passed over. A directory that holds none is yielded itself:
    reading it fails, and says so.
    """
    for path in paths:
        if str(path) == "-" or not path.is_dir():
            yield path
            continue
        yield from list(_inside(path)) or [path]


def _inside(directory: Path) -> Iterator[Path]:
    for here, directories, names in os.walk(directory):
        directories[:] = sorted(each for each in directories if not each.startswith(".") and each not in _PASSED)
        yield from (Path(here, name) for name in sorted(names) if _NAMES.fullmatch(name))
