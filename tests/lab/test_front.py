"""The front: what it makes of a request, how it counts, delays and spoils calls."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from smsl.lab.account import Lab
from smsl.lab.controls import Controls, Fault, call_key
from smsl.lab.exchange import Message, Protocol, Request, identify
from smsl.lab.latency import Latency
from smsl.model.errors import SmslError

CALLS: tuple[tuple[str, str, str, dict[str, Any], str], ...] = (
    ("secretsmanager", "DescribeSecret", "describe_secret", {"SecretId": "a"}, "json"),
    ("kms", "ListKeys", "list_keys", {}, "json"),
    ("iam", "ListRoles", "list_roles", {}, "query"),
    ("sts", "GetCallerIdentity", "get_caller_identity", {}, "query"),
    ("ec2", "DescribeVpcs", "describe_vpcs", {}, "ec2"),
    ("lambda", "ListFunctions", "list_functions", {}, "rest-json"),
    ("lambda", "GetFunctionConfiguration", "get_function_configuration", {"FunctionName": "f"}, "rest-json"),
    ("route53", "ListHostedZones", "list_hosted_zones", {}, "rest-xml"),
)
NAMES = [f"{service}:{operation}" for service, operation, *_ in CALLS]
DENIED = {
    "json": (400, "AccessDeniedException"),
    "query": (403, "AccessDenied"),
    "ec2": (403, "UnauthorizedOperation"),
    "rest-json": (403, "AccessDeniedException"),
    "rest-xml": (403, "AccessDenied"),
}
THROTTLED = {
    "json": (400, "ThrottlingException"),
    "query": (400, "Throttling"),
    "ec2": (503, "RequestLimitExceeded"),
    "rest-json": (429, "TooManyRequestsException"),
    "rest-xml": (400, "Throttling"),
}


def raised(call: Any, parameters: dict[str, Any]) -> tuple[tuple[int, str], str]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    answered = caught.value.response
    error = answered["Error"]
    return (answered["ResponseMetadata"]["HTTPStatusCode"], error["Code"]), error["Message"]


@pytest.mark.parametrize(("service", "operation", "method", "parameters", "protocol"), CALLS, ids=NAMES)
def test_a_refused_call_fails_as_iam_refuses(
    lab: Lab, connect: Any, service: str, operation: str, method: str, parameters: dict[str, Any], protocol: str
) -> None:
    lab.set_faults({"service": service, "operation": operation, "kind": "refuse"})
    what, text = raised(getattr(connect(service), method), parameters)
    assert what == DENIED[protocol]
    assert f"is not authorized to perform: {service}:{operation} " in text


@pytest.mark.parametrize(("service", "operation", "method", "parameters", "protocol"), CALLS, ids=NAMES)
def test_a_throttled_call_fails_as_the_service_throttles(
    lab: Lab, connect: Any, service: str, operation: str, method: str, parameters: dict[str, Any], protocol: str
) -> None:
    lab.set_faults({"kind": "throttle"})
    what, _ = raised(getattr(connect(service), method), parameters)
    assert what == THROTTLED[protocol]


@pytest.mark.parametrize(("service", "operation", "method", "parameters", "protocol"), CALLS, ids=NAMES)
def test_calls_are_counted_by_service_and_operation(
    lab: Lab, connect: Any, service: str, operation: str, method: str, parameters: dict[str, Any], protocol: str
) -> None:
    lab.forget_calls()
    lab.set_faults({"kind": "refuse"})
    for _ in range(2):
        raised(getattr(connect(service, caller="AKIACALLEREXAMPLE000"), method), parameters)
    first, second = lab.calls()
    assert (first["service"], first["operation"]) == (service, operation)
    assert first["caller"] == "AKIACALLEREXAMPLE000"
    assert first["region"] == "eu-west-1" or service in {"iam", "route53"}, "those two are global"
    assert (first["n"], second["n"]) == (1, 2)
    assert first["key"] == second["key"]
    assert first["started"] <= first["ended"] <= second["started"]
    assert first["status"] == DENIED[protocol][0]


def test_other_calls_than_the_faulty_ones_are_answered(lab: Lab, connect: Any) -> None:
    lab.set_faults({"service": "ec2", "operation": "DescribeSubnets", "kind": "refuse"})
    assert connect("ec2").describe_vpcs()["Vpcs"]
    assert connect("iam").list_roles()
    raised(connect("ec2").describe_subnets, {})
    lab.clear_faults()
    assert connect("ec2").describe_subnets()["Subnets"]


def test_garbage_is_neither_json_nor_xml(lab: Lab, connect: Any) -> None:
    lab.set_faults({"kind": "garbage"})
    with pytest.raises(ResponseParserError):
        connect("ec2").describe_vpcs()
    with pytest.raises(ResponseParserError):
        connect("iam").list_roles()


def test_a_hanging_call_waits_until_the_faults_are_cleared(lab: Lab, connect: Any) -> None:
    lab.set_faults({"service": "iam", "kind": "hang"})
    ended: list[str] = []

    def call() -> None:
        try:
            connect("iam").list_roles()
        except BotoCoreError as failed:
            ended.append(type(failed).__name__)

    thread = threading.Thread(target=call)
    thread.start()
    thread.join(0.4)
    assert thread.is_alive()
    lab.clear_faults()
    thread.join(5)
    assert ended == ["ConnectionClosedError"]
    assert connect("iam").list_roles()["Roles"] is not None


def test_a_hanging_call_ends_after_its_seconds_or_with_its_caller(lab: Lab, connect: Any) -> None:
    lab.forget_calls()
    lab.set_faults({"kind": "hang", "seconds": 0.3})
    with pytest.raises(BotoCoreError):
        connect("iam").list_roles()
    lab.set_faults({"kind": "hang"})
    address = urlsplit(lab.url)
    with socket.create_connection((address.hostname, address.port)) as caller:
        scope = "Credential=AKIA/20260101/eu-west-1/iam/aws4_request, x=y"
        caller.sendall(
            f"POST / HTTP/1.1\r\nAuthorization: AWS4-HMAC-SHA256 {scope}\r\nContent-Type: "
            "application/x-www-form-urlencoded\r\nContent-Length: 16\r\n\r\nAction=ListRoles".encode()
        )
        time.sleep(0.2)
    deadline = time.monotonic() + 5
    while any(call["ended"] is None for call in lab.calls()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert [call["status"] for call in lab.calls()] == [None, None]


def test_latency_is_added_to_every_call(lab: Lab, connect: Any) -> None:
    lab.forget_calls()
    lab.set_latency(60)
    connect("sts").get_caller_identity()
    (call,) = lab.calls()
    assert call["ended"] - call["started"] >= 0.06


@pytest.fixture
def _own_times(lab: Lab) -> Iterator[None]:
    """Let no service keep a time of its own."""
    yield
    for service in ("sts", "iam"):
        lab.set_latency(0, service=service)


@pytest.mark.usefixtures("_own_times")
def test_a_service_takes_its_own_time_and_the_others_that_of_all(lab: Lab, connect: Any) -> None:
    lab.forget_calls()
    lab.set_latency(3_600_000, service="iam")  # an hour, for whoever is taken for it
    lab.set_latency(60)
    connect("sts").get_caller_identity()
    connect("secretsmanager").list_secrets()
    lab.set_latency(3_600_000)
    lab.set_latency(0, service="sts")
    connect("sts").get_caller_identity()
    took = [call["ended"] - call["started"] for call in lab.calls()]
    assert [seconds >= 0.06 for seconds in took[:2]] == [True, True]
    assert len(took) == 3


def test_a_latency_that_no_call_could_take_is_refused(lab: Lab) -> None:
    wrong: tuple[tuple[Any, Any], ...] = (
        (-1, None), (float("nan"), None), (float("inf"), None), ("soon", None), (20, 10), (20, "late"),
        (20, float("nan")),
    )  # fmt: skip
    for milliseconds, p99 in wrong:
        with pytest.raises(SmslError):
            lab.set_latency(milliseconds, p99)
    for seconds in (float("nan"), float("inf"), "soon"):
        with pytest.raises(SmslError):
            lab.set_clock(seconds)  # type: ignore[arg-type]


@pytest.mark.parametrize(("service", "operation", "method", "parameters", "protocol"), CALLS, ids=NAMES)
def test_a_call_fails_as_a_service_that_is_broken(
    lab: Lab, connect: Any, service: str, operation: str, method: str, parameters: dict[str, Any], protocol: str
) -> None:
    lab.set_faults({"service": service, "kind": "fail"})
    what, _ = raised(getattr(connect(service), method), parameters)
    assert what == (500, "InternalError" if protocol == "ec2" else "InternalFailure")


def statuses(lab: Lab, connect: Any, times: int = 40) -> list[int]:
    """Call that often; return the status of each."""
    lab.forget_calls()
    for _ in range(times):
        with contextlib.suppress(ClientError):
            connect("sts").get_caller_identity()
    return [call["status"] for call in lab.calls()]


def test_a_rate_spoils_a_share_of_the_calls_the_same_for_the_same_seed(lab: Lab, connect: Any) -> None:
    lab.set_faults({"kind": "fail", "rate": 0})
    assert set(statuses(lab, connect, 10)) == {200}
    lab.set_faults({"kind": "fail", "rate": 1})
    assert set(statuses(lab, connect, 10)) == {500}
    lab.set_faults({"kind": "fail", "rate": 0.5})
    runs = []
    for seed in (7, 7, 8):
        lab.seed(seed)
        runs.append(statuses(lab, connect))
    assert runs[0] == runs[1] != runs[2]
    assert set(runs[0]) == {200, 500}


def test_of_several_faults_the_first_that_strikes_decides(lab: Lab, connect: Any) -> None:
    lab.set_faults(
        {"kind": "refuse", "service": "iam"}, {"kind": "throttle", "rate": 0}, {"kind": "fail"}, {"kind": "garbage"}
    )
    what, _ = raised(connect("sts").get_caller_identity, {})
    assert what == (500, "InternalFailure")


def test_delays_and_faults_are_drawn_from_one_seed() -> None:
    def drawn(seed: int) -> list[Any]:
        controls = Controls()
        controls.set_latency("*", Latency(20, 100))
        controls.set_faults((Fault("fail", rate=0.5), Fault("throttle", service="iam", rate=0.5)))
        controls.seed(seed)
        message = Message("POST", "/", {}, b"")
        request = Request(message, Protocol.QUERY, "iam", "ListRoles", "eu-west-1", "AKIA", {})
        return [(controls.delay(request), controls.fault(request)) for _ in range(50)]

    assert drawn(1) == drawn(1) != drawn(2)


def test_calls_are_listed_from_a_number_on(lab: Lab, connect: Any) -> None:
    lab.forget_calls()
    for _ in range(3):
        connect("sts").get_caller_identity()
    assert [call["n"] for call in lab.calls()] == [1, 2, 3]
    assert lab.calls(since=1) == lab.calls()[1:]
    assert lab.calls(since=3) == lab.calls(since=99) == []
    lab.forget_calls()
    assert lab.calls() == []
    connect("iam").list_roles()
    assert [(call["n"], call["operation"]) for call in lab.calls()] == [(1, "ListRoles")]


def test_a_call_that_lasts_is_in_the_list_without_an_end(lab: Lab, connect: Any) -> None:
    lab.forget_calls()
    lab.set_faults({"kind": "hang", "service": "iam"})

    def call_it() -> None:
        with contextlib.suppress(BotoCoreError):
            connect("iam").list_roles()

    thread = threading.Thread(target=call_it)
    thread.start()
    deadline = time.monotonic() + 10
    while not lab.calls():
        assert time.monotonic() < deadline
    (call,) = lab.calls()
    assert (call["ended"], call["status"]) == (None, None)
    lab.clear_faults()
    thread.join(10)
    (call,) = lab.calls()
    assert call["ended"] is not None


def test_a_call_from_outside_is_no_function_s(lab: Lab, connect: Any) -> None:
    lab.forget_calls()
    connect("sts").get_caller_identity()
    (call,) = lab.calls()
    assert (call["function"], call["version"], call["environment"]) == (None, None, None)


def test_a_call_costs_little(lab: Lab, connect: Any) -> None:
    client = connect("sts")
    client.get_caller_identity()
    lab.forget_calls()
    for _ in range(30):
        client.get_caller_identity()
    spent = sorted(call["ended"] - call["started"] for call in lab.calls())
    assert spent[len(spent) // 2] < 0.02, "a lost TCP_NODELAY alone would cost 0.04"


def test_a_secret_value_is_never_in_the_list_of_calls(lab: Lab, connect: Any) -> None:
    lab.forget_calls()
    value = "not-for-the-list"
    connect("secretsmanager").create_secret(Name="listed", SecretString=value)
    connect("secretsmanager").put_secret_value(SecretId="listed", SecretString=value)
    connect("ssm").put_parameter(Name="/listed", Value=value, Type="SecureString")
    with pytest.raises(ClientError):
        connect("lambda").update_function_configuration(FunctionName="absent", Environment={"Variables": {"A": value}})
    assert len(lab.calls()) == 4
    assert value not in json.dumps(lab.calls())


def test_the_key_of_a_call_tells_parameters_apart_but_not_random_tokens(lab: Lab, connect: Any) -> None:
    lab.forget_calls()
    client = connect("secretsmanager")
    for name in ("a", "b", "a"):
        with pytest.raises(ClientError):
            client.put_secret_value(SecretId=name, SecretString="x")
    keys = [call["key"] for call in lab.calls()]
    assert keys[0] == keys[2] != keys[1]


def test_faults_of_another_form_are_refused(lab: Lab) -> None:
    wrongs: tuple[dict[str, Any], ...] = (
        {"kind": "explode"}, {"service": "iam"}, {"kind": "refuse", "when": "now"}, {"kind": "fail", "rate": 1.5},
        {"kind": "fail", "rate": -0.1}, {"kind": "fail", "rate": float("nan")}, {"kind": "fail", "rate": "often"},
        {"kind": "hang", "seconds": -1}, {"kind": "hang", "seconds": float("nan")},
    )  # fmt: skip
    for wrong in wrongs:
        with pytest.raises(SmslError):
            lab.set_faults(wrong)
    assert lab.calls() is not None


def test_an_operation_that_nothing_knows_is_refused_in_its_protocol(lab: Lab, connect: Any) -> None:
    (status, code), _ = raised(connect("ec2").describe_network_insights_paths, {})
    assert (status, code) == (400, "InvalidAction")


def test_connections_are_kept_and_bodies_may_come_in_chunks(lab: Lab) -> None:
    address = urlsplit(lab.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=5)
    scope = "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/secretsmanager/aws4_request, x=y"
    head = {"Authorization": scope, "X-Amz-Target": "secretsmanager.ListSecrets"}
    connection.request("POST", "/", "{}", head)
    first = connection.getresponse()
    assert first.status == 200
    assert "SecretList" in json.loads(first.read())
    used = connection.sock
    connection.request("POST", "/", iter([b"{", b"}"]), head, encode_chunked=True)
    second = connection.getresponse()
    assert (second.status, "SecretList" in json.loads(second.read())) == (200, True)
    assert connection.sock is used
    connection.request("GET", "/_lab/nothing")
    assert connection.getresponse().status == 404
    connection.close()


def test_a_request_that_names_no_service_is_refused(lab: Lab) -> None:
    address = urlsplit(lab.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=5)
    connection.request("GET", "/")
    assert connection.getresponse().status == 403
    connection.close()


def test_many_callers_at_once_are_all_answered(lab: Lab, connect: Any) -> None:
    client = connect("secretsmanager")
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(10):
                client.create_secret(Name=f"many/{number}/{step}", SecretString="x")
        except (ClientError, BotoCoreError) as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    pages = client.get_paginator("list_secrets").paginate(Filters=[{"Key": "name", "Values": ["many/"]}])
    assert sum(len(page["SecretList"]) for page in pages) == 80


def test_an_unsigned_request_of_sts_is_known_by_its_action() -> None:
    body = b"Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=r"
    message = Message("POST", "/", {"content-type": "application/x-www-form-urlencoded"}, body)
    request = identify(message, lambda service, message, region: ("", {}))
    assert request is not None
    assert (request.service, request.operation, request.protocol) == (
        "sts",
        "AssumeRoleWithWebIdentity",
        Protocol.QUERY,
    )
    assert call_key(request) == '{"RoleArn":"r"}'
