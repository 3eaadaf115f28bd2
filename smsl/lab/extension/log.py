"""The extension's lines on standard output, in the form that users have published.

`[AWS Parameters and Secrets Lambda Extension] 2024/06/26 02:34:50 INFO Serving on port 2773`; the very first line,
about the level itself, has no level in it.

Source: https://github.com/awslabs/aws-sdk-rust/issues/905
"""

from __future__ import annotations

import os
import time

LEVELS = ("DEBUG", "INFO", "WARN", "ERROR", "NONE")
"""From the most to the least that is written."""

_PREFIX = "[AWS Parameters and Secrets Lambda Extension]"
_LONGEST = 1000
"""Characters of one line: what a pipe takes in one piece, also when each takes four bytes."""
_STANDARD_OUTPUT = 1


class Log:
    """Writes lines of a level and above."""

    __slots__ = ("_rank",)

    def __init__(self, level: str) -> None:
        self._rank = LEVELS.index(level)

    def open(self, text: str) -> None:
        """Write the first line, which stands at every level but NONE."""
        if self._rank < LEVELS.index("NONE"):
            _write(text)

    def write(self, level: str, text: str) -> None:
        """Write a line, if the level is one that is wanted."""
        if LEVELS.index(level) >= self._rank:
            _write(f"{level} {text}")


def _write(text: str) -> None:
    moment = time.strftime("%Y/%m/%d %H:%M:%S", time.gmtime())
    plain = "".join(letter if letter.isprintable() else " " for letter in text[:_LONGEST])
    try:
        os.write(_STANDARD_OUTPUT, f"{_PREFIX} {moment} {plain}\n".encode("utf-8", "replace"))
    except OSError:
        return  # nobody reads any more; the next event tells whether anybody is left at all
