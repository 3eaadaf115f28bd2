"""``smsl bench`` as a process: in the lab, and against an account, for which the lab's API stands."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from smsl.bench.place import lab_runtimes
from smsl.lab.account import Lab, embedded
from smsl.lab.stage import Stage, open_stage
from smsl.model.errors import SmslError

SMSL = str(Path(sys.executable).with_name("smsl"))
SCHEMA = json.loads(files("smsl.bench.report").joinpath("bench.schema.json").read_text())
SHORT = ("--cold", "2", "--warm", "10", "--warmup", "0", "--seed", "1", "--service-latency", "1ms")
"""A run that measures little and takes little."""


def environment(state: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {**inherited, "XDG_STATE_HOME": str(state), "COLUMNS": "80", **(more or {})}


def bench(state: Path, *arguments: str, more: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SMSL, "bench", *arguments],
        env=environment(state, more),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def document(text: str) -> Any:
    found = json.loads(text)
    jsonschema.validate(found, SCHEMA)
    return found


def calls(found: Any) -> dict[str, tuple[float, float]]:
    return {
        row["strategy"]: (row["api_calls"]["per_cold_start"], row["api_calls"]["per_100_warm"])
        for row in found["results"]
    }


@pytest.mark.parametrize("runtime", ["python", "nodejs"])
def test_the_lab_compares_the_strategies(tmp_path: Path, runtime: str) -> None:
    try:
        lab_runtimes((runtime,))
    except SmslError as missing:
        pytest.skip(str(missing))
    done = bench(tmp_path, *SHORT, "--runtime", runtime, "--secrets", "2", "--format", "json")

    assert (done.returncode, done.stderr.splitlines()[-1].split()[:2]) == (0, ["Saved", "as"]), done.stderr
    found = document(done.stdout)
    assert calls(found) == {"sdk": (2, 200), "cache": (2, 0), "extension": (2, 0), "env": (0, 0)}
    assert {row["strategy"]: row["stale_after_rotation"]["kind"] for row in found["results"]} == {
        "sdk": "never", "cache": "within", "extension": "within", "env": "deployment"
    }  # fmt: skip
    for row in found["results"]:
        assert (row["cold"]["n"], row["warm"]["n"]) == (2, 10)
        assert row["cold"]["excluded"] == row["warm"]["excluded"] == {}
        if row["stale_after_rotation"]["kind"] == "within":
            assert (
                150 <= row["stale_after_rotation"]["old_at_s"] <= 300 <= row["stale_after_rotation"]["new_at_s"] < 360
            )
    assert found["conditions"]["interrupted"] is False
    saved = Path(done.stderr.split()[-1])
    assert json.loads(saved.read_text()) == found
    assert saved.stat().st_mode & 0o777 == 0o600


@pytest.mark.verify
@pytest.mark.parametrize("runtime", ["python", "nodejs"])
@pytest.mark.timeout(300)
def test_without_options_it_compares_three_strategies_and_the_floor(tmp_path: Path, runtime: str) -> None:
    try:
        lab_runtimes((runtime,))
    except SmslError as missing:
        pytest.skip(str(missing))
    done = bench(tmp_path, *(() if runtime == "python" else ("--runtime", runtime)))

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("RECOMMEND  cache: ")
    for strategy, cold, warm in (("sdk", 1, 100), ("cache", 1, 0), ("extension", 1, 0), ("env (floor)", 0, 0)):
        assert re.search(rf"^{re.escape(strategy)} +{cold} +{warm} ", done.stdout, re.MULTILINE), done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.verify
def test_thresholds_decide_the_exit_code(tmp_path: Path) -> None:
    quick = ("--cold", "1", "--warm", "0", "--warmup", "0", "--strategy", "env", "--no-rotation", "--seed", "1")
    met, broken, open_ = "env.api_calls.per_cold_start==0", "env.api_calls.per_cold_start>0", "env.cold.p99<5s"

    passed = bench(tmp_path, *quick, "--require", met)
    failed = bench(tmp_path, *quick, "--require", met, "--require", broken, "--require", open_)
    undecided = bench(tmp_path, *quick, "--require", met, "--require", open_)
    wrong = bench(tmp_path, *quick, "--require", "cash.cold.p99<5s")

    assert (passed.returncode, failed.returncode, undecided.returncode, wrong.returncode) == (0, 1, 3, 2)
    assert f"NOT MET    {broken}" in failed.stdout
    assert "p99 takes 100 samples, and there is 1" in " ".join(undecided.stdout.split())
    assert "Did you mean cache?" in wrong.stderr


def test_options_of_a_run_are_refused_before_another_command(tmp_path: Path) -> None:
    done = bench(tmp_path, "--secrets", "2", "compare", "old.json", "new.json")

    assert (done.returncode, done.stdout) == (2, "")
    assert "Leave out the options before compare" in done.stderr


@pytest.mark.verify
def test_results_are_compared(tmp_path: Path) -> None:
    arguments = ("--cold", "0", "--warm", "20", "--strategy", "sdk", "--no-rotation", "--seed", "1")
    for name, latency in (("old", "5ms"), ("new", "40ms")):
        done = bench(tmp_path, *arguments, "--service-latency", latency, "--output", str(tmp_path / f"{name}.json"))
        assert done.returncode == 0, done.stderr

    done = bench(tmp_path, "compare", str(tmp_path / "old.json"), str(tmp_path / "new.json"))
    same = bench(tmp_path, "compare", str(tmp_path / "old.json"), str(tmp_path / "old.json"), "--format", "json")

    assert done.stdout.startswith("CHANGED    1 of 1 comparisons")
    assert "slower" in done.stdout
    assert [each["significant"] for each in json.loads(same.stdout)["comparisons"]] == [False]


# Against an account


@pytest.fixture(scope="module")
def account() -> Iterator[Lab]:
    with embedded(sample=False) as lab:
        lab.set_latency(1, service="secretsmanager")
        yield lab


def aws(lab: Lab, state: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    credentials = {name: value for name, value in lab.environment.items() if name != "AWS_ENDPOINT_URL"}
    target = ("--target", "aws", "--endpoint-url", lab.url)
    return bench(state, *target, *arguments, more=credentials)


def left_in(lab: Lab) -> list[str]:
    """Return what stands in an account."""
    stage: Stage = open_stage(lab.url)
    return [
        *(each["FunctionName"] for each in stage.functions.list_functions()["Functions"]),
        *(each["RoleName"] for each in stage.iam.list_roles()["Roles"]),
        *(each["Name"] for each in stage.secrets.list_secrets(IncludePlannedDeletion=True)["SecretList"]),
    ]


@pytest.mark.verify
def test_a_run_in_an_account_makes_and_removes_everything(account: Lab, tmp_path: Path) -> None:
    account.forget_calls()

    done = aws(account, tmp_path, "--cold", "2", "--warm", "10", "--warmup", "0", "--yes", "--format", "json")

    assert done.returncode == 0, done.stderr
    found = document(done.stdout)
    by_strategy = {row["strategy"]: row["api_calls"] for row in found["results"]}
    assert calls({"results": [row for row in found["results"] if row["strategy"] != "extension"]}) == {
        "sdk": (1, 100), "cache": (1, 0), "env": (0, 0)
    }  # fmt: skip
    assert by_strategy["sdk"]["basis"] == "handler"
    assert by_strategy["extension"]["needs"] == ["--cloudtrail"], "no handler sees the extension's calls"
    assert found["results"][0]["warm"]["billed_mean"] > 0
    assert found["cost"]["months"][0]["strategies"][0]["total"] > 0, "compute is billed there"
    assert left_in(account) == []
    assert list((tmp_path / "smsl" / "bench" / "journals").iterdir()) == []
    made = [call for call in account.calls() if call["operation"].startswith("Create")]
    assert {call["service"] for call in made} == {"lambda", "iam", "secretsmanager"}
    assert all("smsl:run" in call["key"] for call in made)


def test_nothing_is_made_without_consent(account: Lab, tmp_path: Path) -> None:
    account.forget_calls()

    done = aws(account, tmp_path, "--cold", "1", "--warm", "5")

    assert done.returncode == 2
    assert "iam:CreateRole" in done.stderr
    assert "at most $" in done.stderr
    assert "Give --yes." in done.stderr
    assert not [call for call in account.calls() if call["operation"].startswith("Create")]


def test_what_a_killed_run_left_is_removed(account: Lab, tmp_path: Path) -> None:
    credentials = {name: value for name, value in account.environment.items() if name != "AWS_ENDPOINT_URL"}
    command = [
        SMSL,
        "bench",
        "--target",
        "aws",
        "--endpoint-url",
        account.url,
        "--cold",
        "50",
        "--warm",
        "500",
        "--yes",
    ]
    running = subprocess.Popen(
        command, env=environment(tmp_path, credentials), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while len(left_in(account)) < 9:  # a secret, and a role and a function of each strategy
        assert running.poll() is None
        time.sleep(0.05)
    alive = bench(tmp_path, "clean", more=credentials)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert len(left_in(account)) == 9

    done = bench(tmp_path, "clean", more=credentials)
    again = bench(tmp_path, "clean", more=credentials)

    assert (alive.returncode, alive.stdout) == (0, "Nothing is left of runs that were killed.\n"), "its run was alive"
    assert (done.returncode, done.stdout) == (0, "Removed 9 resources.\n"), done.stderr
    assert (again.returncode, again.stdout) == (0, "Nothing is left of runs that were killed.\n")
    assert left_in(account) == []


@pytest.mark.parametrize("number", [pytest.param(signal.SIGINT, marks=pytest.mark.verify), signal.SIGTERM])
def test_an_interrupted_run_removes_everything_and_keeps_what_it_measured(
    account: Lab, tmp_path: Path, number: signal.Signals
) -> None:
    credentials = {name: value for name, value in account.environment.items() if name != "AWS_ENDPOINT_URL"}
    command = [
        SMSL, "bench", "--target", "aws", "--endpoint-url", account.url, "--yes", "--cold", "500", "--warmup", "0",
        "--strategy", "env,extension", "--format", "json",
    ]  # fmt: skip
    running = subprocess.Popen(
        command, env=environment(tmp_path, credentials), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    results = tmp_path / "smsl" / "bench"
    while not list(results.glob("*.json")):  # the first round is saved
        assert running.poll() is None
        time.sleep(0.05)
    running.send_signal(number)
    output, errors = running.communicate(timeout=60)

    assert running.returncode == 130, errors
    found = document(output)
    assert found["conditions"]["interrupted"] is True
    assert 1 <= found["results"][0]["cold"]["n"] < 500
    assert left_in(account) == []


@pytest.mark.verify
def test_no_value_of_a_secret_is_written(account: Lab, tmp_path: Path) -> None:
    stage = open_stage(account.url)
    value = "only-here-9f3b7c"
    stage.secrets.create_secret(Name="mine", SecretString=value)

    done = aws(account, tmp_path, "--secret", "mine", "--cold", "1", "--warm", "5", "--yes", "--format", "json")

    assert done.returncode == 0, done.stderr
    assert {row["strategy"] for row in document(done.stdout)["results"]} == {"sdk", "cache", "extension"}
    written = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert not [text for text in (done.stdout, done.stderr, *written) if value in text]
    assert stage.secrets.get_secret_value(SecretId="mine")["SecretString"] == value, "a secret of one's own stays"
    stage.secrets.delete_secret(SecretId="mine", ForceDeleteWithoutRecovery=True)
