"""What a template answers: one thing changed at a time in a template whose function reads its secret."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from smsl.cli.program import app
from smsl.model.finding import Severity

_ROWS = json.loads((Path(__file__).parent / "questions.json").read_text(encoding="utf-8"))
BASE = _ROWS["base"]
CASES = _ROWS["cases"]


def changed(case: dict[str, Any]) -> dict[str, Any]:
    """Return the base with what a case sets, by dotted paths; null takes away."""
    template = json.loads(json.dumps(BASE))
    for path, value in case.get("set", {}).items():
        *above, last = path.split(".")
        at = template
        for step in above:
            at = at[int(step)] if isinstance(at, list) else at.setdefault(step, {})
        if isinstance(at, list):
            at[int(last) :] = [value]
        elif value is None:
            del at[last]
        else:
            at[last] = value
    return template


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_question(case: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "template.json"
    file.write_text(json.dumps(changed(case)), encoding="utf-8")
    options = ["--template", str(file), "--format", "json", *case.get("options", [])]
    result = CliRunner(env={"AWS_REGION": "", "AWS_DEFAULT_REGION": ""}).invoke(app, ["audit", *options])
    report = json.loads(result.stdout)
    high = {str(Severity.CRITICAL), str(Severity.HIGH)}
    assert {
        "verdict": [each["verdict"] for each in report["functions"]],
        "findings": sorted(each["rule"] for each in report["findings"] if each["severity"] in high),
        "exit": result.exit_code,
    } == {
        "verdict": [case["verdict"]],
        "findings": case.get("findings", []),
        "exit": 1 if case.get("findings") else 3 if case["verdict"] == "unknown" else 0,
    }
    for word in case.get("because", []):
        assert word in result.stdout


@pytest.mark.parametrize(
    "files", [("dev/app.json", "prod/app.json"), ("dev.json", "prod.json")], ids=["two directories", "one directory"]
)
def test_two_templates_that_make_the_same_are_judged_apart(files: tuple[str, str], tmp_path: Path) -> None:
    named = {"Resources.Function.Properties.FunctionName": "app", "Resources.Role.Properties.RoleName": "app-exec"}
    granted = changed({"set": named})
    refused = changed({"set": {**named, "Resources.Role.Properties.Policies": []}})
    for file, template in zip(files, (refused, granted), strict=True):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(json.dumps(template), encoding="utf-8")
    result = CliRunner().invoke(app, ["audit", "--from", str(tmp_path), "--format", "json"])
    report = json.loads(result.stdout)
    assert sorted(each["verdict"] for each in report["functions"]) == ["blocked", "readable"]
    [finding] = [each for each in report["findings"] if each["rule"] == "read-denied"]
    assert finding["location"].startswith(str(tmp_path / files[0]))
