"""Every path, parameter, encoding and error of the extension's interface, against one running process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

TABLE = json.loads((Path(__file__).parent / "requests.json").read_text())
GENERAL = "an unexpected error occurred while executing request"
WORLD = TABLE["world"]


def reply(operation: str, members: dict[str, Any]) -> Any:
    name = members["SecretId" if operation == "GetSecretValue" else "Name"]
    if name in WORLD["failures"]:
        status, answer = WORLD["failures"][name]
        if answer == "deeply nested":
            return status, b"[" * 100_000
        return status, answer.encode() if isinstance(answer, str) else answer
    if operation == "GetSecretValue":
        return 200, WORLD["secrets"][name]
    return 200, {"Parameter": WORLD["parameters"][name]}


@pytest.fixture(scope="module")
def answers(lasting_stand: Any, tools: Any) -> dict[str, Any]:
    """Send every request of the table, one after the other: what came back, what was called, and the log."""
    lasting_stand.aws.reply = reply
    extension = lasting_stand.start(
        SECRETS_MANAGER_TTL="0", SSM_PARAMETER_STORE_TTL="0", PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL="ERROR"
    )
    met: dict[str, Any] = {}
    for row in TABLE["rows"]:
        lasting_stand.aws.forget()
        token = row.get("token", tools.TOKEN)
        status, body = extension.ask(row["target"], token, row.get("method", "GET"), row.get("headers"))
        met[row["name"]] = (status, body.decode(), [list(call) for call in lasting_stand.aws.calls])
    lasting_stand.runtime.shut_down()
    assert extension.end() == 0
    return {"met": met, "log": extension.lines()[1:]}


@pytest.mark.parametrize("row", TABLE["rows"], ids=lambda row: row["name"])
def test_request(row: dict[str, Any], answers: dict[str, Any]) -> None:
    status, body, calls = answers["met"][row["name"]]

    assert row["status"] == status
    assert row.get("calls", []) == calls
    if "body" in row:
        assert (GENERAL if row["body"] == "general" else row["body"]) == body


def test_the_cause_of_each_failure_stands_in_the_log_and_nothing_else(answers: dict[str, Any]) -> None:
    expected = [f"ERROR {row['log']}" for row in TABLE["rows"] if "log" in row]

    assert expected == answers["log"]


def test_without_a_session_token_no_token_is_right(stand: Any) -> None:
    extension = stand.start(AWS_SESSION_TOKEN="unset")

    assert extension.ask("/secretsmanager/get?secretId=one", "") == (403, b"Bad Token")
    assert extension.ask("/secretsmanager/get?secretId=one", None) == (403, b"Bad Token")
    assert extension.ask("/secretsmanager/get?secretId=one", "unset") == (403, b"Bad Token")
