"""The log of an environment: what was printed, Lambda's own lines in their places, and the end of both."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smsl.lab.functions.log import TAIL, Log

anew = settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
"""Each example begins the log anew."""


@pytest.fixture
def log() -> Iterator[Log]:
    made = Log()
    yield made
    made.close()


def printed(log: Log, content: bytes) -> None:
    while content:
        content = content[os.write(log.output, content) :]


PRINTED = st.characters(codec="utf-8", exclude_characters="\r")
"""What can be written in UTF-8; a carriage return is made a line end."""


@anew
@given(st.lists(st.text(min_size=1), max_size=20), st.text(PRINTED, max_size=3000))
def test_the_tail_is_the_end_of_a_text_in_whole_characters(log: Log, lines: list[str], text: str) -> None:
    log.start()
    printed(log, (text * 3).encode())
    for line in lines:
        log.say(line)
    everything = text * 3
    for line in lines:
        everything += "\n" * (bool(everything) and not everything.endswith("\n")) + line + "\n"
    tail = log.tail()
    assert everything.encode().endswith(tail)
    assert tail.decode() == everything[len(everything) - len(tail.decode()) :]
    assert len(tail) == len(everything.encode()) or TAIL - 3 <= len(tail) <= TAIL


@anew
@given(st.binary(max_size=2 * TAIL))
def test_of_bytes_that_are_no_text_no_more_is_left_out_than_a_cut_can_spoil(log: Log, content: bytes) -> None:
    content = content.replace(b"\r", b"")
    log.start()
    printed(log, content)
    tail = log.tail()
    assert content.endswith(tail)
    assert len(content) <= TAIL + 3 or len(tail) >= TAIL - 3
    if len(content) <= TAIL:
        assert tail == content


def test_what_was_printed_before_the_start_is_not_the_invocation_s(log: Log) -> None:
    printed(log, b"before\n")
    log.start()
    printed(log, b"unfinished")
    log.say("END")
    printed(log, b"after\r\nthat\rall")
    assert log.tail() == b"unfinished\nEND\nafter\nthat\nall"
