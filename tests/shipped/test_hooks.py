"""The pre-commit hooks: read by pre-commit, each given the files that are its business."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import yaml

Git = Callable[..., str]
Here = Callable[..., "subprocess.CompletedProcess[str]"]
CHOSEN = {
    "smsl-template": {"template.yaml", "infra/stack.json"},
    "smsl-plan": {"plan.json", "infra/tfplan.json"},
    "smsl-env": {".env", ".env.production", "infra/checkout.env"},
}
OTHERS = {"README.md", "planning.txt", "environment.yml.txt", "infra/env"}


def test_the_manifest_is_valid(root: Path, here: Here) -> None:
    done = here("pre-commit", "validate-manifest", str(root / ".pre-commit-hooks.yaml"))
    assert (done.returncode, done.stdout) == (0, "")


def test_which_files_a_hook_is_given(root: Path, repository: Path, here: Here, git: Git) -> None:
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
        done = here("pre-commit", "run", name)
        given = names.intersection(done.stdout.splitlines())
        assert given - (CHOSEN["smsl-plan"] if name == "smsl-template" else set()) == files, done.stdout
