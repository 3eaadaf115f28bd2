"""What the pages tell to paste is what the hosts read, and does what the page says."""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

import smsl
from smsl.cli import options
from smsl.cli.commands import audit
from smsl.cli.gate import options as gate

ROOT = Path(smsl.__file__).parent.parent
PAGES = sorted((*(ROOT / "docs").glob("*.md"), ROOT / "README.md"))
_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
TOOLS = Path(sys.executable).parent
PYTHON = """#!{python} -I
import json, sys
from pathlib import Path
with Path({record!r}).open("a") as file:
    file.write(json.dumps(sys.argv[1:]) + "\\n")
if "venv" in sys.argv:
    (Path(sys.argv[-1]) / "bin").mkdir()
    for name in ("python", "smsl"):
        (Path(sys.argv[-1]) / "bin" / name).symlink_to(__file__)
"""


def blocks(page: str, language: str) -> list[str]:
    """Return a page's blocks in a language, without what a list indents them by."""
    found = _BLOCK.findall((ROOT / "docs" / page).read_text())
    return [re.sub(rf"^{indent}", "", text, flags=re.MULTILINE) for indent, name, text in found if name == language]


def filled(text: str) -> str:
    return text.replace("OWNER", "a").replace("REVISION", "a1" * 20)


def check(schema: str, file: Path) -> None:
    done = subprocess.run(
        [TOOLS / "check-jsonschema", "--builtin-schema", schema, file], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A directory for PATH in which ``python3`` makes environments whose smsl writes down what it is asked."""
    directory = tmp_path / "tools"
    directory.mkdir()
    (directory / "python3").write_text(PYTHON.format(python=sys.executable, record=str(tmp_path / "asked")))
    (directory / "python3").chmod(0o755)
    return directory


def asked(tools: Path) -> Iterator[list[str]]:
    """Yield what was run, in order."""
    for line in (tools.parent / "asked").read_text().splitlines():
        yield json.loads(line)


def run(script: str, tools: Path, shell: list[str], variables: dict[str, str]) -> list[str]:
    """Run a script that installs smsl and calls it; return what smsl was asked."""
    workspace = tools.parent / "workspace"
    workspace.mkdir(exist_ok=True)
    (tools.parent / "asked").unlink(missing_ok=True)
    environment = {"PATH": f"{tools}:{os.environ['PATH']}", "TMPDIR": str(tools.parent), **variables}
    done = subprocess.run([*shell, script], cwd=workspace, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    venv, install, audit = asked(tools)
    assert venv[:3] == ["-I", "-m", "venv"]
    assert install[:4] == ["-I", "-m", "pip", "install"]
    assert Requirement(install[-1]).name == "smsl-aws"
    assert list(workspace.iterdir()) == []
    return audit


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_names_somebody_elses_distribution(page: Path) -> None:
    assert (
        re.findall(
            r"(?:pip|pipx|uvx?)\b[^\n`]*\bsmsl(?!-aws)(?![\w/.])", re.sub(r"\$\w+|bin/smsl", "", page.read_text())
        )
        == []
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("text", [*map(filled, blocks("github.md", "yaml"))], ids=["templates", "plans"])
def test_a_workflow_is_one(text: str, tmp_path: Path) -> None:
    file = tmp_path / "workflow.yml"
    file.write_text(text)
    check("vendor.github-workflows", file)
    (job,) = yaml.safe_load(text)["jobs"].values()
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    (ours,) = [step for step in job["steps"] if step.get("uses", "").startswith("a/smsl@")]
    assert set(ours["with"]) <= set(action["inputs"])
    assert set(re.findall(r"steps\.smsl\.outputs\.([\w-]+)", text)) <= set(action["outputs"])


def test_the_page_on_github_tells_every_input_and_output() -> None:
    action: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
    rows = re.findall(r"^\| `([\w-]+)` \| ?([^|]*?) ?\|", (ROOT / "docs" / "github.md").read_text(), re.MULTILINE)
    assert [name for name, _ in rows] == [*action["inputs"], *action["outputs"]]
    shown = {name: default.strip("`") for name, default in rows if default.startswith("`")}
    assert {name: shown[name] for name in action["inputs"] if name in shown} == {
        name: each["default"] for name, each in action["inputs"].items() if each["default"] in {"true", "false"}
    }


def test_gitlabs_job(tools: Path, tmp_path: Path) -> None:
    (text,) = blocks("gitlab.md", "yaml")
    file = tmp_path / ".gitlab-ci.yml"
    file.write_text(filled(text))
    check("vendor.gitlab-ci", file)
    job = yaml.safe_load(filled(text))["smsl"]
    script = "\n".join([*job["before_script"], *job["script"]])  # GitLab runs them in one shell
    shell = ["bash", "-e", "-o", "pipefail", "-c"]
    formats = ["--format", "console"]
    for name, report in (("gitlab", "codequality"), ("junit", "junit")):
        formats += ["--format", f"{name}={job['artifacts']['reports'][report]}"]
    assert run(script, tools, shell, job["variables"]) == ["audit", "--from", ".", *formats]
    request = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": "1" * 40}
    trusted = ["--trusted-ref", "1" * 40]
    assert run(script, tools, shell, job["variables"] | request) == ["audit", "--from", ".", *trusted, *formats]


def test_jenkins_step(tools: Path) -> None:
    (text,) = blocks("jenkins.md", "groovy")
    (script,) = re.findall(r"sh '''\n(.*?)'''", filled(text), re.DOTALL)
    assert "\\" not in script  # Groovy would take it
    read = {"junit": r"testResults: '(.*?)'", "sarif": r"pattern: '(.*?)'"}
    formats = ["--format", "console"]
    for name, pattern in read.items():
        formats += ["--format", f"{name}={re.findall(pattern, text)[0]}"]
    shell = ["sh", "-xe", "-c"]
    assert run(script, tools, shell, {}) == ["audit", "--from", ".", *formats]
    trusted = ["--trusted-ref", "origin/main"]
    assert run(script, tools, shell, {"CHANGE_TARGET": "main"}) == ["audit", "--from", ".", *trusted, *formats]


def test_pre_commits_configurations(tmp_path: Path) -> None:
    hooks = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    texts = [filled(text) for text in blocks("pre-commit.md", "yaml")]
    files = [tmp_path / f"{place}.yaml" for place in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text)
        (repository,) = yaml.safe_load(text)["repos"]
        assert {hook["id"] for hook in repository["hooks"]} <= hooks
        words = [word for hook in repository["hooks"] for word in hook.get("args", ())]
        assert all(re.fullmatch(r"--[a-z-]+(=.+)?", word) for word in words)
    done = subprocess.run(
        [TOOLS / "pre-commit", "validate-config", *files], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_options_that_the_pages_show_are_some() -> None:
    known = set(
        re.findall(r"--[a-z-]+", inspect.getsource(options) + inspect.getsource(gate) + inspect.getsource(audit))
    )
    shown = {
        word
        for page in PAGES
        for command in re.findall(r"smsl\"? audit\b[^\n`]*", page.read_text())
        for word in re.findall(r"(?<![\w-])--[a-z-]+", command.partition("#")[0])
    }
    assert shown - known == set()
