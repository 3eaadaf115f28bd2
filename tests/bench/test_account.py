"""The bench's calls: what is said of those that fail, how often they are made, and how fast."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsl.bench import account as module
from smsl.bench.account import Account, Pace
from smsl.bench.names import Strategy
from smsl.bench.package import package
from smsl.lab.account import Lab
from smsl.lab.exchange import Reply
from smsl.lab.stage import REGION, bare_session
from smsl.lab.wire import Server
from smsl.model.errors import SmslError
from smsl.sources.aws.connection import Clients

VALUE = "nobody-may-see-this"
SECRET = ("secretsmanager", "CreateSecret", lambda each: each.make_secret("mine", VALUE, {"smsl:run": "r"}))
ROLE = ("iam", "CreateRole", lambda each: each.make_role("mine", [], {"smsl:run": "r"}))
INVOKE = ("lambda", "Invoke", lambda each: each.invoke("mine"))
NEEDED = {
    "CreateSecret": "secretsmanager:CreateSecret and secretsmanager:TagResource",
    "CreateRole": "iam:CreateRole and iam:TagRole",
    "Invoke": "lambda:InvokeFunction",
}
Call = tuple[str, str, Callable[[Account], object]]


def failing(account: Account, call: Callable[[Account], object]) -> SmslError:
    with pytest.raises(SmslError) as raised:
        call(account)
    assert VALUE not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__, "its text is not kept, not even for a traceback"
    return raised.value


@pytest.mark.parametrize("call", [SECRET, ROLE, INVOKE], ids=lambda call: call[1])
@pytest.mark.parametrize(
    ("kind", "sentence", "next_step"),
    [
        ("refuse", "AWS refused {action} ({denied}).", "The bench needs {needed}."),
        ("throttle", "AWS throttled {action} ({throttled}).", "Try again in a minute."),
        (
            "fail",
            "AWS answered {action} with an error (InternalFailure).",
            "Check what was asked for, or try again in a minute.",
        ),
    ],
)
def test_what_is_said_of_a_call_that_fails(
    lab: Lab, account: Account, call: Call, kind: str, sentence: str, next_step: str
) -> None:
    service, operation, ask = call
    lab.set_faults({"kind": kind, "service": service, "operation": operation})

    error = failing(account, ask)

    first = NEEDED[operation].partition(" ")[0]
    denied = "AccessDenied" if service == "iam" else "AccessDeniedException"
    throttled = {"iam": "Throttling", "lambda": "TooManyRequestsException"}.get(service, "ThrottlingException")
    assert error.message == sentence.format(action=first, denied=denied, throttled=throttled)
    assert error.next_step == next_step.format(needed=NEEDED[operation])


def test_what_is_said_of_an_answer_that_is_not_aws(lab: Lab, account: Account) -> None:
    lab.set_faults({"kind": "garbage"})

    error = failing(account, lambda each: each.secret("mine"))

    assert error.message == "The endpoint answered something that is not AWS's (UnicodeDecodeError)."


def test_what_is_said_of_a_secret_that_is_not_there(account: Account) -> None:
    error = failing(account, lambda each: each.secret("mine"))

    assert str(error) == (
        "AWS found nothing for secretsmanager:DescribeSecret (ResourceNotFoundException)."
        " Check the name and the region."
    )


def test_what_is_said_when_nobody_is_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    account = Account(Clients(bare_session(), f"http://127.0.0.1:{port}"), REGION, paced=False)

    assert failing(account, lambda each: each.invoke("mine")).message == "The AWS endpoint cannot be reached."


@pytest.mark.parametrize("drop", ["drop_secret", "drop_role", "drop_function"])
def test_what_is_not_there_need_not_be_removed(account: Account, drop: str) -> None:
    getattr(account, drop)("mine")


def test_the_newest_layer_is_not_needed(lab: Lab, account: Account) -> None:
    assert ":layer:AWS-Parameters-and-Secrets-Lambda-Extension:" in str(account.newest_extension("x86_64"))
    lab.set_faults({"kind": "refuse", "service": "ssm"})
    assert account.newest_extension("x86_64") is None


# How often.


def made(account: Account, variables: dict[str, str] | None = None) -> None:
    code, handler = package("python", Strategy.ENV)
    role = account.make_role("mine", [], {})
    account.make_function(
        {
            "FunctionName": "mine",
            "Role": role,
            "Runtime": "python3.13",
            "Handler": handler,
            "Code": {"ZipFile": code},
            "Environment": {"Variables": variables or {}},
        },
        print,
    )


@pytest.mark.parametrize("kind", ["fail", "throttle"])
def test_an_invocation_is_asked_for_once(lab: Lab, account: Account, kind: str) -> None:
    lab.set_faults({"kind": kind, "service": "lambda", "operation": "Invoke"})

    failing(account, lambda each: each.invoke("mine"))

    assert [each["operation"] for each in lab.calls()] == ["Invoke"]


def test_a_function_waits_for_its_role(account: Account, ask: Callable[[str], Any]) -> None:
    """Lambda refuses a role that it cannot assume yet, in words alone."""
    waited: list[str] = []
    code, handler = package("python", Strategy.ENV)

    def wait(text: str) -> None:
        waited.append(text)
        if len(waited) == 2:
            account.make_role("later", [], {})

    account.make_function(
        {
            "FunctionName": "mine",
            "Role": "arn:aws:iam::123456789012:role/smsl-bench/later",
            "Runtime": "python3.13",
            "Handler": handler,
            "Code": {"ZipFile": code},
        },
        wait,
    )

    assert waited == ["waiting until Lambda may assume the new role"] * 2
    assert ask("lambda").get_function_configuration(FunctionName="mine")["State"] == "Active"


def test_another_fault_of_a_function_is_not_waited_for(account: Account) -> None:
    role = account.make_role("mine", [], {})
    wanted = {"FunctionName": "mine", "Role": role, "Code": {"ZipFile": b"x"}, "Layers": ["arn:aws:lambda:no"]}

    failing(account, lambda each: each.make_function(wanted, pytest.fail))


# What is invoked.


@contextmanager
def answering(body: bytes, log: str = "") -> Iterator[Account]:
    """Serve an account whose invocations are all answered with this."""
    headers = {"content-type": "application/json", "x-amz-log-result": log}
    server = Server(lambda _message, _connection: Reply(200, body, headers))
    threading.Thread(target=server.serve, daemon=True).start()
    try:
        yield Account(Clients(bare_session(), f"http://127.0.0.1:{server.port}"), REGION, paced=False)
    finally:
        server.close()


@pytest.mark.parametrize(
    ("body", "payload"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b"", None),
        (b"{", None),
        (b"\xff", None),
        (b"[" * 100_000, None),
        (b"1" * 5000, None),
    ],
    ids=["json", "nothing", "cut", "no text", "deep", "a long number"],
)
def test_any_payload_is_an_answer(body: bytes, payload: object) -> None:
    with answering(body) as account:
        assert account.invoke("mine").payload == payload


@pytest.mark.parametrize(
    ("encoded", "log"),
    [
        (base64.b64encode("é\n".encode()).decode(), "é\n"),
        (base64.b64encode(b"\xff").decode(), "\ufffd"),
        ("abc", ""),
        ("", ""),
    ],
)
def test_any_log_is_an_answer(encoded: str, log: str) -> None:
    with answering(b"", encoded) as account:
        assert account.invoke("mine").log == log


def test_an_invocation_brings_the_end_of_its_log(account: Account) -> None:
    made(account, {"SECRET_VERSIONS": "v1", "SECRET_VALUE_0": VALUE})

    found = account.invoke("mine")

    assert not found.error
    assert found.payload["secrets"] == [{"version": "v1", "age": None, "stale": None}]
    assert "REPORT RequestId: " in found.log
    assert found.seen > 0
    assert VALUE not in json.dumps(found.payload) + found.log


# How fast.


class Clock:
    """A clock that only sleeping sets ahead."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds


@given(st.integers(1, 40), st.lists(st.floats(0, 0.5), min_size=1, max_size=30))
def test_a_pace_is_kept(rate: int, pauses: list[float]) -> None:
    clock = Clock()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "time", clock)
        pace, through = Pace(rate), []
        for pause in pauses:
            clock.now += pause
            before = clock.now
            pace.take()
            through.append(clock.now)
            assert clock.now - before <= len(through) / rate, "nobody waits longer than for those before"
    apart = [later - earlier for earlier, later in pairwise(through)]
    assert all(each >= 1 / rate - 1e-9 for each in apart)


def test_a_pace_is_kept_by_all_threads_together(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, waits = Clock(), []
    clock.sleep = waits.append  # type: ignore[method-assign]
    monkeypatch.setattr(module, "time", clock)
    pace = Pace(10)

    threads = [threading.Thread(target=pace.take) for _ in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(waits) == pytest.approx([each / 10 for each in range(20)])


def test_no_pace_never_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "time", None)

    Pace(None).take()
