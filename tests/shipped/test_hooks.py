"""The pre-commit hooks: read by pre-commit, and run by it on a repository of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

Git = Callable[..., str]
PRE_COMMIT = Path(sys.executable).with_name("pre-commit")
CHOSEN = {
    "smsl-template": {"template.yaml", "infra/stack.json"},
    "smsl-plan": {"plan.json", "infra/tfplan.json"},
    "smsl-env": {".env", ".env.production", "infra/checkout.env"},
}
OTHERS = {"README.md", "planning.txt", "environment.yml.txt", "infra/env"}


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """Run git in a directory."""

    def run(directory: Path, *arguments: str) -> str:
        names = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
        done = subprocess.run(["git", *names, *arguments], cwd=directory, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    return run


@pytest.fixture
def repository(tmp_path: Path, git: Git) -> Path:
    """An empty repository."""
    directory = tmp_path / "repository"
    directory.mkdir()
    git(directory, "init", "-q")
    return directory


def run_hooks(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pre-commit in a repository, with a cache of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHON"))}
    return subprocess.run(
        [PRE_COMMIT, *arguments],
        cwd=repository,
        env=environment | {"PRE_COMMIT_HOME": str(repository.parent / "cache"), "PRE_COMMIT_COLOR": "never"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def test_the_manifest_is_valid(root: Path, repository: Path) -> None:
    done = run_hooks(repository, "validate-manifest", str(root / ".pre-commit-hooks.yaml"))
    assert (done.returncode, done.stdout) == (0, "")


def test_which_files_a_hook_is_given(root: Path, repository: Path, git: Git) -> None:
    hooks = yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text())
    chosen = ("files", "types", "types_or", "require_serial")
    local = [
        {"id": hook["id"], "name": hook["id"], "entry": "ls", "args": ["-1"], "language": "system", "verbose": True}
        | {key: hook[key] for key in chosen if key in hook}
        for hook in hooks
    ]
    (repository / ".pre-commit-config.yaml").write_text(
        yaml.safe_dump({"repos": [{"repo": "local", "hooks": local}], "exclude": r"^\.pre-commit-config\.yaml$"})
    )
    for name in (*OTHERS, *(name for names in CHOSEN.values() for name in names)):
        (repository / name).parent.mkdir(exist_ok=True)
        (repository / name).write_text("a\n")
    git(repository, "add", "--all")
    assert {hook["id"] for hook in hooks} == set(CHOSEN)
    names = OTHERS.union(*CHOSEN.values())
    for name, files in CHOSEN.items():
        done = run_hooks(repository, "run", name)
        given = names.intersection(done.stdout.splitlines())
        assert given - (CHOSEN["smsl-plan"] if name == "smsl-template" else set()) == files, done.stdout
