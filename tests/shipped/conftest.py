"""What is shipped beside the program, run as its hosts run it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

import smsl

ROOT = Path(smsl.__file__).parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's own directory."""
    return ROOT


@pytest.fixture(scope="session")
def runner() -> ModuleType:
    """The GitHub runner in small."""
    spec = importlib.util.spec_from_file_location("shipped_runner", Path(__file__).parent / "runner.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["shipped_runner"] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This tree's smsl as an executable file."""
    file = tmp_path_factory.mktemp("bin") / "smsl"
    file.write_text(
        f"#!{sys.executable} -I\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom smsl.cli import entry\nentry()\n"
    )
    file.chmod(0o755)
    return file
