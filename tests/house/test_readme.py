"""The generated parts of the README are what the program says today."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import smsl

ROOT = Path(smsl.__file__).parent.parent


def test_the_generated_parts_are_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    page = (ROOT / "README.md").read_text()

    assert generate.filled(page) == page, "run: python docs/generate.py"
