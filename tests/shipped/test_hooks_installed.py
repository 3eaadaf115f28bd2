"""The hooks as their host runs them: pre-commit installs smsl from a clone, and holds up a commit."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

Git = Callable[..., str]
Here = Callable[..., "subprocess.CompletedProcess[str]"]
PASSWORD = "4Xt9Rm2Zq7Vk"[::-1]  # it stands nowhere as it is


@pytest.mark.verify
@pytest.mark.timeout(300)
def test_a_commit_is_held_up_until_it_is_sound(
    root: Path, repository: Path, here: Here, git: Git, broken: str, sound: str
) -> None:
    clone = repository.parent / "smsl"
    clone.mkdir()
    shutil.copytree(root / "smsl", clone / "smsl", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", ".pre-commit-hooks.yaml"):
        shutil.copy(root / name, clone / name)
    git(clone, "init", "-q")
    git(clone, "add", "--all")
    git(clone, "commit", "-q", "-m", "all")
    hooks = [{"id": hook["id"]} for hook in yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text())]
    own = {"repo": str(clone), "rev": git(clone, "rev-parse", "HEAD"), "hooks": hooks}
    files = {
        ".pre-commit-config.yaml": yaml.safe_dump({"repos": [own]}),
        "template.yaml": broken,
        "compose.yaml": "services: {checkout: {image: python}}\n",
        "plan-of-nothing.json": '{"format_version": "1.2", "resource_changes": []}\n',
        ".env": f"DB_PASSWORD={PASSWORD}\nLOG_LEVEL=info\n",
    }

    def commit() -> subprocess.CompletedProcess[str]:
        for name, text in files.items():
            (repository / name).write_text(text)
        git(repository, "add", "--all")
        names = {"NAME": "a", "EMAIL": "a@example.com"}
        who = {f"GIT_{role}_{name}": text for role in ("AUTHOR", "COMMITTER") for name, text in names.items()}
        return here("git", "commit", "-m", "all", **who)

    assert here("pre-commit", "install").returncode == 0
    held = commit()
    results = dict(re.findall(r"^smsl \((.*?)\)\.+(?:\(.*\))?(\w+)$", held.stdout, re.MULTILINE))
    assert results == {
        "CloudFormation and SAM templates": "Failed",
        "Terraform plans": "Passed",
        "secrets in .env files": "Failed",
    }, held.stdout
    assert "payments ($LATEST) cannot read prod/payments/db" in " ".join(held.stdout.split())
    assert "decrypt-denied" in held.stdout
    assert ".env" in held.stdout
    assert PASSWORD not in held.stdout
    assert held.returncode == 1

    files["template.yaml"] = sound
    files[".env"] = "DB_SECRET_NAME=prod/payments/db\n"
    done = commit()
    assert (done.returncode, done.stdout.count("Passed")) == (0, 3), done.stdout
    assert git(repository, "log", "--format=%s") == "all"
