"""The clock that the cache goes by, which a lab may step forward.

SMSL_LAB_CLOCK names a file of eight bytes, a little-endian double: seconds to add to the monotonic clock. Minutes of a
time to live then pass in no time.
"""

from __future__ import annotations

import os
import struct
import time


class Clock:
    """Seconds that only ever grow, by themselves and by what the file says.

    Raises:
        OSError: The file cannot be opened.
    """

    __slots__ = ("_file", "_offset")

    def __init__(self, path: str) -> None:
        """Open the file; without a path the clock is the monotonic one."""
        self._file = os.open(path, os.O_RDONLY) if path else -1
        self._offset = 0.0

    def now(self) -> float:
        """Return the time."""
        if self._file >= 0:
            held = os.pread(self._file, 8, 0)
            if len(held) == 8:  # fewer while the file is being written for the first time
                self._offset = struct.unpack("<d", held)[0]
        return time.monotonic() + self._offset
