"""The recorded plans are those of the Terraform code beside them, and as fresh as they say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
FIXTURES = HERE.parent / "sources" / "tfplan" / "plans"
INFRASTRUCTURES = sorted(file.parent for file in HERE.glob("*/main.tf"))
RECORDED = [*INFRASTRUCTURES, *sorted(file.parent for file in FIXTURES.glob("*/main.tf"))]


def recording(directory: Path) -> Any:
    """Return a directory's plan, or its state where only that was recorded."""
    file = directory / "plan.json"
    return json.loads((file if file.exists() else directory / "state.json").read_text())


def written(directory: Path) -> set[str]:
    """Return the addresses of the blocks of one module's code."""
    blocks = re.findall(r'^(resource|data) "(\w+)" "(\w+)"', (directory / "main.tf").read_text(), re.MULTILINE)
    return {f"data.{kind}.{name}" if mode == "data" else f"{kind}.{name}" for mode, kind, name in blocks}


def modules(directory: Path, module: Any) -> Iterator[tuple[Path, set[str]]]:
    """Yield each module's code and the addresses that the plan's configuration has of it."""
    yield directory, {resource["address"] for resource in module.get("resources", ())}
    for call in module.get("module_calls", {}).values():
        yield from modules(directory / call["source"], call["module"])


@pytest.mark.parametrize("directory", RECORDED, ids=lambda directory: directory.name)
def test_a_recording_is_of_the_code_beside_it(directory: Path) -> None:
    recorded = recording(directory)

    assert recorded["terraform_version"] == "1.11.4"
    if "configuration" in recorded:
        for code, addresses in modules(directory, recorded["configuration"]["root_module"]):
            assert addresses == written(code)


@pytest.mark.parametrize("directory", INFRASTRUCTURES, ids=lambda directory: directory.name)
def test_an_infrastructure_is_planned_afresh(directory: Path) -> None:
    changes = recording(directory)["resource_changes"]

    assert {tuple(change["change"]["actions"]) for change in changes} <= {("create",), ("read",)}
