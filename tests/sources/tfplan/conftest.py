"""The builder of plans, as a fixture: tests are no package."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

_SPEC = importlib.util.spec_from_file_location("tfplan_builder", Path(__file__).parent / "builder.py")
assert _SPEC is not None
assert _SPEC.loader is not None
_BUILDER = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_BUILDER)


@pytest.fixture(scope="session")
def b() -> Any:
    """Return the module that makes plans."""
    return _BUILDER
