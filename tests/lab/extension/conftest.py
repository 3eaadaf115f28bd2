"""A stand for each test, or one for all tests of a module."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_SPEC = importlib.util.spec_from_file_location("extension_stand", Path(__file__).parent / "stand.py")
assert _SPEC is not None
assert _SPEC.loader is not None
STAND = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = STAND
_SPEC.loader.exec_module(STAND)


@pytest.fixture(scope="session")
def tools() -> Any:
    """The stand's module: its servers and its sample answers."""
    return STAND


@pytest.fixture
def stand() -> Iterator[Any]:
    with STAND.standing() as everything:
        yield everything


@pytest.fixture(scope="module")
def lasting_stand() -> Iterator[Any]:
    with STAND.standing() as everything:
        yield everything


@pytest.fixture
def clock(tmp_path: Path) -> Any:
    return STAND.Clock(tmp_path / "clock")
