"""The calls to AWS: attempts, time limits, connections, and endpoints."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

GENERAL = "an unexpected error occurred while executing request"
THROTTLED = (400, {"__type": "ThrottlingException", "message": "Rate exceeded"})
MET = "https response error StatusCode: {}, RequestID: 00000000-0000-4000-8000-000000000000, api error {}"
GIVEN_UP = "operation error Secrets Manager: GetSecretValue, exceeded maximum number of attempts, 3, "
FAILURES: dict[str, tuple[Any, int, str]] = {
    "throttled": (THROTTLED, 3, GIVEN_UP + MET.format(400, "ThrottlingException: Rate exceeded")),
    "too many requests": ((429, {"__type": "TooManyRequestsException"}), 3, "TooManyRequestsException: "),
    "throttled, said in a header": (
        (400, b"", {"x-amzn-ErrorType": "ThrottlingException:http://internal.amazon.com/"}),
        3,
        "api error ThrottlingException: ",
    ),
    "500": ((500, {"__type": "InternalServiceError", "message": "x"}), 3, MET.format(500, "InternalServiceError: x")),
    "502": ((502, b"<html>"), 3, MET.format(502, "UnknownError: ")),
    "503": ((503, b""), 3, MET.format(503, "UnknownError: ")),
    "504": ((504, b""), 3, MET.format(504, "UnknownError: ")),
    "hung up on": (None, 3, GIVEN_UP + "https response error StatusCode: 0, RequestID: , request send failed, Post "),
    "501 is for good": ((501, b""), 1, MET.format(501, "UnknownError: ")),
    "429 without a code is for good": ((429, b""), 1, MET.format(429, "UnknownError: ")),
    "denied is for good": ((400, {"__type": "AccessDeniedException"}), 1, "api error AccessDeniedException: "),
    "decryption is for good": ((400, {"__type": "DecryptionFailure"}), 1, "api error DecryptionFailure: "),
}


@pytest.fixture(scope="module")
def uncached(lasting_stand: Any) -> Any:
    return lasting_stand.start(SECRETS_MANAGER_TTL="0", PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL="ERROR")


@pytest.fixture(scope="module")
def failed(tools: Any) -> Iterator[dict[str, tuple[str, int, str]]]:
    """Body, number of calls and line of the log for each failure, all met at once."""
    names = list(FAILURES)
    with tools.standing() as stand, ThreadPoolExecutor(len(names)) as threads:
        stand.aws.reply = lambda operation, members: FAILURES[names[int(members["SecretId"])]][0]
        extension = stand.start(
            PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL="ERROR", PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS="50"
        )
        bodies = list(threads.map(extension.secret, map(str, range(len(names)))))
        stand.runtime.shut_down()
        extension.end()
        calls = [members["SecretId"] for _, members in stand.aws.calls]
        yield {
            name: (bodies[number], calls.count(str(number)), "\n".join(extension.lines()[1:]))
            for number, name in enumerate(names)
        }


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_gets_as_many_attempts_as_it_is_worth(name: str, failed: dict[str, tuple[str, int, str]]) -> None:
    _, attempts, cause = FAILURES[name]
    body, calls, log = failed[name]

    assert (GENERAL, attempts) == (body, calls)
    assert cause in log
    assert len(FAILURES) == log.count("\n") + 1 == log.count("ERROR GetSecretValue request encountered an error: ")


@pytest.mark.parametrize("reply", [THROTTLED, (503, b""), None], ids=["throttled", "unavailable", "hung up on"])
def test_it_answers_after_two_failures(reply: Any, uncached: Any, lasting_stand: Any, tools: Any) -> None:
    replies = [reply, reply]
    held = tools.holding({"one": "1"})
    lasting_stand.aws.forget()
    lasting_stand.aws.reply = lambda operation, members: replies.pop() if replies else held(operation, members)

    assert uncached.secret("one") == "1"
    assert len(lasting_stand.aws.calls) == 3


@pytest.mark.parametrize(
    ("read", "setting"),
    [("secret", "SECRETS_MANAGER_TIMEOUT_MILLIS"), ("parameter", "SSM_PARAMETER_STORE_TIMEOUT_MILLIS")],
)
def test_a_service_that_hangs_is_given_up_after_the_time_limit(read: str, setting: str, stand: Any, tools: Any) -> None:
    held = tools.holding({"one": "1"})
    awake = threading.Event()

    def hang(operation: str, members: dict[str, Any]) -> Any:
        awake.wait(tools.PATIENCE)
        return held(operation, members)

    stand.aws.reply = hang
    extension = stand.start(**{setting: "200"})
    assert getattr(extension, read)("one") == GENERAL
    assert len(stand.aws.calls) == 3
    awake.set()
    stand.aws.reply = held
    assert getattr(extension, read)("one") == "1"
    stand.runtime.shut_down()
    extension.end()

    [line] = [line for line in extension.lines() if line.startswith("ERROR")]
    assert line.endswith("net/http: request canceled (Client.Timeout exceeded while awaiting headers)")


def test_without_a_time_limit_it_waits(stand: Any, tools: Any) -> None:
    held = tools.holding({"one": "1"})
    called, awake = threading.Event(), threading.Event()

    def hang(operation: str, members: dict[str, Any]) -> Any:
        called.set()
        awake.wait(tools.PATIENCE)
        return held(operation, members)

    stand.aws.reply = hang
    extension = stand.start(SSM_PARAMETER_STORE_TIMEOUT_MILLIS="1")
    with ThreadPoolExecutor(1) as thread:
        read = thread.submit(extension.secret, "one")
        called.wait(tools.PATIENCE)
        assert not read.done()
        awake.set()
        assert read.result() == "1"


@pytest.mark.parametrize(("setting", "most"), [("1", 1), ("2", 2), (None, 3), ("7", 7)])
def test_no_more_connections_than_are_allowed_and_as_many(
    setting: str | None, most: int, stand: Any, tools: Any
) -> None:
    held = tools.holding({str(number): str(number) for number in range(14)})
    full = threading.Barrier(most)

    def together(operation: str, members: dict[str, Any]) -> Any:
        full.wait(tools.PATIENCE)  # answers come in groups: breaks where so many calls never meet
        return held(operation, members)

    stand.aws.reply = together
    extension = stand.start(
        **{"PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS": setting} if setting else {}, SECRETS_MANAGER_TTL="0"
    )
    reads = [str(number) for number in range(14 - 14 % most)]
    with ThreadPoolExecutor(len(reads)) as threads:
        assert list(threads.map(extension.secret, reads)) == reads

    assert stand.aws.most_at_once == most
    assert stand.aws.server.most_open == most
    assert len(stand.aws.calls) == len(reads)


def test_each_service_has_connections_of_its_own(stand: Any, tools: Any) -> None:
    held = tools.holding({"one": "1"})
    both = threading.Barrier(2)

    def together(operation: str, members: dict[str, Any]) -> Any:
        both.wait(tools.PATIENCE)
        return held(operation, members)

    stand.aws.reply = together
    extension = stand.start(PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS="1")
    with ThreadPoolExecutor(2) as threads:
        reads = [threads.submit(extension.secret, "one"), threads.submit(extension.parameter, "one")]
        assert [read.result() for read in reads] == ["1", "1"]


def test_a_connection_is_used_again(uncached: Any, lasting_stand: Any, tools: Any) -> None:
    lasting_stand.aws.reply = tools.holding({"one": "1"})
    assert uncached.secret("one") == "1"
    before = set(lasting_stand.aws.server.open)
    for _ in range(3):
        assert uncached.secret("one") == "1"

    assert before == lasting_stand.aws.server.open


def test_a_connection_that_the_service_has_closed_costs_no_attempt(
    uncached: Any, lasting_stand: Any, tools: Any
) -> None:
    lasting_stand.aws.reply = tools.holding({"one": "1"})
    assert uncached.secret("one") == "1"
    lasting_stand.aws.forget()
    for connection in list(lasting_stand.aws.server.open):
        connection.shutdown(socket.SHUT_RDWR)

    assert uncached.secret("one") == "1"
    assert len(lasting_stand.aws.calls) == 1


def test_a_service_that_closes_after_each_answer(uncached: Any, lasting_stand: Any, tools: Any) -> None:
    held = tools.holding({"one": "1"})
    lasting_stand.aws.reply = lambda operation, members: (*held(operation, members), {"Connection": "close"})

    assert [uncached.secret("one") for _ in range(5)] == ["1"] * 5  # more than there are connections


RAW = {
    "chunked": b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\n{"Sec\r\nE\r\nretString":"1"\r\n'
    b"1\r\n}\r\n0\r\nTrailer: x\r\n\r\n",
    "until it closes": b'HTTP/1.0 200 OK\r\n\r\n{"SecretString":"1"}',
    "announced": b'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"SecretString":"1"}',
    "with bare line ends": b'HTTP/1.1 200 OK\ncontent-length: 20\n\n{"SecretString":"1"}',
}
BROKEN = {
    "not HTTP": b"\x00\x01 neither JSON nor XML \xff\xfe",
    "not a status": b"HTTP/1.1 abc\r\n\r\n",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-",
    "half a body": b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{",
    "not a length": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}",
    "an endless length": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{}",
    "not a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "half a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
    "an endless head": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000,
}


@pytest.fixture(scope="module")
def received(tools: Any) -> Iterator[dict[str, str]]:
    """What the extension makes of each answer, all met at once."""
    names = [*RAW, *BROKEN]
    with tools.standing() as stand, ThreadPoolExecutor(len(names)) as threads:
        server = tools.Server(
            lambda method, path, headers, body: {**RAW, **BROKEN}[names[int(json.loads(body)["SecretId"])]],
            lasting=False,
        )
        extension = stand.start(
            AWS_ENDPOINT_URL=f"http://127.0.0.1:{server.port}", PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS="50"
        )
        read = threads.map(extension.secret, map(str, range(len(names))))
        yield dict(zip(names, read, strict=True))
        server.close()


@pytest.mark.parametrize("name", [*RAW, *BROKEN])
def test_whatever_a_server_sends(name: str, received: dict[str, str]) -> None:
    assert received[name] == ("1" if name in RAW else GENERAL)


def test_nobody_at_the_endpoint(stand: Any, tools: Any) -> None:
    port = tools.free_port()
    extension = stand.start(AWS_ENDPOINT_URL=f"http://127.0.0.1:{port}")
    assert extension.secret("one") == GENERAL
    stand.runtime.shut_down()
    extension.end()

    assert extension.lines()[-1] == (
        f"ERROR GetSecretValue request encountered an error: {GIVEN_UP}https response error StatusCode: 0, RequestID: ,"
        f' request send failed, Post "http://127.0.0.1:{port}/": dial tcp 127.0.0.1:{port}: connect: connection refused'
    )


@pytest.mark.parametrize(
    ("variable", "read"),
    [
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", {"secret": "other", "parameter": "1"}),
        ("AWS_ENDPOINT_URL_SSM", {"secret": "1", "parameter": "other"}),
        ("AWS_ENDPOINT_URL", {"secret": "other", "parameter": "other"}),
    ],
)
def test_each_service_may_have_an_endpoint_of_its_own(
    variable: str, read: dict[str, str], stand: Any, tools: Any
) -> None:
    other = tools.Aws()
    other.reply = tools.holding({"one": "other"})
    stand.aws.reply = tools.holding({"one": "1"})
    try:
        extension = stand.start(**{variable: f"{other.url}/aws"})
        assert read == {"secret": extension.secret("one"), "parameter": extension.parameter("one")}
        assert {"/aws"} == {path for _, path, _, _ in other.requests}
    finally:
        other.server.close()


@pytest.mark.parametrize("trusted", [True, False])
def test_an_endpoint_may_speak_tls(trusted: bool, stand: Any, tools: Any, tmp_path: Path) -> None:
    answer = tools.written(200, json.dumps(tools.secret_answer("one", "1")).encode())
    server = tools.Server(lambda *request: answer, tls=certified(tmp_path))
    settings = {"AWS_ENDPOINT_URL": f"https://127.0.0.1:{server.port}", "SECRETS_MANAGER_TTL": "0"}
    if trusted:
        settings["SSL_CERT_FILE"] = str(tmp_path / "certificate")
    try:
        extension = stand.start(**settings)
        assert extension.secret("one") == ("1" if trusted else GENERAL)
    finally:
        server.close()


def certified(folder: Path) -> ssl.SSLContext:
    """A server's side of TLS with a certificate of its own making for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    (folder / "certificate").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key").write_bytes(secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate", folder / "key")
    return context
