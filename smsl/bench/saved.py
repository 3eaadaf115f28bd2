"""Results on the disk: written whole at each step of a run, read back to be compared."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from smsl.bench.names import Phase
from smsl.bench.report.document import SCHEMA
from smsl.model.errors import InputError, SmslError

_LARGEST = 1e12
"""Beyond any time or count of a run."""

Condition = str | float | Mapping[str, str]
"""A text, a number, true or false, or texts by runtime."""


@dataclass(frozen=True, slots=True)
class Times:
    """One phase of one strategy on one runtime, as it was saved."""

    strategy: str
    runtime: str
    phase: Phase
    milliseconds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved result, as far as a comparison wants it."""

    run: str
    target: str
    times: tuple[Times, ...]
    calls: Mapping[tuple[str, str], tuple[float | None, float | None]]
    """By strategy and runtime: calls of a cold start, and of a hundred warm invocations."""
    conditions: Mapping[str, Condition]
    """Those that move times or calls, by their names in the file; without what the file does not say, or says to be
    nothing."""


def save(path: Path, text: str) -> None:
    """Write a result, readable by its owner alone, such that a reader sees the old one or the new one whole.

    Raises:
        SmslError: It cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, half = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            Path(half).replace(path)
        except BaseException:
            Path(half).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise SmslError(
            f"The result cannot be saved ({type(error).__name__}).", "Give another --output, or make room."
        ) from None


def writable(path: Path) -> None:
    """Find out before a run whether its result can be saved.

    Raises:
        SmslError: It cannot.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SmslError(f"The result cannot be saved ({type(error).__name__}).", "Give another --output.") from None
    # What is there is replaced, and a device, /dev/null say, must not be.
    if (path.exists() and not path.is_file()) or not os.access(path.parent, os.W_OK):
        raise SmslError("The result cannot be saved there.", "Give another --output, a file.")


def load(path: Path) -> Saved:
    """Read a saved result.

    Raises:
        InputError: It cannot be read, or is none; quotes nothing of it.
    """
    name = path.name
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{name} cannot be read ({type(error).__name__}).") from None
    except (ValueError, RecursionError):
        raise InputError(f"{name} is not JSON.") from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise InputError(f"{name} is no result of smsl bench.", "Save one with: smsl bench --output FILE")
    try:
        results = document["results"]
        times = tuple(
            Times(_text(row["strategy"]), _text(row["runtime"]), phase, _times(row["samples"][phase.value]))
            for row in results
            for phase in Phase
        )
        calls = {
            (_text(row["strategy"]), _text(row["runtime"])): (
                _number_if_any(row["api_calls"].get("per_cold_start")),
                _number_if_any(row["api_calls"].get("per_100_warm")),
            )
            for row in results
        }
        conditions = _conditions(document.get("conditions"))
        return Saved(_text(document["run"]), _text(document["target"]), times, calls, conditions)
    except (KeyError, TypeError, AttributeError):
        raise InputError(f"{name} is a result of smsl bench with members missing, or of another form.") from None


def _conditions(values: object) -> dict[str, Condition]:
    """Return what can be read: an older file may lack a condition, and its times can be compared without."""
    found: dict[str, Condition] = {}
    if isinstance(values, dict):
        for name, read in _CONDITIONS.items():
            with suppress(TypeError):
                found[name] = read(values.get(name))
    return found


def _times(values: object) -> tuple[float, ...]:
    if not isinstance(values, list):
        raise TypeError
    return tuple(map(_number, values))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: object) -> float:
    # A boolean is an int to Python, an int may be too large for a float, and NaN fails both comparisons.
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value < _LARGEST:
        raise TypeError
    return float(value)


def _number_if_any(value: object) -> float | None:
    return None if value is None else _number(value)


def _condition(value: object) -> float:
    # As it was written: three secrets are 3, not 3.0.
    if not isinstance(value, (int, float)):
        raise TypeError
    _number(value)
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _texts(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TypeError
    return {str(name): text for name, text in value.items() if isinstance(text, str)}


_CONDITIONS: Mapping[str, Callable[[object], Condition]] = {
    "interrupted": _flag,
    "secrets": _condition,
    "ttl": _condition,
    "memory_mb": _condition,
    "placement": _text,
    "architecture": _text,
    "at_once": _condition,
    "warmup": _condition,
    "service_latency": _text,
    "throttled": _condition,
    "failing": _condition,
    "extension": _text,
    "region": _text,
    "machine": _text,
    "runtimes": _texts,
}
