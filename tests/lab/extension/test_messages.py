"""Whatever arrives at the port is answered, or its connection closed; nothing ends the process."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smsl.lab.extension.request import pairs, parse

ROWS = json.loads((Path(__file__).parent / "messages.json").read_text())
ANSWER = re.compile(rb"HTTP/1\.1 (\d{3}) [A-Z][A-Za-z ]+\r\nContent-Type: [^\r]+\r\nContent-Length: (\d+)\r\n")
GOOD = b"GET /secretsmanager/get?secretId=one HTTP/1.1\r\nHost: h\r\nX-Aws-Parameters-Secrets-Token: "
PIECES = st.sampled_from(
    [
        b"GET ", b"HEAD ", b"/secretsmanager/get", b"?secretId=", b"%", b"%41", b"+", b";", b"&", b" HTTP/1.1\r\n",
        b"\r\n", b" HTTP/1.0\r\n", b"\n", b"\r", b"Host: h\r\n", b"Content-Length: ", b"5", b"-1",
        b"Transfer-Encoding: chunked\r\n",
        b"Connection: keep-alive\r\n", b"Connection: close\r\n", b": ", b"\x00", b"\xff", b"\xc3\xa9", b" ",
        b"\t", b"#",
        b"http://h/", b"\r\n\r\n", b"Expect: 100-continue\r\n",
    ]
)  # fmt: skip
MESSAGES = st.lists(PIECES | st.binary(max_size=8), max_size=14).map(b"".join)


@pytest.fixture(scope="module")
def extension(lasting_stand: Any, tools: Any) -> Iterator[Any]:
    lasting_stand.aws.reply = tools.holding({"one": "1"})
    started = lasting_stand.start(PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL="ERROR")
    yield started
    assert started.secret("one") == "1"
    lasting_stand.runtime.shut_down()
    assert started.end() == 0
    assert started.lines()[1:] == []


def talk(port: int, sent: bytes) -> bytes:
    """Send, end the sending side, and return all that comes back until the other side ends, too."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        received = b""
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                received += piece
        except ConnectionError:
            pass  # closed with something unread
    return received


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_message(row: dict[str, Any], extension: Any) -> None:
    received = talk(extension.port, row["sent"].encode("latin-1"))
    match = ANSWER.match(received)

    assert match
    assert row["status"] == int(match[1])
    assert row["open"] == (b"\r\nConnection: close\r\n" not in received)
    assert len(received.partition(b"\r\n\r\n")[2]) == int(match[2])


def test_requests_that_come_together_are_answered_in_order(extension: Any, tools: Any) -> None:
    good = GOOD + tools.TOKEN.encode() + b"\r\n\r\n"
    other = b"GET /other HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
    received = talk(extension.port, good + other + good + b"nonsense\r\n\r\n" + good)

    assert [match[1] for match in ANSWER.finditer(received)] == [b"200", b"404", b"200", b"400"]


def test_a_request_may_come_letter_by_letter(extension: Any, tools: Any) -> None:
    with socket.create_connection(("127.0.0.1", extension.port), timeout=20) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for letter in GOOD + tools.TOKEN.encode() + b"\r\n\r\n":
            connection.sendall(bytes([letter]))
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize(
    "sent",
    [b"GET /" + b"a" * 1_200_000, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200_000 + b"\r\n", b"\x00" * 2_000_000],
    ids=["target", "headers", "zeros"],
)
def test_an_endless_head_is_refused(sent: bytes, extension: Any) -> None:
    received = talk(extension.port, sent)

    assert received.startswith(b"HTTP/1.1 431 ") or received == b""  # lost where the reset overtook it


def test_a_long_head_within_the_limit_is_read(extension: Any, tools: Any) -> None:
    status, _ = extension.ask("/secretsmanager/get?secretId=one&x=" + "y" * 900_000)

    assert status == 200


def test_a_header_may_be_repeated_without_end(extension: Any, tools: Any) -> None:
    received = talk(extension.port, GOOD + tools.TOKEN.encode() + b"\r\n" + b"X: y\r\n" * 150_000 + b"\r\n")

    assert received.startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_caller_who_does_not_close_is_left(extension: Any) -> None:
    with socket.create_connection(("127.0.0.1", extension.port), timeout=20) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        received = b""
        while piece := connection.recv(65536):
            received += piece

    assert received.endswith(b"Not found")


def test_many_connections_that_say_nothing_stop_nobody(extension: Any) -> None:
    silent = [socket.create_connection(("127.0.0.1", extension.port)) for _ in range(100)]
    try:
        assert extension.secret("one") == "1"
    finally:
        for connection in silent:
            connection.close()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MESSAGES)
def test_anything_is_answered_or_closed(extension: Any, sent: bytes) -> None:
    received = talk(extension.port, sent)

    assert received == b"" or ANSWER.match(received)


@given(MESSAGES.map(lambda message: message + b"\r\n\r\n"))
def test_the_parser_knows_one_error_only(head: bytes) -> None:
    try:
        request = parse(head)
    except ValueError:
        return
    assert request.method
    assert request.length is None or request.length >= 0


@given(st.lists(st.tuples(st.text("ab+%&=; /é", min_size=1), st.text("ab+%&=; /é"))))
def test_a_query_that_is_well_encoded_is_read_back(wanted: list[tuple[str, str]]) -> None:
    encoded = "&".join("=".join("".join(f"%{byte:02X}" for byte in each.encode()) for each in pair) for pair in wanted)

    assert tuple(wanted) == pairs(encoded)


QUERIES: dict[str, tuple[tuple[str, str], ...]] = {
    "": (),
    "&&": (),
    "a": (("a", ""),),
    "a=": (("a", ""),),
    "=b": (("", "b"),),
    "a=b=c": (("a", "b=c"),),
    "a+b=c+d": (("a b", "c d"),),
    "a=%2B%20": (("a", "+ "),),
    "a=1;b=2&c=3": (("c", "3"),),
    "a=%&b=%4&c=%zz&d=%41": (("d", "A"),),
    "%6E=1": (("n", "1"),),
    "a=%FF": (("a", "\ufffd"),),
    "a=1&a=2": (("a", "1"), ("a", "2")),
}


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_is_read_as_go_reads_it(query: str) -> None:
    assert QUERIES[query] == pairs(query)
