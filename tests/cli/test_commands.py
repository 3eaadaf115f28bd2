"""The commands from end to end, against files and the embedded account."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

import smsl.render
from smsl.cli.commands.capture import write_private

Run = Callable[..., "subprocess.CompletedProcess[str]"]
SCHEMA: dict[str, Any] = json.loads((Path(smsl.render.__file__).parent / "report.schema.json").read_text())


def test_explain_lists_and_suggests(smsl: Run) -> None:
    listed = smsl("explain").stdout
    assert re.search(r"^read-denied +critical +role ", listed, re.MULTILINE)
    assert smsl("explain", "read-denied").stdout.startswith("read-denied (critical, area role): ")
    done = smsl("explain", "reed-denied")
    assert done.returncode == 2
    assert "smsl explain read-denied" in done.stderr


def test_needs_is_a_policy_that_reads_only(smsl: Run) -> None:
    policy = json.loads(smsl("needs").stdout)
    actions = [action for statement in policy["Statement"] for action in statement["Action"]]
    assert "secretsmanager:DescribeSecret" in actions
    assert "secretsmanager:GetSecretValue" not in actions
    assert all(re.match(r"[a-z0-9-]+:(Get|List|Describe|Search|BatchGet)", action) for action in actions)


def test_simulate_answers_each_line(smsl: Run) -> None:
    request = {
        "id": 1,
        "principal": "arn:aws:iam::123456789012:role/r",
        "action": "secretsmanager:GetSecretValue",
        "resource": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCdEf",
        "identityPolicies": [
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        ],
    }
    done = smsl("simulate", input=json.dumps(request) + "\nnot json hunter2\n")
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["id"], first["result"]) == (1, "Allowed")
    assert "error" in second
    assert "hunter2" not in done.stdout + done.stderr
    assert done.returncode == 3


def test_reach_says_what_it_cannot_read(smsl: Run, tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text("hunter2")
    done = smsl("reach", str(tmp_path))
    assert done.returncode == 3
    assert "error" in json.loads(done.stdout)
    assert "hunter2" not in done.stdout + done.stderr


def test_a_private_file_is_whole_and_private(tmp_path: Path) -> None:
    target = tmp_path / "capture.json"
    target.write_text("old")
    target.chmod(0o644)
    write_private(target, "new")
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [target]


def test_a_private_file_is_not_half_written(tmp_path: Path) -> None:
    target = tmp_path / "capture.json"
    with pytest.raises(UnicodeEncodeError):
        write_private(target, "new \ud800")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def lab() -> Iterator[dict[str, str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", "from smsl.cli import main; main()", "lab"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    environment = {}
    for line in iter(process.stdout.readline, ""):
        name, _, value = line.removeprefix("export ").strip().partition("=")
        environment[name] = value.strip("'")
        if name == "NO_PROXY":
            break
    yield environment
    process.send_signal(signal.SIGTERM)
    output, errors = process.communicate(timeout=20)
    assert (process.returncode, output) == (0, "")
    assert "Traceback" not in errors


def run_in(lab: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | lab
    program = "from smsl.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], env=environment, capture_output=True, text=True, check=False
    )


def test_a_healthy_function_is_readable(lab: dict[str, str]) -> None:
    done = run_in(lab, "audit", "checkout")
    assert done.stdout.startswith("READABLE   checkout ($LATEST) can read 1 of 1 secret it names\n")
    assert done.stdout.endswith("exit 0\n")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_blocked_one_is_exit_1_with_a_fix(lab: dict[str, str]) -> None:
    done = run_in(lab, "audit", "payroll")
    assert done.stdout.startswith("BLOCKED    payroll ($LATEST) cannot read prod/payroll/db\n")
    assert "\nFix: " in done.stdout
    assert "kms:Decrypt" in done.stdout
    assert done.returncode == 1


def test_json_validates(lab: dict[str, str]) -> None:
    done = run_in(lab, "audit", "--all", "--format", "json")
    document = json.loads(done.stdout)
    jsonschema.validate(document, SCHEMA, jsonschema.Draft202012Validator)
    assert len(document["functions"]) > 10
    assert done.returncode == 1


def test_one_run_writes_several_formats(lab: dict[str, str], tmp_path: Path) -> None:
    names = {"sarif": "a.sarif", "junit": "a.xml", "markdown": "a.md", "gitlab": "a.json", "github": "a.txt"}
    (tmp_path / "a.sarif").write_text("old")
    files = [argument for name, file in names.items() for argument in ("--format", f"{name}={tmp_path / file}")]
    done = run_in(lab, "audit", "payroll", "checkout", "--format", "console", *files)
    assert done.stdout.startswith("BLOCKED    1 of 2 functions cannot read a secret that they name")
    assert (done.returncode, done.stderr) == (1, "")
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(names.values())
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o644}
    [run] = json.loads((tmp_path / "a.sarif").read_text())["runs"]
    codes = [each["check_name"] for each in json.loads((tmp_path / "a.json").read_text())]
    assert [each["ruleId"] for each in run["results"]] == codes
    assert "decrypt-denied" in codes
    suites = ET.fromstring((tmp_path / "a.xml").read_text())  # noqa: S314  -- written by the test
    assert [suite.attrib["name"].rpartition(":")[2] for suite in suites] == ["payroll", "checkout"]
    assert (tmp_path / "a.md").read_text().startswith("## BLOCKED: 1 of 2 functions")
    assert (tmp_path / "a.txt").read_text().startswith("::error title=decrypt-denied (critical)%3A payroll::")


def test_files_alone_leave_stdout_empty_and_the_exit_code_as_it_is(lab: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    done = run_in(lab, "audit", "payroll", "--format", f"json={file}", "--fail-on", "critical")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    jsonschema.validate(json.loads(file.read_text()), SCHEMA, jsonschema.Draft202012Validator)
    done = run_in(lab, "audit", "checkout", "--format", f"console={tmp_path / 'a.txt'}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "a.txt").read_text().endswith("exit 0\n")


def test_only_leaves_other_rules_out(lab: dict[str, str]) -> None:
    document = json.loads(run_in(lab, "audit", "payroll", "--only", "env,layer", "--format", "json").stdout)
    assert document["findings"] == []


def test_debug_tells_each_call_and_nothing_else(lab: dict[str, str]) -> None:
    done = run_in(lab, "audit", "checkout", "--debug")
    lines = done.stderr.splitlines()
    assert any(line.startswith("lambda:GetFunction") for line in lines)
    assert all(re.fullmatch(r"[a-z0-9-]+:\w+ [a-z0-9-]+ \d+ ms [\w ]+", line) for line in lines)


def test_a_capture_gives_the_same_verdict(lab: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "account.json"
    taken = run_in(lab, "capture", "payroll", "checkout", "-o", str(file))
    assert (taken.returncode, taken.stdout, taken.stderr) == (0, "", "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    nowhere = {"AWS_EC2_METADATA_DISABLED": "true"}
    both = run_in(nowhere, "audit", "--capture", str(file), "--format", "json")
    verdicts = {each["name"]: each["verdict"] for each in json.loads(both.stdout)["functions"]}
    assert verdicts == {"payroll": "blocked", "checkout": "readable"}
    one = run_in(nowhere, "audit", "checkout", "--capture", str(file))
    assert one.returncode == 0
    assert "Judged from a capture of " in one.stdout
    assert " 0 minutes old." in one.stdout
    none = run_in(nowhere, "audit", "another", "--capture", str(file))
    assert (none.returncode, none.stdout) == (2, "")


def test_a_function_that_is_not_there(lab: dict[str, str]) -> None:
    done = run_in(lab, "audit", "nobody")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("smsl: No function nobody in eu-west-1")


@pytest.mark.verify
def test_demo_shows_the_table_and_one_function(smsl: Run) -> None:
    done = smsl("demo")
    assert done.returncode == 0, done.stderr
    assert all(line.startswith("smsl bench: ") for line in done.stderr.splitlines())  # how far it is, on a slow machine
    assert done.stdout.startswith("BLOCKED ")
    assert re.search(r"^checkout +readable", done.stdout, re.MULTILINE)
    assert "\nFix: " in done.stdout


def test_the_lab_in_passing(smsl: Run) -> None:
    done = smsl("audit", "--lab", "checkout")
    assert done.returncode == 0, done.stderr
    assert "the lab, not AWS" in done.stdout


def test_scan_env_never_says_the_value(smsl: Run) -> None:
    done = smsl("scan-env", input='{"name": "DB_PASSWORD", "value": "xK9-hunter2-vQ7", "id": 7}\n')
    answer = json.loads(done.stdout)
    assert (answer["id"], answer["name"], answer["flagged"]) == (7, "DB_PASSWORD", True)
    assert "hunter2" not in done.stdout + done.stderr
