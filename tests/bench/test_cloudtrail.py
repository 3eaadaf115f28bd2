"""Calls as CloudTrail has recorded them: the lab's event history, and counting by it in a run."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsl.bench.account import Account
from smsl.bench.cloudtrail import wait_for_calls
from smsl.bench.deploy import Function, deployed
from smsl.bench.gathered import Gathered
from smsl.bench.journal import Whereabouts, opened
from smsl.bench.names import Phase, Strategy
from smsl.bench.place import Place
from smsl.bench.plan import Plan
from smsl.bench.run import Run
from smsl.bench.sample import Calls, Own, Sample, Series
from smsl.lab.account import Lab
from smsl.lab.exchange import Message, Protocol, Request
from smsl.lab.stage import REGION
from smsl.lab.trail import look_up

RUN = "0a1b2c3d"
EPOCH = time.time() - time.monotonic()
BEGIN = float(int(EPOCH + time.monotonic()) - 1000)
"""Unix time, a whole second, of the first call of those made up here."""

# The history, from a list of calls.


def call(number: int, **changes: object) -> dict[str, Any]:
    made = {
        "n": number,
        "service": "secretsmanager",
        "operation": "GetSecretValue",
        "region": REGION,
        "caller": "ASIAEXAMPLE",
        "function": f"arn:aws:lambda:{REGION}:123456789012:function:mine",
        "started": BEGIN - EPOCH + number + 0.4,
        "ended": 1.0,
    }
    return {**made, **changes}


def asked(calls: Sequence[dict[str, Any]], **wanted: object) -> dict[str, Any]:
    request = Request(
        Message("POST", "/", {}, b""), Protocol.JSON, "cloudtrail", "LookupEvents", REGION, "AKIAEXAMPLE", wanted
    )
    reply = look_up(request, calls, lambda region, name: f"arn:aws:iam::123456789012:role/path/{name}-exec")
    return {"status": reply.status, **reply.json()}


def by(key: str, value: str) -> list[dict[str, str]]:
    return [{"AttributeKey": key, "AttributeValue": value}]


def test_an_event() -> None:
    (event,) = asked([call(1)])["Events"]

    record = json.loads(event.pop("CloudTrailEvent"))
    assert event == {
        "EventId": record["eventID"],
        "EventName": "GetSecretValue",
        "ReadOnly": "true",
        "AccessKeyId": "ASIAEXAMPLE",
        "EventTime": BEGIN + 1,  # to the second
        "EventSource": "secretsmanager.amazonaws.com",
        "Username": "mine",
        "Resources": [],
    }
    identity = record["userIdentity"]
    assert identity["type"] == "AssumedRole"
    assert identity["arn"] == "arn:aws:sts::123456789012:assumed-role/mine-exec/mine"
    assert identity["sessionContext"]["sessionIssuer"]["arn"] == "arn:aws:iam::123456789012:role/path/mine-exec"
    assert record["eventTime"] == time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(BEGIN + 1))
    assert (record["eventName"], record["awsRegion"]) == ("GetSecretValue", REGION)


CALLS = [
    call(1),
    call(2, function=None),
    call(3, function=f"arn:aws:lambda:{REGION}:123456789012:function:other"),
    call(4, region="us-east-1"),
    call(5, ended=None),
    call(6, operation="PutSecretValue"),
    call(7, service="ssm", operation="GetParameter"),
    call(8),
]
"""Made by nobody's function, another's, elsewhere, and still under way are the second to fifth."""


@pytest.mark.parametrize(
    ("wanted", "seconds"),
    [
        ({}, [8, 7, 6, 3, 1]),
        ({"LookupAttributes": by("Username", "mine")}, [8, 7, 6, 1]),
        ({"LookupAttributes": by("EventName", "GetSecretValue")}, [8, 3, 1]),
        ({"LookupAttributes": by("EventSource", "ssm.amazonaws.com")}, [7]),
        ({"LookupAttributes": by("ReadOnly", "false")}, [6]),
        ({"LookupAttributes": by("AccessKeyId", "ASIAEXAMPLE")}, [8, 7, 6, 3, 1]),
        ({"LookupAttributes": by("Username", "nobody")}, []),
        ({"StartTime": BEGIN + 3}, [8, 7, 6, 3]),
        ({"StartTime": BEGIN + 3.1}, [8, 7, 6]),
        ({"EndTime": BEGIN + 3}, [3, 1]),
        ({"StartTime": BEGIN + 6, "EndTime": BEGIN + 7}, [7, 6]),
    ],
)
def test_what_is_looked_for(wanted: dict[str, Any], seconds: list[int]) -> None:
    found = asked(CALLS, **wanted)

    assert [each["EventTime"] - BEGIN for each in found["Events"]] == seconds
    assert "NextToken" not in found


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"MaxResults": 0}, "InvalidMaxResultsException"),
        ({"MaxResults": 51}, "InvalidMaxResultsException"),
        ({"StartTime": 2, "EndTime": 1}, "InvalidTimeRangeException"),
        ({"LookupAttributes": by("UserName", "mine")}, "InvalidLookupAttributesException"),
        (
            {"LookupAttributes": by("Username", "mine") + by("EventName", "GetSecretValue")},
            "InvalidLookupAttributesException",
        ),
        ({"NextToken": "1-00000000"}, "InvalidNextTokenException"),
        ({"NextToken": "mine"}, "InvalidNextTokenException"),
    ],
)
def test_what_cloudtrail_does_not_answer(wanted: dict[str, Any], code: str) -> None:
    found = asked(CALLS, **wanted)

    assert (found["status"], found["__type"]) == (400, code)


@given(st.integers(0, 12), st.integers(1, 5), st.integers(0, 3))
def test_pages_hold_every_event_once(count: int, size: int, later: int) -> None:
    calls = [call(number + 1) for number in range(count)]
    wanted: dict[str, Any] = {"LookupAttributes": by("Username", "mine"), "MaxResults": size}
    seen: list[int] = []
    while True:
        page = asked(calls, **wanted)
        seen += [each["EventTime"] for each in page["Events"]]
        assert len(page["Events"]) <= size
        if "NextToken" not in page:
            break
        wanted["NextToken"] = page["NextToken"]
        calls += [call(len(calls) + 1) for _ in range(later)]  # newer than what is being paged through

    assert seen == [BEGIN + number for number in range(count, 0, -1)]


def test_a_token_belongs_to_its_request() -> None:
    token = asked(CALLS, MaxResults=1)["NextToken"]

    assert asked(CALLS, MaxResults=2, NextToken=token)["status"] == 200
    assert asked(CALLS, NextToken=token, EndTime=BEGIN)["__type"] == "InvalidNextTokenException"


# Counting by it.


class Trail:
    """Events as they come: at each look one list further, seconds of Unix time by name of the function."""

    def __init__(self, *looks: dict[str, list[float]]) -> None:
        self._looks = looks
        self.asked: dict[str, int] = {}

    def recorded(self, session: str, begin: float, end: float) -> Iterator[tuple[str, float]]:
        look = self.asked[session] = self.asked.get(session, 0) + 1
        for when in self._looks[min(look, len(self._looks)) - 1].get(session, []):
            yield "GetSecretValue", when
            yield "PutSecretValue", when


def series(strategy: Strategy, cold: int, warm: int, *, calls: int | None = 1, later: int | None = 0) -> Series:
    """Return a series whose handler counted so many calls in each cold start, and in each warm invocation later."""

    def sample(phase: Phase, number: int, counted: int | None) -> Sample:
        invocation = 1 if phase is Phase.COLD else number + 2
        return Sample(phase, 1, None, 1, 1, 1, Own(0, 0, 0, 0), counted, "e", invocation, ("v1",), False)

    samples = [sample(Phase.COLD, each, calls) for each in range(cold)]
    samples += [sample(Phase.WARM, each, later) for each in range(warm)]
    return Series(strategy, "python3.13", tuple(samples), Calls(0, 0, 0, 0, "handler"))


SPANS = {Phase.COLD: (1000.4, 1010.9), Phase.WARM: (1020.4, 1030.9)}
SDK = series(Strategy.SDK, 2, 3, later=1)
CACHE = series(Strategy.CACHE, 2, 3)
EXTENSION = series(Strategy.EXTENSION, 2, 3, calls=None, later=None)
ENV = series(Strategy.ENV, 2, 3, calls=None, later=None)


def counted(trail: Trail, *measured: Series, patience: float = 60.0) -> dict[str, Calls]:
    functions = [Function(each.strategy.value, each.strategy, each.runtime, {}) for each in measured]
    waited: list[str] = []
    account: Any = trail
    found = wait_for_calls(account, functions, SPANS, measured, waited.append, patience, apart=0.0)
    assert all(each.startswith("waiting for CloudTrail: ") for each in waited)
    return dict(found)


def test_calls_are_told_apart_by_the_second_they_fell_in() -> None:
    # The first and last second of a phase are its own, what came before it and between the two is not.
    trail = Trail({"sdk": [998.0, 1000.0, 1010.0, 1012.0, 1018.0, 1020.0, 1025.0, 1030.0, 1032.0]})

    assert counted(trail, SDK) == {"sdk": Calls(2, 2, 3, 3, "cloudtrail")}


def test_the_trail_is_waited_for_until_it_has_what_the_handlers_saw() -> None:
    trail = Trail({}, {"sdk": [1000.0]}, {"sdk": [1000.0]}, {"sdk": [1000.0, 1001.0, 1020.0, 1021.0, 1022.0]})

    assert counted(trail, SDK)["sdk"] == Calls(2, 2, 3, 3, "cloudtrail")
    assert trail.asked["sdk"] == 5, "twice the same"


def test_the_trail_is_waited_for_although_nobody_saw_the_calls() -> None:
    """The extension's calls are seen by nobody: each new environment has made one."""
    trail = Trail({}, {}, {}, {"extension": [1000.0]}, {"extension": [1000.0]}, {"extension": [1000.0, 1001.0]})

    assert counted(trail, EXTENSION)["extension"] == Calls(2, 2, 0, 3, "cloudtrail")


def test_calls_that_the_handler_did_not_see_count() -> None:
    trail = Trail({"cache": [1000.0, 1000.0, 1001.0, 1020.0]})

    assert counted(trail, CACHE)["cache"] == Calls(3, 2, 1, 3, "cloudtrail")


def test_no_calls_are_waited_for_where_there_are_none() -> None:
    assert counted(Trail({}), ENV) == {"env": Calls(0, 2, 0, 3, "cloudtrail")}


def test_when_patience_is_over_what_has_come_counts() -> None:
    """How far the trail is cannot be told of the extension by itself."""
    trail = Trail({"cache": [1000.0, 1001.0], "extension": [1000.0, 1001.0], "sdk": [1000.0]})

    assert set(counted(trail, SDK, CACHE, EXTENSION, ENV, patience=0.2)) == {"cache", "env"}


def test_nothing_is_known_without_a_second_look() -> None:
    assert counted(Trail({"cache": [1000.0, 1001.0]}), CACHE, patience=-1) == {}


def test_a_function_without_a_sample_is_not_asked_about() -> None:
    trail = Trail({"cache": [1000.0, 1001.0]})
    functions = [Function(each.value, each, "python3.13", {}) for each in (Strategy.CACHE, Strategy.SDK)]
    account: Any = trail

    assert set(wait_for_calls(account, functions, SPANS, [CACHE], print, 60, apart=0.0)) == {"cache"}


@pytest.mark.verify
def test_the_trail_has_what_the_service_counted(lab: Lab, place: Place, account: Account, tmp_path: Path) -> None:
    plan = Plan(runtimes=("python3.13",), cold=1, warm=11, warmup=0, secrets=2, ttl=1, rotation=False)
    where = Whereabouts(RUN, place.number, place.region, place.endpoint)
    with (
        opened(tmp_path, where) as journal,
        deployed(plan, account, RUN, journal, place.layers, lambda _: None) as deployment,
    ):
        # Nobody counts where the calls arrive, as on AWS, so a phase keeps its distance from what else is called.
        run = Run(plan, account, deployment.functions, None)
        gathered = Gathered(deployment.functions, counting=False)
        for event in run.measure():
            gathered.add(event)
        found = wait_for_calls(account, deployment.functions, run.spans, gathered.series(), print, apart=0.0)
        client = account._client("cloudtrail")
        pages = list(client.get_paginator("lookup_events").paginate(PaginationConfig={"PageSize": 20}))

    epoch = time.time() - time.monotonic()
    at_service = {
        (each.name, phase): sum(
            call["service"] == "secretsmanager"
            and str(call["function"]).endswith(f":{each.name}")
            and begin <= call["started"] + epoch <= end
            for call in lab.calls()
        )
        for each in deployment.functions
        for phase, (begin, end) in run.spans.items()
    }
    for each in deployment.functions:
        calls = found[each.name]
        assert (calls.cold, calls.warm) == (at_service[each.name, Phase.COLD], at_service[each.name, Phase.WARM])
        assert (calls.colds, calls.warms, calls.basis) == (1, 11, "cloudtrail")
    by_strategy = {each.strategy: found[each.name] for each in deployment.functions}
    assert (by_strategy[Strategy.SDK].cold, by_strategy[Strategy.SDK].warm) == (2, 11 * 2)
    assert by_strategy[Strategy.EXTENSION].cold == by_strategy[Strategy.CACHE].cold == 2
    assert (by_strategy[Strategy.ENV].cold, by_strategy[Strategy.ENV].warm) == (0, 0)
    events = [event for page in pages for event in page["Events"]]
    assert len(pages) > 1
    assert [each["EventTime"] for each in events] == sorted((each["EventTime"] for each in events), reverse=True)
    assert len({each["EventId"] for each in events}) == len(events)
    names = {each.name for each in deployment.functions if each.strategy is not Strategy.ENV}
    assert {each["Username"] for each in events} == names
    records = [
        json.loads(each["CloudTrailEvent"])["userIdentity"]["sessionContext"]["sessionIssuer"] for each in events
    ]
    assert {each["userName"] for each in records} == {
        f"smsl-bench-{RUN}-{each}" for each in ("sdk", "cache", "extension")
    }
