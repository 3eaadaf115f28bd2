"""A run that does not come to its end: what was measured is a result all the same, and says that it is not whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from smsl.lab.account import Lab


@pytest.mark.verify
def test_a_run_that_cannot_remove_everything_prints_its_result_and_then_fails(lab: Lab, tmp_path: Path) -> None:
    lab.set_faults({"kind": "refuse", "service": "iam", "operation": "DeleteRole"})

    done = bench(lab, tmp_path, "--strategy", "env", "--cold", "1", "--warm", "0", "--warmup", "0")

    found = json.loads(done.stdout)
    assert done.returncode == 2
    assert found["results"][0]["cold"]["n"] == 1
    assert found["conditions"]["interrupted"] is False, "everything was measured"
    saved, *error = done.stderr.splitlines()[-3:]
    assert json.loads(Path(saved.removeprefix("Saved as ")).read_text()) == found
    assert error == [
        "smsl: Not everything could be removed: AWS refused iam:DeleteRole (AccessDenied).",
        "Remove the rest with: smsl bench clean",
    ]


@pytest.mark.verify
def test_a_run_that_fails_half_way_prints_what_it_has(lab: Lab, tmp_path: Path) -> None:
    command, environment = called(lab, tmp_path, "--strategy", "env", "--cold", "500", "--warmup", "0")
    running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    results = tmp_path / "smsl" / "bench"
    while not list(results.glob("*.json")):
        assert running.poll() is None
        time.sleep(0.05)
    (saved,) = results.glob("*.json")
    under_way = json.loads(saved.read_text())
    lab.set_faults({"kind": "throttle", "service": "lambda", "operation": "Invoke"})
    output, errors = running.communicate(timeout=60)

    assert under_way["conditions"]["interrupted"] is True, "whoever finds it after a power cut must see that"
    assert running.returncode == 2
    found = json.loads(output)
    assert 1 <= found["results"][0]["cold"]["n"] < 500
    assert found["conditions"]["interrupted"] is True
    assert json.loads(saved.read_text()) == found
    assert errors.splitlines()[-2:] == [
        "smsl: AWS throttled lambda:InvokeFunction (TooManyRequestsException).",
        "Try again in a minute.",
    ]


def test_a_proxy_is_not_asked_for_the_lab(tmp_path: Path) -> None:
    """Where both spellings of NO_PROXY are set the small one counts."""
    proxies = {"http_proxy": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "no_proxy": "example.com"}
    done = subprocess.run(
        [sys.executable, "-m", "smsl.cli", "bench", "--strategy", "env", "--cold", "1", "--warm", "0", "--no-rotation"],
        env={**os.environ, **proxies, "XDG_STATE_HOME": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr


def bench(lab: Lab, state: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command, environment = called(lab, state, *arguments)
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def called(lab: Lab, state: Path, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """Return the command of a run in an account, for which the lab stands, and its environment."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    command = [sys.executable, "-m", "smsl.cli", "bench", "--target", "aws", "--yes", "--format", "json", *arguments]
    return command, {**inherited, **lab.environment, "XDG_STATE_HOME": str(state)}
