"""Values as they come out: every letter of them, in Go's spelling, and nothing of them in the log."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsl.lab.extension.shape import parameter_body, secret_body

ROWS = json.loads((Path(__file__).parent / "values.json").read_text())
LARGE = "".join(chr(0x21 + number % 90) for number in range(65536))
"""The largest secret there is; its last kilobyte is looked for where nothing of it may be."""
ODD = '"\\<>&\u2028é€𝄞\n\t\x00 ab'
TEXTS = st.text(ODD)
DATES = {
    0: "1970-01-01T00:00:00Z",
    1668586960: "2022-11-16T08:22:40Z",
    1668586960.499: "2022-11-16T08:22:40.499Z",
    1668586960.5: "2022-11-16T08:22:40.5Z",
    1668586960.0019: "2022-11-16T08:22:40.001Z",
    -0.5: "1969-12-31T23:59:59.5Z",
    253402300799: "9999-12-31T23:59:59Z",
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_a_value_is_written_as_go_writes_it(row: dict[str, str]) -> None:
    written = f'"{row["written"]}"'

    assert f'"SecretString":{written},' in secret_body({"SecretString": row["value"]}).decode()
    assert f'"Value":{written},' in parameter_body({"Parameter": {"Value": row["value"]}}).decode()


@given(TEXTS, TEXTS)
def test_no_letter_is_lost(value: str, name: str) -> None:
    body = secret_body({"SecretString": value, "Name": name})

    assert (value, name) == tuple(json.loads(body)[each] for each in ("SecretString", "Name"))
    assert not set("<>&\u2028\u2029") & set(body.decode())


@pytest.mark.parametrize("seconds", DATES)
def test_a_date_is_written_as_go_writes_it(seconds: float) -> None:
    assert DATES[seconds] == json.loads(secret_body({"CreatedDate": seconds}))["CreatedDate"]


@pytest.mark.parametrize("seconds", [True, "2022", 1e300, -1e300, float("nan"), float("inf"), 253402300800, [], 10**40])
def test_a_date_that_is_none_is_refused(seconds: Any) -> None:
    with pytest.raises(ValueError, match="expected CreatedDate to be a date"):
        secret_body({"CreatedDate": seconds})


def test_values_pass_whole_and_leave_no_trace_in_the_log(stand: Any, tools: Any) -> None:
    binary = bytes(range(256)) * 256
    held = {row["name"]: row["value"].replace("\ud800", "\ufffd") for row in ROWS} | {"large": LARGE}

    def reply(operation: str, members: dict[str, Any]) -> Any:
        name = members.get("SecretId") or members["Name"]
        if name == "binary":
            return 200, tools.secret_answer(name, SecretBinary=base64.b64encode(binary).decode())
        if name == "leaky":
            return 400, {"__type": "InvalidRequestException", "message": "x" * 1000 + LARGE}
        if name == "half":
            return 200, json.dumps(tools.secret_answer(name, LARGE)).encode()[:-10]
        if name == "wrong":
            return 200, tools.secret_answer(name, LARGE, SecretBinary=LARGE)
        answer = tools.secret_answer if operation == "GetSecretValue" else tools.parameter_answer
        return 200, answer(name, held[name])

    stand.aws.reply = reply
    extension = stand.start(PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL="DEBUG")
    for name, value in held.items():
        for _ in range(2):
            assert extension.secret(name.replace(" ", "+")) == value
            assert extension.parameter(name.replace(" ", "+")) == value
    for _ in range(2):
        _, body = extension.ask("/secretsmanager/get?secretId=binary")
        assert base64.b64decode(json.loads(body)["SecretBinary"]) == binary
        assert json.loads(body)["SecretString"] is None
    for name in ("leaky", "half", "wrong"):
        assert extension.ask(f"/secretsmanager/get?secretId={name}")[0] == 400
    stand.runtime.shut_down()
    extension.end()

    said = extension.said.decode()
    lines = extension.lines()
    assert len(lines) == 9 + 1 + 3
    assert max(map(len, lines)) < 1000
    assert not any(LARGE[start : start + 12] in said for start in range(0, len(LARGE) - 12, 6))
    assert "p&w" not in said
    assert "password" not in said


def test_the_token_stands_in_no_line(stand: Any, tools: Any) -> None:
    extension = stand.start(PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL="DEBUG")
    extension.ask("/secretsmanager/get?secretId=one", "another-token")
    extension.secret("one")
    stand.runtime.shut_down()
    extension.end()

    assert tools.TOKEN.encode() not in extension.said
    assert b"another-token" not in extension.said
    assert b"EXAMPLEKEY" not in extension.said
