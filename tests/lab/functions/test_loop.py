"""The small runtime for Python, which stands in where AWS's own has no build: every invocation of the table under it.

The environments are this process's own here, so that it can be told that AWS's client is missing.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from smsl.lab.functions import runtimes
from smsl.lab.functions.deployed import Deployed
from smsl.lab.functions.environment import Order, Outcome
from smsl.lab.functions.fleet import Fleet
from tests.lab.functions.conftest import zipped
from tests.lab.functions.test_invocations import expression

TABLE = json.loads((Path(__file__).parent / "invocations.json").read_text())
ALWAYS = {
    "answers", "raises", "returns-what-is-not-json", "exits-with-a-status", "misses-a-module", "has-a-syntax-error",
    "knows-its-invocation", "knows-its-caller",
}  # fmt: skip
"""What the small runtime does itself; of the rest, which is the environment's, it is held by the verification run."""
CASES = [
    pytest.param(case, id=case["name"], marks=() if case["name"] in ALWAYS else pytest.mark.verify) for case in TABLE
]
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:"
NOWHERE = "http://127.0.0.1:9"
PATIENCE = 30.0


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    made = Fleet(NOWHERE)
    yield made
    made.empty()
    made.close()


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtimes, "has_aws_client", lambda: False)


def deployed(name: str, code: str, **more: Any) -> Deployed:
    settings: dict[str, Any] = {
        "arn": f"{ARN}{name}", "name": name, "version": "$LATEST", "revision": name, "region": "eu-west-1",
        "account": "123456789012", "runtime": "python3.12", "handler": "app.handler", "memory": 128, "timeout": 10,
        "variables": {}, "code": zipped({"app.py": code}), "layers": (), "reserved": None,
    }  # fmt: skip
    return Deployed(**{**settings, **more})


def order(identifier: str, function: Deployed, event: Any, context: str | None = None) -> Order:
    return Order(identifier, json.dumps(event).encode(), function.arn, "Root=1-0-0", context, wants_log=True)


def made(fleet: Fleet, identifier: str, function: Deployed, event: Any = None, context: str | None = None) -> Outcome:
    wanted = order(identifier, function, event, context)
    fleet.invoke(function, wanted)
    return wanted.outcome.result(PATIENCE)


@pytest.mark.parametrize("case", CASES)
def test_the_small_runtime_does_as_aws_s_does(case: dict[str, Any], fleet: Fleet, alone: None) -> None:
    variables, timeout = case.get("variables", {}), case.get("timeout", 10)
    function = deployed(case["name"], case["code"], variables=variables, timeout=timeout)
    context = json.dumps(case["client_context"]) if "client_context" in case else None

    outcome = made(fleet, "the-invocation", function, case["event"], context)

    payload = json.loads(outcome.payload)
    if "error" in case:
        expected = {key: value.replace("{id}", "the-invocation") for key, value in case["error"].items()}
        assert {key: payload.get(key) for key in expected} == expected
        assert set(case.get("has", [])) <= set(payload)
        assert outcome.failed
    else:
        assert (payload, outcome.failed) == (case["payload"], False)
    if "log" in case:
        log = outcome.log.decode()
        assert re.fullmatch(expression(case["log"], "the-invocation"), log), log
    if "lives" in case:
        again = made(fleet, "another", function, case["event"], context).log.decode()
        assert ("Init Duration" not in again and "INIT_REPORT" not in again) == case["lives"], again


def test_a_malformed_handler_is_called_so(fleet: Fleet, alone: None) -> None:
    function = deployed("malformed", "", handler="handler")
    assert json.loads(made(fleet, "i", function).payload) == {
        "errorMessage": "Bad handler 'handler': not enough values to unpack (expected 2, got 1)",
        "errorType": "Runtime.MalformedHandlerName",
        "requestId": "",
        "stackTrace": [],
    }


def test_it_is_the_small_runtime_that_runs(fleet: Fleet, alone: None) -> None:
    code = "import sys\n\ndef handler(event, context):\n    return 'awslambdaric' in sys.modules\n"
    assert json.loads(made(fleet, "i", deployed("which", code)).payload) is False


# What only this process can arrange.


def test_an_environment_that_is_made_while_the_functions_are_looked_through_is_left_alone(fleet: Fleet) -> None:
    code = "import os\n\ndef handler(event, context):\n    return os.getpid()\n"
    old, new = deployed("old", code), deployed("new", code)
    made(fleet, "i", old)
    pids = []

    def revision(each: Deployed) -> str | None:
        if each.name == "old":
            pids.append(made(fleet, "j", new).payload)
        return each.revision if each.name != "old" else None

    fleet.settle(revision)
    assert f"{old.arn}:$LATEST" not in fleet.standing()
    assert made(fleet, "k", new).payload == pids[0]


CLOCKS = """
import os, time

def handler(event, context):
    steady = [time.monotonic() for _ in range(1000)]
    left = context.get_remaining_time_in_millis()
    return [os.getpid(), steady == sorted(steady), time.time(), steady[0], time.perf_counter(), left]
"""


@pytest.mark.parametrize("own", [True, False], ids=["small-runtime", "aws-s-client"])
def test_clocks_become_steppable_with_new_environments_and_go_back_only_when_they_are_set(
    own: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if own:
        monkeypatch.setattr(runtimes, "has_aws_client", lambda: False)
    fleet, function = Fleet(NOWHERE), deployed("clocks", CLOCKS)

    def told() -> tuple[int, list[float]]:
        """Return the process, and by how much its clocks are ahead of this machine's, to about a hundred seconds."""
        pid, is_steady, *clocks, left = json.loads(made(fleet, "i", function).payload)
        assert is_steady
        assert 0 < left <= 10_000, "the deadline is by the same clock"
        now = time.time(), time.monotonic(), time.perf_counter()
        return pid, [round(there - here, -2) for there, here in zip(clocks, now, strict=True)]

    try:
        first, ahead = told()
        assert ahead == [0, 0, 0]
        fleet.step(0)
        assert fleet.standing() == {}
        second, ahead = told()
        assert (second != first, ahead) == (True, [0, 0, 0])
        for seconds in (3600.0, 86400.5, 100.0, 0.0):
            fleet.step(seconds)
            assert told() == (second, [round(seconds, -2), round(seconds, -2), 0])
    finally:
        fleet.empty()
        fleet.close()


def test_where_no_more_environments_may_be_one_that_idles_goes(fleet: Fleet) -> None:
    small = Fleet(NOWHERE, limit=1)
    try:
        for name in ("first", "second"):
            function = deployed(name, "def handler(event, context):\n    return 1\n")
            assert made(small, "i", function).payload == b"1"
            assert small.standing() == {f"{function.arn}:$LATEST": 1}
    finally:
        small.empty()
        small.close()


def test_a_fleet_that_was_never_used_has_started_nothing() -> None:
    unused = Fleet(NOWHERE)
    unused.empty()
    unused.close()
    assert (unused.standing(), unused._processes) == ({}, None)
