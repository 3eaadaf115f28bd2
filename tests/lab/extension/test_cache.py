"""The cache, by what the services are asked: time to live, size, keys, and many readers at once."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any

import pytest

from smsl.lab.extension.cache import Cache
from smsl.lab.extension.clock import Clock

GENERAL = "an unexpected error occurred while executing request"


@pytest.mark.parametrize(
    ("read", "setting"), [("secret", "SECRETS_MANAGER_TTL"), ("parameter", "SSM_PARAMETER_STORE_TTL")]
)
@pytest.mark.parametrize("ttl", ["300", "1"])
def test_a_rotation_is_seen_after_the_time_to_live_and_not_before(
    read: str, setting: str, ttl: str, stand: Any, tools: Any, clock: Any
) -> None:
    extension = stand.start(SMSL_LAB_CLOCK=str(clock.path), **{setting: ttl})
    ask = getattr(extension, read)
    stand.aws.reply = tools.holding({"one": "before"})
    assert ask("one") == "before"
    stand.aws.reply = tools.holding({"one": "after"})
    if ttl == "300":  # with a second, a slow machine could take it by itself
        clock.step(295)
        assert ask("one") == "before"
        assert len(stand.aws.calls) == 1
    clock.step(float(ttl))

    assert ask("one") == "after"
    assert ask("one") == "after"
    assert len(stand.aws.calls) == 2


@pytest.mark.parametrize(
    "settings",
    [
        {"SECRETS_MANAGER_TTL": "0", "SSM_PARAMETER_STORE_TTL": "0"},
        {"PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE": "0"},
        {"PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED": "FALSE"},
    ],
    ids=str,
)
def test_without_a_cache_every_read_is_a_call(settings: dict[str, str], stand: Any, tools: Any) -> None:
    stand.aws.reply = tools.holding({"one": "1"})
    extension = stand.start(**settings)
    for _ in range(3):
        assert extension.secret("one") == "1"
        assert extension.parameter("one") == "1"

    assert len(stand.aws.calls) == 6


def test_one_time_to_live_may_be_nothing_and_the_other_not(stand: Any, tools: Any) -> None:
    stand.aws.reply = tools.holding({"one": "1"})
    extension = stand.start(SECRETS_MANAGER_TTL="0")
    for _ in range(3):
        assert extension.secret("one") == "1"
        assert extension.parameter("one") == "1"

    assert [operation for operation, _ in stand.aws.calls] == [
        "GetSecretValue",
        "GetParameter",
        "GetSecretValue",
        "GetSecretValue",
    ]


@pytest.mark.parametrize(
    ("size", "reads", "calls"),
    [
        ("1", "aabbaab", "abab"),
        ("2", "ababab", "ab"),
        ("2", "abcabc", "abcabc"),
        ("2", "abacab", "abcb"),  # reading a again made b the one that goes
        ("3", "abcabcdad", "abcda"),
    ],
)
def test_a_full_cache_drops_what_was_not_read_for_longest(
    size: str, reads: str, calls: str, stand: Any, tools: Any
) -> None:
    stand.aws.reply = tools.holding({name: name.upper() for name in "abcd"})
    extension = stand.start(PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE=size)
    for name in reads:
        assert extension.secret(name) == name.upper()

    assert list(calls) == [members["SecretId"] for _, members in stand.aws.calls]


def test_secrets_and_parameters_share_the_cache(stand: Any, tools: Any) -> None:
    stand.aws.reply = tools.holding({"one": "1"})
    extension = stand.start(PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE="1")
    for _ in range(2):
        extension.secret("one")
        extension.parameter("one")

    assert len(stand.aws.calls) == 4


@pytest.mark.parametrize(
    "query",
    [
        "/secretsmanager/get?secretId=one",
        "/secretsmanager/get?secretId=one&versionId=v1",
        "/secretsmanager/get?secretId=one&versionId=v2",
        "/secretsmanager/get?secretId=one&versionStage=v1",
        "/secretsmanager/get?secretId=arn:aws:secretsmanager:eu-west-1:123456789012:secret:one-AbCdEf",
        "/systemsmanager/parameters/get?name=one",
        "/systemsmanager/parameters/get?name=one&version=1",
        "/systemsmanager/parameters/get?name=one&label=1",
        "/systemsmanager/parameters/get?name=one&withDecryption=true",
        "/systemsmanager/parameters/get?name=one:1",
    ],
)
def test_what_is_asked_for_differently_is_kept_apart(query: str, stand: Any, tools: Any) -> None:
    stand.aws.reply = lambda operation, members: (200, {"Name": json.dumps(members), "Parameter": {}})
    extension = stand.start()
    others = ["/secretsmanager/get?secretId=two", "/systemsmanager/parameters/get/?name=two"]
    for each in [query, *others, query, *others]:
        assert extension.ask(each)[0] == 200

    assert len(stand.aws.calls) == 3


def test_the_order_of_the_query_and_a_slash_make_no_other_item(stand: Any, tools: Any) -> None:
    stand.aws.reply = tools.holding({"one": "1", "one:2": "2"})
    extension = stand.start()
    for each in ("get?name=one&version=2", "get/?version=2&name=one", "get?name=%6Fne&version=2&withDecryption=false"):
        assert extension.ask(f"/systemsmanager/parameters/{each}")[0] == 200

    assert len(stand.aws.calls) == 1


def test_errors_are_not_kept_and_an_expired_value_is_not_served_in_their_place(
    stand: Any, tools: Any, clock: Any
) -> None:
    extension = stand.start(SMSL_LAB_CLOCK=str(clock.path))
    assert extension.secret("one") == GENERAL
    stand.aws.reply = tools.holding({"one": "1"})
    assert extension.secret("one") == "1"
    stand.aws.reply = tools.holding({})
    assert extension.secret("one") == "1"
    clock.step(300)

    assert extension.secret("one") == GENERAL
    assert extension.secret("one") == GENERAL
    assert len(stand.aws.calls) == 4


def test_a_thousand_requests_from_fifty_threads_lose_and_mix_up_nothing(stand: Any, tools: Any) -> None:
    values = {f"secret/{number}": f"value of {number}, {'x' * number}" for number in range(40)}
    stand.aws.reply = tools.holding(values)
    extension = stand.start()
    for name, value in values.items():
        assert extension.secret(name) == value

    def read(thread: int) -> list[tuple[str, str]]:
        connection = HTTPConnection("127.0.0.1", extension.port, timeout=tools.PATIENCE)
        found = []
        for turn in range(20):
            name = f"secret/{(thread * 7 + turn * 3) % 40}"
            connection.request("GET", f"/secretsmanager/get?secretId={name}",
                               headers={"X-Aws-Parameters-Secrets-Token": tools.TOKEN})  # fmt: skip
            found.append((name, json.loads(connection.getresponse().read())["SecretString"]))
        connection.close()
        return found

    with ThreadPoolExecutor(50) as threads:
        found = [pair for each in threads.map(read, range(50)) for pair in each]

    assert len(found) == 1000
    assert all(values[name] == value for name, value in found)
    assert len(stand.aws.calls) == 40


def test_readers_of_one_item_at_once_share_one_call(stand: Any, tools: Any) -> None:
    held = tools.holding({"one": "1"})
    go = threading.Event()

    def slow(operation: str, members: dict[str, Any]) -> Any:
        go.wait(tools.PATIENCE)
        return held(operation, members)

    stand.aws.reply = slow
    extension = stand.start()
    with ThreadPoolExecutor(9) as threads:
        reads = [threads.submit(extension.secret, "one") for _ in range(8)]
        threads.submit(go.set)
        assert {read.result() for read in reads} == {"1"}

    assert len(stand.aws.calls) == 1


def test_those_who_share_a_call_share_its_failure() -> None:
    cache = Cache(1, Clock(""))
    begun, go = threading.Event(), threading.Event()

    def fails() -> bytes:
        begun.set()
        go.wait(10)
        raise ZeroDivisionError

    def read(fetch: Callable[[], bytes]) -> str:
        with pytest.raises(ZeroDivisionError):
            cache.read(("one",), 300, fetch)
        return "failed"

    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(read, fails)
        begun.wait(10)
        others = [threads.submit(read, fails) for _ in range(3)]
        go.set()
        assert [each.result() for each in [first, *others]] == ["failed"] * 4

    assert cache.read(("one",), 300, lambda: b"1") == b"1"


class Stopped:
    """A clock that says what it is told."""

    time = 1000.0

    def now(self) -> float:
        return self.time


@pytest.mark.parametrize(("age", "calls"), [(0.0, 1), (299.999, 1), (300.0, 2), (301.0, 2)])
def test_an_item_is_over_at_its_time_to_live(age: float, calls: int) -> None:
    clock, fetched = Stopped(), []
    cache = Cache(10, clock)
    for moment in (1000.0, 1000.0 + age):
        clock.time = moment
        cache.read(("one",), 300, lambda: bytes(fetched.append(1) or b""))

    assert len(fetched) == calls


def test_a_clock_whose_file_is_being_written_stands_where_it_stood(clock: Any) -> None:
    stepped = Clock(str(clock.path))
    clock.step(1000.0)
    before = stepped.now()
    clock.path.write_bytes(b"")

    assert 0 <= stepped.now() - before < 500
