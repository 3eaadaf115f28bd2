"""What is shipped beside the program, run as its hosts run it."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

import smsl

ROOT = Path(smsl.__file__).parent.parent
TEMPLATE = (Path(__file__).parent / "template.yaml").read_text()
DECRYPT = (
    "- {Sid: Decrypt, Effect: Allow, Action: kms:Decrypt, Resource: !GetAtt Key.Arn,"
    " Condition: {StringEquals: {kms:ViaService: !Sub 'secretsmanager.${AWS::Region}.amazonaws.com'}}}"
)


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
def broken() -> str:
    """A template whose function cannot decrypt its secret."""
    return TEMPLATE.replace("@@DECRYPT@@", "")


@pytest.fixture(scope="session")
def sound() -> str:
    """The same template, mended."""
    return TEMPLATE.replace("@@DECRYPT@@", DECRYPT)


@pytest.fixture(scope="session")
def git() -> Callable[..., str]:
    """Run git in a directory; return what it prints."""

    def run(directory: Path, *arguments: str) -> str:
        names = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
        done = subprocess.run(["git", *names, *arguments], cwd=directory, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    return run


@pytest.fixture
def repository(tmp_path: Path, git: Callable[..., str]) -> Path:
    """An empty repository."""
    directory = tmp_path / "repository"
    directory.mkdir()
    git(directory, "init", "-q")
    return directory


@pytest.fixture
def here(repository: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command in the repository, pre-commit among them, with a cache of pre-commit's own."""

    def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHON"))}
        environment |= {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PRE_COMMIT_HOME": str(repository.parent / "cache"),
            "PRE_COMMIT_COLOR": "never",
            "PIP_NO_COMPILE": "1",
            **variables,
        }
        return subprocess.run(
            command,
            cwd=repository,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    return run
