"""The life of the process: what it tells Lambda, what it logs, and what ends it."""

from __future__ import annotations

import json
import re
import signal
import socket
from pathlib import Path
from typing import Any

import pytest

ROWS = json.loads((Path(__file__).parent / "lifecycle.json").read_text())
NOT_READY = (400, b"not ready to serve traffic, please wait")
REFUSAL = (
    "GetSecretValue request encountered an error: operation error Secrets Manager: GetSecretValue, https response error"
    " StatusCode: 400, RequestID: 00000000-0000-4000-8000-000000000000, api error ResourceNotFoundException:"
    " it is not there"
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_lifecycle(row: dict[str, Any], stand: Any, tools: Any) -> None:
    stand.runtime.registration = row.get("registration", 200)
    stand.aws.reply = tools.holding({} if row.get("refused") else {"one": "1"})
    settings = dict(row.get("settings", {}))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        if row.get("port") == "taken":
            settings["PARAMETERS_SECRETS_EXTENSION_HTTP_PORT"] = str(taken.getsockname()[1])
        extension = stand.start(ready=False, **settings)
        for step in row["do"]:
            match step:
                case "wait":
                    assert stand.runtime.wait() == "identifier-of-a-test"
                case "not-ready":
                    assert extension.ask(f"{tools.SECRET_PATH}?secretId=one") == NOT_READY
                    assert extension.ask(f"{tools.PARAMETER_PATH}?name=one", token=None) == NOT_READY
                case "ready":
                    assert extension.ask(f"{tools.SECRET_PATH}?secretId=one") != NOT_READY
                case "invoke":
                    stand.runtime.invoke()
                case "shut-down":
                    stand.runtime.shut_down()
                case "babble":
                    stand.runtime.say(b"<event/>")
                case "vanish":
                    stand.runtime.vanish()
                case "terminate":
                    extension.process.send_signal(signal.SIGTERM)
                case "interrupt":
                    extension.process.send_signal(signal.SIGINT)
                case _:
                    raise AssertionError(step)
        status = extension.end()

    expected = [line.replace("{port}", str(extension.port)).replace("{refusal}", REFUSAL) for line in row["log"]]
    assert expected == extension.lines()
    assert row["status"] == status
    kinds = [
        f"{operation} {headers.get('lambda-extension-function-error-type', '')}".strip()
        for _, operation, headers, _ in stand.runtime.heard
    ]
    assert row["heard"] == kinds


def test_it_registers_under_its_file_name_for_both_events(stand: Any) -> None:
    stand.start()
    [(method, operation, headers, body)] = stand.runtime.heard

    assert (method, operation) == ("POST", "register")
    assert headers["lambda-extension-name"] == "AWSParametersAndSecretsLambdaExtension"
    assert json.loads(body) == {"events": ["SHUTDOWN", "INVOKE"]}


def test_a_line_has_the_published_form(stand: Any) -> None:
    extension = stand.start()
    stand.runtime.shut_down()
    extension.end()
    form = r"\[AWS Parameters and Secrets Lambda Extension\] \d{4}/\d\d/\d\d \d\d:\d\d:\d\d INFO Serving on port \d+"

    assert re.fullmatch(form, extension.said.decode().splitlines()[2])


def test_requests_that_are_under_way_do_not_hold_it_back(stand: Any, tools: Any) -> None:
    extension = stand.start()
    with socket.create_connection(("127.0.0.1", extension.port)) as idle:
        idle.sendall(b"GET /secretsmanager/get")
        stand.runtime.shut_down()

        assert extension.end() == 0


def test_it_goes_on_when_nobody_reads_its_log(stand: Any, tools: Any) -> None:
    stand.aws.reply = tools.holding({"one": "1"})
    extension = stand.start(ready=False)
    stand.runtime.wait()
    assert extension.process.stdout
    extension.process.stdout.close()
    stand.runtime.invoke()

    assert extension.secret("one") == "1"
    assert extension.secret("two") == "an unexpected error occurred while executing request"
    stand.runtime.shut_down()
    assert extension.process.wait(tools.PATIENCE) == 0
    assert extension.process.stderr
    extension.process.stderr.close()
    extension.said = b"read"


def test_the_process_follows_its_settings(stand: Any, tools: Any) -> None:
    stand.aws.reply = tools.holding({"one": "1"})
    extension = stand.start(
        PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL="warn",
        PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED="perhaps",
        PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE="-1",
        PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS="none",
        SECRETS_MANAGER_TTL="2700",
        SSM_PARAMETER_STORE_TTL="301",
        SECRETS_MANAGER_TIMEOUT_MILLIS="soon",
        SSM_PARAMETER_STORE_TIMEOUT_MILLIS="60000",
    )
    assert extension.secret("one") == "1"
    assert extension.parameter("one") == "1"
    stand.runtime.shut_down()
    extension.end()

    assert extension.lines() == [
        "PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL is warn. Log level set to warn.",
        "WARN PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED is not valid. Cache is enabled by default.",
        "WARN PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE is not valid. Using the default: 1000.",
        "WARN SECRETS_MANAGER_TTL exceeds max limit. Setting Secrets Manger TTL to 5m0s.",
        "WARN SSM_PARAMETER_STORE_TTL exceeds max limit. Setting SSM Parameter Store TTL to 5m0s.",
        "WARN SECRETS_MANAGER_TIMEOUT_MILLIS is not valid. Using the default: 0.",
        "WARN PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS is not valid. Using the default: 3.",
    ]
