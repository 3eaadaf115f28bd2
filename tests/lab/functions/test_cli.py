"""The AWS CLI against functions of the lab: what people type, from creating one to deleting it."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from smsl.lab.account import Lab
from smsl.lab.stage import make_role, open_stage
from tests.lab.functions.conftest import zipped

CODE = (
    "import os\n\ndef handler(event, context):\n    print('said')\n    return [event, os.environ.get('SAYING'), {!r}]\n"
)
IN_ONE_PROCESS = """
import contextlib, io, json, sys
from awscli.clidriver import create_clidriver

driver = create_clidriver()
for arguments in json.load(sys.stdin):
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        status = driver.main(arguments)
    print(json.dumps([status, said.getvalue()]), flush=True)
"""


def in_one_process(commands: list[list[str]], environment: Mapping[str, str]) -> list[tuple[int, str]]:
    """Run the CLI's own entry for all commands in one process: an import of it takes most of a command's time."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", IN_ONE_PROCESS], input=json.dumps(commands), capture_output=True,
        text=True, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


def one_by_one(commands: list[list[str]], environment: Mapping[str, str]) -> list[tuple[int, str]]:
    program = str(Path(sys.executable).parent / "aws")
    results = []
    for each in commands:
        done = subprocess.run([program, *each], capture_output=True, text=True, env=environment, check=False)
        results.append((done.returncode, done.stdout))
    return results


@pytest.mark.parametrize("way", [in_one_process, pytest.param(one_by_one, marks=pytest.mark.verify)])
def test_the_command_line_takes_a_function_through_its_life(
    way: Callable[..., list[tuple[int, str]]], lab: Lab, tmp_path: Path
) -> None:
    role = make_role(open_stage(lab.url), f"runner-{way.__name__}")
    name = way.__name__.replace("_", "-")
    for number in ("one", "two"):
        (tmp_path / f"{number}.zip").write_bytes(zipped({"app.py": CODE.format(number)}))
    answers = [str(tmp_path / f"answer-{number}") for number in range(3)]

    def command(operation: str, *more: str) -> list[str]:
        return ["lambda", *operation.split(), "--function-name", name, *more]

    given = json.dumps({"a": "ü"})
    results = way(
        [
            command(
                "create-function", "--runtime", "python3.12", "--role", role, "--handler", "app.handler",
                "--zip-file", f"fileb://{tmp_path}/one.zip",
            ),
            command("wait function-active-v2"),
            command("invoke", "--payload", given, "--log-type", "Tail", answers[0]),
            command("update-function-configuration", "--environment", "Variables={SAYING=hello}"),
            command("wait function-updated-v2"),
            command("publish-version"),
            command("update-function-code", "--zip-file", f"fileb://{tmp_path}/two.zip"),
            command("invoke", "--payload", given, answers[1]),
            command("invoke", "--payload", given, "--qualifier", "1", answers[2]),
            command("invoke", "--payload", "{no json", str(tmp_path / "none")),
            command("delete-function"),
            command("invoke", str(tmp_path / "none")),
        ],
        {**lab.environment, "PATH": "", "HOME": str(tmp_path), "AWS_SECRET_ACCESS_KEY": "lab"},
    )  # fmt: skip

    statuses = [status for status, _ in results]
    assert [bool(status) for status in statuses] == [False] * 9 + [True, False, True]
    said = [json.loads(text) if text else {} for _, text in results]
    assert (said[0]["State"], said[0]["Runtime"]) == ("Active", "python3.12")
    log = base64.b64decode(said[2]["LogResult"]).decode()
    assert (said[2]["StatusCode"], said[2]["ExecutedVersion"]) == (200, "$LATEST")
    assert "\nsaid\nEND RequestId: " in log
    assert "\nREPORT RequestId: " in log
    assert (said[5]["Version"], said[8]["ExecutedVersion"]) == ("1", "1")
    assert [json.loads(Path(each).read_text()) for each in answers] == [
        [{"a": "ü"}, None, "one"],
        [{"a": "ü"}, "hello", "two"],
        [{"a": "ü"}, "hello", "one"],
    ]
    assert lab.environments() == {}
