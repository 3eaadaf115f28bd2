"""The whole action as GitHub runs it: smsl is installed from the action's own checkout, and judges a change."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Git = Callable[..., str]
OWN = '[[suppressions]]\nrule = "decrypt-denied"\nreason = "of the change itself"\n'
HIJACKING = ("venv", "ensurepip", "pip", "smsl", "typer", "json", "sitecustomize")


@pytest.mark.verify
@pytest.mark.timeout(300)
def test_a_workflow(runner: ModuleType, root: Path, tmp_path: Path, git: Git, broken: str, sound: str) -> None:
    workspace, temporary = tmp_path / "workspace", tmp_path / "temporary"
    workspace.mkdir()
    temporary.mkdir()
    for name in HIJACKING:  # what a change brings along must not run
        (workspace / f"{name}.py").write_text("raise SystemExit('hijacked')\n")

    def run(given: dict[str, str], instead: dict[str, Any], event: Mapping[str, Any] | None = None) -> Any:
        python = {"python-path": sys.executable}
        return runner.Runner(root, workspace, temporary, {"actions/setup-python": python}, instead).run(given, event)

    (workspace / "template.yaml").write_text(broken)
    first = run({"template": "template.yaml", "sarif-file": "smsl.sarif"}, {})
    installed = {name: first.steps[name] for name in ("found", "install")}
    assert Path(installed["install"]["smsl"]).is_relative_to(temporary)
    assert (first.success, first.outputs) == (False, {"exit-code": "1", "sarif": "smsl.sarif"}), first.log
    (denied,) = [each for each in first.commands if each.name == "error"]
    assert denied.title == "decrypt-denied (critical): payments"
    assert denied.file == "template.yaml"
    assert first.summary.startswith("## BLOCKED: payments")
    (log,) = json.loads((workspace / "smsl.sarif").read_text())["runs"]
    (result,) = [each for each in log["results"] if each["ruleId"] == "decrypt-denied"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "template.yaml"
    assert place["region"]["startLine"] == denied.line
    assert "Action: secretsmanager:GetSecretValue" in "\n".join(broken.splitlines()[denied.line - 1 :][:4])

    git(workspace, "init", "-q")
    git(workspace, "commit", "-q", "--allow-empty", "-m", "base")
    event = {"pull_request": {"base": {"sha": git(workspace, "rev-parse", "HEAD")}}}
    (workspace / "smsl.toml").write_text(OWN)
    git(workspace, "add", "--all")
    git(workspace, "commit", "-q", "-m", "change")
    silenced = run({}, installed)
    assert silenced.outputs["exit-code"] == "0", silenced.log
    change = run({}, installed, event)
    assert change.outputs["exit-code"] == "1", change.log
    assert "of the change itself" in change.summary.replace("\\", "")
    (workspace / "smsl.toml").unlink()

    (workspace / "template.yaml").write_text(sound)
    mended = run({}, installed)
    assert (mended.success, mended.outputs["exit-code"]) == (True, "0"), mended.log
    assert [each for each in mended.commands if each.name == "error"] == []

    (workspace / "template.yaml").unlink()
    empty = run({}, installed)
    assert (empty.success, empty.outputs) == (False, {"exit-code": "2", "sarif": ""})
