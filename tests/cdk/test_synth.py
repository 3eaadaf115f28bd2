"""The recorded cloud assemblies are what aws-cdk-lib makes of the apps."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

_SPEC = importlib.util.spec_from_file_location("cdk_synth", Path(__file__).parent / "synth.py")
assert _SPEC is not None
assert _SPEC.loader is not None
synth = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(synth)


@pytest.fixture(scope="module")
def packages() -> Path:
    """The npm packages of the apps."""
    installed: Path | None = synth.modules()
    if installed is None:
        pytest.skip("Node.js, npm or aws-cdk-lib cannot be had")
    return installed


@pytest.mark.verify
@pytest.mark.parametrize("name", synth.APPS)
def test_a_fresh_synthesis_is_what_was_recorded(packages: Path, tmp_path: Path, name: str) -> None:
    synth.synthesise(name, packages, tmp_path / "cdk.out")

    assert synth.assembly(tmp_path / "cdk.out") == synth.assembly(synth.RECORDED / name)


def test_every_app_is_recorded_with_a_verdict() -> None:
    assert {path.name for path in synth.RECORDED.iterdir()} == set(synth.APPS)
    assert {row["app"] for row in synth.APPS.values()} | {"parts.js"} == {
        path.name for path in (synth.HERE / "apps").glob("*.js")
    }
    for name, row in synth.APPS.items():
        manifest = json.loads((synth.RECORDED / name / "manifest.json").read_text())
        stacks = [each for each in manifest["artifacts"].values() if each["type"] == "aws:cloudformation:stack"]
        named = {
            resource["Properties"].get("FunctionName")
            for stack in stacks
            for resource in json.loads((synth.RECORDED / name / stack["properties"]["templateFile"]).read_text())[
                "Resources"
            ].values()
            if resource["Type"] == "AWS::Lambda::Function"
        }
        assert set(row["functions"]) == named - {None}


def test_the_recordings_name_no_path_of_a_machine() -> None:
    named = [path for path in synth.RECORDED.rglob("*.json") if str(synth.HERE) in path.read_text()]

    assert named == []
