"""The deployment packages of the bench's handlers."""

from __future__ import annotations

import io
import zipfile
from importlib.resources import files

from smsl.bench.names import Strategy

_SUFFIX = {"python": ".py", "nodejs": ".mjs"}
_LONG_AGO = (2026, 1, 1, 0, 0, 0)
"""A fixed date, so that the same handler is the same package."""


def package(runtime: str, strategy: Strategy) -> tuple[bytes, str]:
    """Return the zip of a handler, and its name as Lambda's Handler setting.

    Args:
        runtime: `python` or `nodejs`.
        strategy: Which handler.
    """
    directory = files("smsl.bench").joinpath("handlers", runtime)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (f"{strategy.value}{_SUFFIX[runtime]}", f"measured{_SUFFIX[runtime]}"):
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, directory.joinpath(name).read_bytes())
    return file.getvalue(), f"{strategy.value}.handler"
