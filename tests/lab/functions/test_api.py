"""The Runtime API and the Extensions API of one environment, over HTTP: the test is Lambda, the runtime and the rest.

What is held is the wire of https://github.com/aws/aws-lambda-runtime-interface-emulator (internal/lambda/rapi and
core), which the documentation leaves open.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.lab.functions.api import Api, Registrant, kind_of
from smsl.lab.functions.conversation import MOST_EXTENSIONS, Answer, Conversation, Extension, Failure, Invocation
from smsl.lab.wire import HOST, Server

CASES = json.loads((Path(__file__).parent / "api_cases.json").read_text())
RUNTIME, EXTENSION = "/2018-06-01/runtime", "/2020-01-01/extension"
PATIENCE = 20.0
INVOCATION = Invocation(
    id="8f5a4c9a-0000-4000-8000-000000000001",
    payload=b'{"a": "\xc3\xbc"}',
    deadline=1_790_000_000.25,
    arn="arn:aws:lambda:eu-west-1:123456789012:function:shop:live",
    trace="Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0",
)
INVOKE = {"eventType": "INVOKE", "deadlineMs": 1, "requestId": INVOCATION.id}
NAMES = {"external": "watcher", "internal": "agent"}
"""The two extensions of a situation, by the names of their identifiers."""
SHUTDOWN = {"eventType": "SHUTDOWN", "deadlineMs": 2, "shutdownReason": "spindown"}


@dataclass(frozen=True)
class Answered:
    status: int
    headers: list[tuple[str, str]]
    """In their order."""
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass
class Stand:
    """The APIs of one environment, and threads that wait for its answers."""

    port: int
    platform: Conversation
    waiting: ThreadPoolExecutor
    identifiers: dict[str, str] = field(default_factory=dict)
    """Those of the extensions of NAMES, once they have registered."""
    runtime: Future[Answered] | None = None
    """The runtime's next, under way or answered."""
    extensions: dict[str, Future[Answered]] = field(default_factory=dict)
    """Theirs, by the names of the identifiers."""

    def ask(self, request: str, headers: Mapping[str, str] | None = None, body: bytes | None = None) -> Answered:
        method, path = request.split()
        connection = HTTPConnection(HOST, self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return Answered(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def register(self, name: str, *events: str) -> str:
        body = json.dumps({"events": events}).encode()
        answered = self.ask(f"POST {EXTENSION}/register", {"Lambda-Extension-Name": name}, body)
        assert answered.status == 200, answered
        return answered.header("Lambda-Extension-Identifier") or ""

    def next_invocation(self) -> Future[Answered]:
        return self.waiting.submit(self.ask, f"GET {RUNTIME}/invocation/next")

    def next_event(self, identifier: str) -> Future[Answered]:
        headers = {"Lambda-Extension-Identifier": identifier}
        return self.waiting.submit(self.ask, f"GET {EXTENSION}/event/next", headers)

    def all_ask(self) -> None:
        """Have the runtime and both extensions ask for their next, and wait until they wait."""
        self.runtime = self.next_invocation()
        self.extensions = {each: self.next_event(identifier) for each, identifier in self.identifiers.items()}
        assert self.platform.ready(soon())

    def begin(self) -> None:
        """Give out the invocation, and wait until everybody has it."""
        self.platform.begin(INVOCATION, INVOKE)
        for each in (self.runtime, *self.extensions.values()):
            assert each is not None
            assert each.result(PATIENCE).status == 200

    def respond(self, body: bytes) -> None:
        assert self.ask(f"POST {RUNTIME}/invocation/{INVOCATION.id}/response", {}, body).status == 202

    def state(self, name: str) -> str:
        return next(each.state for each in self.platform.extensions if each.name == name)


def soon() -> float:
    return time.monotonic() + PATIENCE


@contextmanager
def standing(*expected: str) -> Iterator[Stand]:
    platform = Conversation(expected)
    server = Server(Api(platform, Registrant("shop", "7", "app.handler", "123456789012")).answer)
    thread = threading.Thread(target=server.serve)
    thread.start()
    with ThreadPoolExecutor(MOST_EXTENSIONS + 2) as waiting:
        try:
            yield Stand(server.port, platform, waiting)
        finally:
            platform.close()  # lets go of everybody who waits
            server.close()
            thread.join(PATIENCE)


@pytest.fixture
def stand() -> Iterator[Stand]:
    """An environment with one external extension, watcher, of which nothing has been heard."""
    with standing("watcher") as made:
        yield made


def started(stand: Stand) -> None:
    pass


def init_failed(stand: Stand) -> None:
    headers = {"Lambda-Runtime-Function-Error-Type": "Runtime.ImportModuleError"}
    assert stand.ask(f"POST {RUNTIME}/init/error", headers, b"{}").status == 202


def registered(stand: Stand) -> None:
    stand.identifiers["external"] = stand.register(NAMES["external"], "INVOKE", "SHUTDOWN")
    stand.identifiers["internal"] = stand.register(NAMES["internal"], "INVOKE")


def full(stand: Stand) -> None:
    registered(stand)
    for number in range(MOST_EXTENSIONS - 2):
        stand.register(f"other-{number}")


def extension_failed(stand: Stand, how: str) -> None:
    registered(stand)
    headers = {
        "Lambda-Extension-Identifier": stand.identifiers["external"],
        "Lambda-Extension-Function-Error-Type": "Extension.First",
    }
    assert stand.ask(f"POST {EXTENSION}/{how}/error", headers).status == 202


def ready(stand: Stand) -> None:
    registered(stand)
    stand.all_ask()


def running(stand: Stand) -> None:
    ready(stand)
    stand.begin()


def answered(stand: Stand) -> None:
    running(stand)
    stand.respond(b"first")


def over(stand: Stand) -> None:
    answered(stand)
    stand.all_ask()


SITUATIONS: Mapping[str, Callable[[Stand], None]] = {
    "started": started,
    "init-failed": init_failed,
    "registered": registered,
    "full": full,
    "extension-init-failed": lambda stand: extension_failed(stand, "init"),
    "extension-exit-failed": lambda stand: extension_failed(stand, "exit"),
    "ready": ready,
    "running": running,
    "answered": answered,
    "over": over,
}


def placed(text: str, stand: Stand) -> str:
    for name, value in {"id": INVOCATION.id, **stand.identifiers}.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def written(body: Any) -> bytes:
    """Return the bytes of a body: a text is meant as it is, {"x": n} is n times x, all else is JSON."""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, dict) and "x" in body:
        return b"x" * body["x"]
    return json.dumps(body).encode()


def told(answer: Answer, caller: Mapping[str, Any]) -> Any:
    """Return what a caller was told as the case has it: as a text, as JSON, or as a number of x."""
    match caller["payload"]:
        case int():
            return len(answer.payload)
        case str():
            return answer.payload.decode()
    return json.loads(answer.payload.decode().replace(INVOCATION.id, "{id}"))


def as_case(extension: Extension) -> list[Any]:
    kind = "external" if extension.external else "internal"
    return [extension.state, kind, list(extension.events), *([extension.error] if extension.error else [])]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_each_request_is_answered_as_lambda_answers_it(case: dict[str, Any], stand: Stand) -> None:
    SITUATIONS[case["in"]](stand)
    headers = {name: placed(value, stand) for name, value in case.get("headers", {}).items()}

    given = stand.ask(placed(case["ask"], stand), headers, written(case["body"]) if "body" in case else None)

    assert given.status == case["status"], given
    if isinstance(case["answer"], dict):
        assert given.header("Content-Type") == "application/json"
        members = json.loads(given.body)
        expected = {"errorMessage": members.get("errorMessage"), **case["answer"]}  # some words are Go's own
        said = json.loads(placed(json.dumps(expected if "errorType" in expected else case["answer"]), stand))
        assert list(members.items()) == list(said.items()), "members in Lambda's order"
    else:
        assert given.header("Content-Type") == (None if given.status == 405 else "text/plain; charset=utf-8")
        assert given.body.decode() == case["answer"]
    if "caller" in case:
        answer = stand.platform.answered(soon())
        assert answer is not None
        assert (answer.failed, told(answer, case["caller"])) == (case["caller"]["failed"], case["caller"]["payload"])
    if "states" in case:
        shown = {each.name: as_case(each) for each in stand.platform.extensions}
        others = set(shown) - set(case["states"]) - set(NAMES.values() if stand.identifiers else ())
        assert (others, {name: shown[name] for name in case["states"]}) == (set(), case["states"])


def test_an_invocation_comes_with_its_headers(stand: Stand) -> None:
    ready(stand)
    stand.platform.begin(replace(INVOCATION, client_context='{"custom":{"k":"v"}}'), INVOKE)
    assert stand.runtime is not None
    given = stand.runtime.result(PATIENCE)
    own = [(name, value) for name, value in given.headers if name.lower() != "content-length"]
    assert own == [
        ("Lambda-Runtime-Aws-Request-Id", INVOCATION.id),
        ("Lambda-Runtime-Trace-Id", INVOCATION.trace),
        ("Lambda-Runtime-Client-Context", '{"custom":{"k":"v"}}'),
        ("Lambda-Runtime-Invoked-Function-Arn", INVOCATION.arn),
        ("Lambda-Runtime-Deadline-Ms", "1790000000250"),
        ("Content-Type", "application/json"),
    ]
    assert given.body == INVOCATION.payload


def test_what_an_invocation_does_not_have_is_no_header(stand: Stand) -> None:
    ready(stand)
    stand.platform.begin(replace(INVOCATION, trace=""), INVOKE)
    assert stand.runtime is not None
    given = stand.runtime.result(PATIENCE)
    assert given.header("Lambda-Runtime-Trace-Id") is None
    assert given.header("Lambda-Runtime-Client-Context") is None


def test_a_runtime_that_asks_without_having_answered_is_given_the_same_again(stand: Stand) -> None:
    running(stand)
    assert stand.runtime is not None
    again = stand.ask(f"GET {RUNTIME}/invocation/next")
    assert again == stand.runtime.result()
    stand.respond(b"late")
    assert stand.platform.answered(soon()) == Answer(b"late")


def test_one_invocation_follows_the_other(stand: Stand) -> None:
    registered(stand)
    for number in range(3):
        stand.all_ask()
        identifier = f"invocation-{number}"
        stand.platform.begin(replace(INVOCATION, id=identifier), INVOKE)
        assert stand.runtime is not None
        assert stand.runtime.result(PATIENCE).header("Lambda-Runtime-Aws-Request-Id") == identifier
        for each in stand.extensions.values():
            each.result(PATIENCE)
        assert stand.ask(f"POST {RUNTIME}/invocation/{identifier}/error", {}, b"{}").status == 202
        assert stand.platform.answered(soon()) == Answer(b"{}", failed=True)


def test_an_event_is_told_with_an_identifier_of_its_own(stand: Stand) -> None:
    running(stand)
    given = [each.result() for each in stand.extensions.values()]
    assert [each.body for each in given] == [json.dumps(INVOKE, separators=(",", ":")).encode()] * 2
    assert [each.header("Content-Type") for each in given] == ["application/json"] * 2
    assert len({each.header("Lambda-Extension-Event-Identifier") for each in given} - {None}) == 2


def test_the_runtime_waits_for_all_external_extensions_but_for_no_internal_one() -> None:
    with standing("one", "two") as stand:
        stand.register("one")
        stand.register("within")
        assert not stand.platform.registered(time.monotonic())
        stand.register("two")
        assert stand.platform.registered(soon())


def test_an_extension_that_does_not_want_to_hear_of_invocations_is_left_alone(stand: Stand) -> None:
    stand.identifiers["external"] = stand.register("watcher", "SHUTDOWN")
    stand.all_ask()
    stand.platform.begin(INVOCATION, INVOKE)
    stand.respond(b"done")
    runtime = stand.next_invocation()
    assert stand.platform.ready(soon()), "it waits since it started"
    assert not stand.extensions["external"].done()
    assert not runtime.done()


@settings(max_examples=25)
@given(st.lists(st.sampled_from([(), ("INVOKE",), ("SHUTDOWN",), ("INVOKE", "SHUTDOWN")]), max_size=4), st.randoms())
def test_an_invocation_is_over_when_the_runtime_and_all_who_heard_of_it_have_asked_for_their_next(
    subscriptions: list[tuple[str, ...]], order: Any
) -> None:
    with standing(*(f"watcher-{number}" for number in range(len(subscriptions)))) as stand:
        hears = {stand.register(f"watcher-{n}", *events): "INVOKE" in events for n, events in enumerate(subscriptions)}
        busy = ["runtime", *(identifier for identifier, invoked in hears.items() if invoked)]
        given = {}
        for who in order.sample(["runtime", *hears], len(hears) + 1):
            assert not stand.platform.ready(time.monotonic())
            given[who] = stand.next_invocation() if who == "runtime" else stand.next_event(who)
        assert stand.platform.ready(soon())
        stand.platform.begin(INVOCATION, INVOKE)
        for who in busy:
            assert given[who].result(PATIENCE).status == 200
        stand.respond(b"done")
        for who in order.sample(busy, len(busy)):
            assert not stand.platform.ready(time.monotonic())
            given[who] = stand.next_invocation() if who == "runtime" else stand.next_event(who)
        assert stand.platform.ready(soon())


def test_the_shutdown_is_told_to_external_extensions_that_want_to_hear_it() -> None:
    with standing("wants", "does-not") as stand:
        wants = stand.next_event(stand.register("wants", "SHUTDOWN"))
        does_not = stand.next_event(stand.register("does-not", "INVOKE"))
        within = stand.next_event(stand.register("within", "INVOKE"))
        runtime = stand.next_invocation()
        assert stand.platform.ready(soon())
        assert stand.platform.tell_shutdown(SHUTDOWN) == ("wants",)
        given = wants.result(PATIENCE)
        assert given.body == b'{"eventType":"SHUTDOWN","deadlineMs":2,"shutdownReason":"spindown"}'
        assert given.header("Lambda-Extension-Event-Identifier") is None
        assert given.header("Content-Type") == "text/plain; charset=utf-8"
        stand.platform.close()
        for each in (does_not, within, runtime):
            assert isinstance(each.exception(PATIENCE), ConnectionError), "dropped without an answer"


def test_an_extension_that_is_busy_hears_of_the_shutdown_when_it_asks_next(stand: Stand) -> None:
    running(stand)
    assert stand.platform.tell_shutdown({**SHUTDOWN, "shutdownReason": "timeout"}) == ("watcher",)
    given = stand.next_event(stand.identifiers["external"]).result(PATIENCE)
    assert json.loads(given.body)["shutdownReason"] == "timeout"


def test_an_extension_that_has_only_registered_hears_of_the_shutdown_when_it_asks_next(stand: Stand) -> None:
    registered(stand)
    assert stand.platform.tell_shutdown({**SHUTDOWN, "shutdownReason": "failure"}) == ("watcher",)
    given = stand.next_event(stand.identifiers["external"]).result(PATIENCE)
    assert json.loads(given.body)["shutdownReason"] == "failure"


@pytest.mark.parametrize(
    ("situation", "failure"),
    [
        ("started", Failure("Runtime.ExitError", "Runtime exited with error: exit status 1")),
        ("running", Failure("Runtime.ExitError", "Runtime exited with error: exit status 1")),
        ("init-failed", Failure("Runtime.ImportModuleError", "", b"{}")),
    ],
)
def test_the_end_of_the_runtime_is_told_by_what_it_said_itself(situation: str, failure: Failure, stand: Stand) -> None:
    SITUATIONS[situation](stand)
    assert stand.platform.failure() is None
    stand.platform.runtime_ended("Runtime exited with error: exit status 1")
    assert stand.platform.failure() == failure
    assert not stand.platform.ready(soon()), "a failure ends every wait"
    assert stand.platform.answered(soon()) is None


@pytest.mark.parametrize(
    ("situation", "kind", "state"),
    [
        ("started", "Extension.Crash", "Started"),
        ("registered", "Extension.Crash", "Registered"),
        ("running", "Extension.Crash", "Running"),
        ("extension-init-failed", "Extension.InitError", "InitError"),
        ("extension-exit-failed", "Extension.ExitError", "ExitError"),
    ],
)
def test_the_end_of_an_extension_is_told_by_what_it_said_itself(
    situation: str, kind: str, state: str, stand: Stand
) -> None:
    SITUATIONS[situation](stand)
    assert stand.platform.failure() is None, "what an external extension says only counts when it ends"
    stand.platform.extension_ended("watcher", "exit status 1")
    assert stand.platform.failure() == Failure(kind, "exit status 1")
    assert stand.state("watcher") == state, "the log shows the state that it was in"


@pytest.mark.parametrize("how", ["init", "exit"])
def test_an_internal_extension_fails_with_its_word(how: str, stand: Stand) -> None:
    registered(stand)
    headers = {
        "Lambda-Extension-Identifier": stand.identifiers["internal"],
        "Lambda-Extension-Function-Error-Type": "Agent.Broken",
    }
    assert stand.ask(f"POST {EXTENSION}/{how}/error", headers).status == 202
    assert stand.platform.failure() == Failure(f"Extension.{how.title()}Error", "Agent.Broken")


def test_an_extension_that_cannot_be_started_ends_the_wait(stand: Stand) -> None:
    stand.platform.launch_failed("watcher", "PermissionDenied", "permission denied")
    assert not stand.platform.registered(soon())
    assert stand.platform.failure() == Failure("Extension.LaunchError", "permission denied")
    (shown,) = stand.platform.extensions
    assert (shown.state, shown.error) == ("LaunchError", "PermissionDenied")


def test_the_first_failure_says_why(stand: Stand) -> None:
    stand.platform.extension_ended("watcher", "exit status 1")
    stand.platform.runtime_ended("Runtime exited without providing a reason")
    assert stand.platform.failure() == Failure("Extension.Crash", "exit status 1")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (None, "Runtime.Unknown"),
        ("", "Runtime.Unknown"),
        ("KeyError", "Runtime.Unknown"),
        ("runtime.Broken", "Runtime.Unknown"),
        ("Runtime.broken", "Runtime.Unknown"),
        ("Function.broken", "Function.Unknown"),
        ("Function.", "Function.Unknown"),
        ("Runtime.ImportModuleError", "Runtime.ImportModuleError"),
        ("Function.Own", "Function.Own"),
        ("My.Function.Own", "My.Function.Own"),
    ],
)
def test_an_error_type_is_shown_only_where_it_has_the_form_of_one(given: str | None, shown: str) -> None:
    assert kind_of(given) == shown


def raw(stand: Stand, *parts: bytes) -> bytes:
    """Send bytes, part by part, then no more; return all that came."""
    with socket.create_connection((HOST, stand.port), timeout=PATIENCE) as connection:
        for part in parts:
            connection.sendall(part)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while more := connection.recv(65536):
            received += more
        return received


def test_an_answer_of_which_the_end_is_missing_is_none(stand: Stand) -> None:
    running(stand)
    head = f"POST {RUNTIME}/invocation/{INVOCATION.id}/response HTTP/1.1\r\n".encode()
    assert raw(stand, head + b"Content-Length: 100\r\n\r\nonly a part") == b""
    assert raw(stand, head + b"Transfer-Encoding: chunked\r\n\r\n40\r\nonly a part") == b""
    assert raw(stand, head + b"Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n") == b""
    stand.respond(b"whole")
    assert stand.platform.answered(soon()) == Answer(b"whole")


def test_an_answer_may_come_in_chunks_and_ask_for_leave(stand: Stand) -> None:
    running(stand)
    head = (
        f"POST {RUNTIME}/invocation/{INVOCATION.id}/response HTTP/1.1\r\n"
        "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
    ).encode()
    received = raw(stand, head, b"5\r\nfirst\r\n", b"7;note=x\r\n, then\n\r\n", b"0\r\nTrailer: none\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 ")
    assert stand.platform.answered(soon()) == Answer(b"first, then\n")


@pytest.mark.parametrize(
    "sent",
    [
        b"no HTTP\r\n\r\n",
        b"GET\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhello",
        b"\x16\x03\x01\x00\xc8",
    ],
)
def test_what_is_not_http_is_dropped_and_harms_nobody(sent: bytes, stand: Stand) -> None:
    assert raw(stand, sent) == b""
    assert stand.ask("GET /2018-06-01/ping").body == b"pong"


def test_requests_of_one_connection_are_answered_in_order(stand: Stand) -> None:
    connection = HTTPConnection(HOST, stand.port, timeout=PATIENCE)
    connection.connect()
    used = connection.sock
    for path in ("/2018-06-01/ping", "/nothing", "/2018-06-01/ping"):
        connection.request("GET", path)
        connection.getresponse().read()
        assert connection.sock is used
    connection.close()
