"""The handlers of both languages in the lab: the same members, the same calls, the same way with trouble."""

from __future__ import annotations

import base64
import json
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from smsl.bench.names import Strategy
from smsl.bench.package import package
from smsl.lab.account import Lab, embedded
from smsl.lab.corrected.layers import EXTENSION_LAYERS
from smsl.lab.functions.runtimes import INSTALL_NODE_SDK, has_node_sdk
from smsl.lab.stage import Stage, fake_password, make_role, open_stage

LAMBDA = {"python": "python3.12", "nodejs": "nodejs20.x"}
WORD = fake_password()
"""In the value of every secret here: no answer and no log may hold it."""
IDS = ("handlers/one", "handlers/two & more")
THROTTLED = {"kind": "throttle", "service": "secretsmanager", "operation": "GetSecretValue"}
REFUSED = {**THROTTLED, "kind": "refuse"}
TTL = 300

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Node.js (node) is not on the path")
needs_node_sdk = pytest.mark.skipif(not has_node_sdk(), reason=f"needs the AWS SDK for JavaScript: {INSTALL_NODE_SDK}")
both = pytest.mark.parametrize("language", ["python", pytest.param("nodejs", marks=needs_node)])
both_with_sdk = pytest.mark.parametrize(
    "language", ["python", pytest.param("nodejs", marks=[needs_node, needs_node_sdk])]
)


@dataclass(frozen=True)
class Answered:
    """One invocation: what the handler said, and the calls to Secrets Manager that the lab saw meanwhile."""

    said: Any
    failed: bool
    calls: int


@dataclass
class Function:
    """A handler of the bench, deployed."""

    lab: Lab
    stage: Stage
    name: str

    def invoke(self) -> Answered:
        before = self.calls()
        answer = self.stage.functions.invoke(FunctionName=self.name, LogType="Tail")
        payload, log = answer["Payload"].read().decode(), base64.b64decode(answer["LogResult"]).decode()
        assert WORD not in payload
        assert WORD not in log
        return Answered(json.loads(payload), "FunctionError" in answer, self.calls() - before)

    def calls(self) -> int:
        return sum(
            (call["function"] or "").endswith(f":{self.name}") and call["operation"] == "GetSecretValue"
            for call in self.lab.calls()
        )


@dataclass
class Bench:
    """The lab, two secrets, and what deploys handlers that read them."""

    lab: Lab
    stage: Stage
    role: str
    versions: list[str]
    made: int = field(default=0)

    def deploy(self, language: str, strategy: Strategy, layers: tuple[str, ...] = (), **variables: str) -> Function:
        self.made += 1
        name = f"{language}-{strategy.value}-{self.made}"
        code, handler = package(language, strategy)
        self.stage.functions.create_function(
            FunctionName=name,
            Role=self.role,
            Runtime=LAMBDA[language],
            Handler=handler,
            Code={"ZipFile": code},
            Timeout=20,
            Environment={"Variables": {"SECRET_IDS": ",".join(IDS), **variables}},
            Layers=list(layers),
        )
        return Function(self.lab, self.stage, name)

    def rotate(self, secret: str) -> str:
        return str(self.stage.secrets.put_secret_value(SecretId=secret, SecretString=f"{WORD} anew")["VersionId"])


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with embedded(sample=False) as lab:
        stage = open_stage(lab.url)
        versions = [stage.secrets.create_secret(Name=each, SecretString=WORD)["VersionId"] for each in IDS]
        yield Bench(lab, stage, make_role(stage, "bench"), versions)


@pytest.fixture(autouse=True)
def _undisturbed(bench: Bench) -> Iterator[None]:
    yield
    bench.lab.clear_faults()


LAYER = (EXTENSION_LAYERS["x86_64"],)
ROWS: list[
    tuple[str, Strategy, dict[str, str], str, tuple[set[str], int | None], list[tuple[set[str], int | None]]]
] = [
    # name, strategy, variables, placement; of initialisation and of three invocations: timings and calls
    ("sdk", Strategy.SDK, {}, "handler", ({"import", "client"}, 0), [({"fetch"}, 2)] * 3),
    (
        "sdk-init",
        Strategy.SDK,
        {"FETCH_IN": "init"},
        "init",
        ({"import", "client", "fetch"}, 2),
        [(set(), 0), ({"fetch"}, 2), ({"fetch"}, 2)],
    ),
    ("cache", Strategy.CACHE, {}, "handler", ({"import", "client"}, 0), [({"fetch"}, 2), (set(), 0), (set(), 0)]),
    ("cache-init", Strategy.CACHE, {"FETCH_IN": "init"}, "init", ({"import", "client", "fetch"}, 2), [(set(), 0)] * 3),
    (
        "cache-of-nothing",
        Strategy.CACHE,
        {"FETCH_IN": "init", "SECRET_CACHE_TTL": "0"},
        "init",
        ({"import", "client"}, 0),
        [({"fetch"}, 2)] * 3,
    ),
    ("extension", Strategy.EXTENSION, {}, "handler", ({"import", "client"}, None), [({"fetch"}, None)] * 3),
    (
        "env",
        Strategy.ENV,
        {"SECRET_VALUE_0": WORD, "SECRET_VALUE_1": WORD},
        "deployment",
        (set(), None),
        [({"fetch"}, None)] * 3,
    ),
]


@both
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_it_says_what_it_has_done(language: str, row: Any, bench: Bench) -> None:
    _, strategy, variables, placement, init, invocations = row
    if language == "nodejs" and "import" in init[0] and strategy is not Strategy.EXTENSION and not has_node_sdk():
        pytest.skip(f"needs the AWS SDK for JavaScript: {INSTALL_NODE_SDK}")
    layers = LAYER if strategy is Strategy.EXTENSION else ()
    function = bench.deploy(language, strategy, layers, SECRET_VERSIONS=",".join(bench.versions), **variables)
    answers = [function.invoke() for _ in invocations]
    said = [each.said for each in answers]

    for number, (one, (timings, calls)) in enumerate(zip(said, invocations, strict=True), 1):
        assert list(one) == [
            "strategy", "placement", "runtime", "environment", "invocation", "init", "init_ended", "started",
            "timings", "api_calls", "secrets",
        ]  # fmt: skip
        assert (one["strategy"], one["placement"], one["invocation"]) == (strategy.value, placement, number)
        assert re.fullmatch(language + r"\d+\.\d+\.\d+", one["runtime"])
        assert one["environment"] == said[0]["environment"]
        assert re.fullmatch("[0-9a-f]{32}", one["environment"])
        assert (set(one["init"]["timings"]), one["init"]["api_calls"]) == init
        assert (set(one["timings"]), one["api_calls"]) == (timings, calls)
        assert all(took >= 0 for took in (*one["timings"].values(), *one["init"]["timings"].values()))
        assert one["init_ended"] <= one["started"] <= said[-1]["started"]
        assert [set(each) for each in one["secrets"]] == [{"version", "age", "stale"}] * 2
        assert [each["version"] for each in one["secrets"]] == bench.versions
        unseen = strategy in {Strategy.EXTENSION, Strategy.ENV}
        assert {each["stale"] for each in one["secrets"]} == {None if unseen else False}
        assert all((each["age"] is None) == unseen for each in one["secrets"])
    arrived = [each.calls for each in answers]
    match strategy:
        case Strategy.EXTENSION:
            assert arrived == [2, 0, 0]
        case Strategy.ENV:
            assert arrived == [0, 0, 0]
        case _:
            assert arrived == [init[1] + invocations[0][1], *(calls for _, calls in invocations[1:])]


@both_with_sdk
def test_a_kept_secret_is_read_anew_when_its_time_is_over(language: str, bench: Bench) -> None:
    bench.lab.set_clock(0)
    function = bench.deploy(language, Strategy.CACHE, SECRET_IDS=IDS[0])
    [first] = function.invoke().said["secrets"]
    bench.versions[0] = bench.rotate(IDS[0])
    bench.lab.set_clock(TTL - 5)
    before = function.invoke()
    bench.lab.set_clock(TTL + 5)
    after = function.invoke()

    assert (first["stale"], 0 <= first["age"] < 5) == (False, True)
    [kept], [read] = before.said["secrets"], after.said["secrets"]
    assert (kept["version"], before.calls) == (first["version"], 0)
    assert TTL - 5 <= kept["age"] < TTL
    assert (read["version"], after.calls, read["stale"]) == (bench.versions[0], 1, False)
    assert read["age"] < 5


@both_with_sdk
def test_a_kept_secret_is_served_beyond_its_time_while_nobody_answers(language: str, bench: Bench) -> None:
    bench.lab.set_clock(0)
    kept, too_old, not_kept = [
        bench.deploy(language, Strategy.CACHE, SECRET_IDS=IDS[0], SECRET_CACHE_TTL=ttl) for ttl in ("300", "50", "0")
    ]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(Function.invoke, (kept, too_old, not_kept)))
        bench.lab.set_faults(THROTTLED)
        bench.lab.set_clock(3700)
        answers = list(pool.map(Function.invoke, (kept, too_old, not_kept)))
        bench.lab.set_clock(3705)
        soon_after = kept.invoke()
        bench.lab.clear_faults()
        bench.lab.set_clock(3715)
        recovered = kept.invoke()

    assert [each.failed for each in answers] == [False, True, True]
    assert [each.calls for each in answers] == [3, 3, 3]
    [stale] = answers[0].said["secrets"]
    assert (stale["stale"], stale["age"] >= 3700, answers[0].said["api_calls"]) == (True, True, 3)
    assert (soon_after.said["secrets"][0]["stale"], soon_after.calls) == (True, 0)
    assert (recovered.said["secrets"][0]["stale"], recovered.calls) == (False, 1)


@both_with_sdk
def test_a_kept_secret_is_thrown_away_when_the_answer_is_no(language: str, bench: Bench) -> None:
    bench.lab.set_clock(0)
    function = bench.deploy(language, Strategy.CACHE, SECRET_IDS=IDS[0])
    function.invoke()
    bench.lab.set_clock(TTL + 5)
    bench.lab.set_faults(REFUSED)
    refused = function.invoke()
    bench.lab.clear_faults()
    bench.lab.set_clock(5)  # when the value that was kept would still be good
    after = function.invoke()

    assert (refused.failed, refused.calls) == (True, 1)
    assert "AccessDenied" in json.dumps(refused.said)
    assert (after.failed, after.calls) == (False, 1)


@both_with_sdk
def test_a_refusal_at_initialisation_is_seen_by_the_caller(language: str, bench: Bench) -> None:
    function = bench.deploy(language, Strategy.CACHE, SECRET_IDS=IDS[0], FETCH_IN="init")
    bench.lab.set_faults(REFUSED)
    refused = function.invoke()
    bench.lab.clear_faults()
    answered = function.invoke()

    assert (refused.failed, refused.calls) == (True, 2)
    assert "AccessDenied" in json.dumps(refused.said)
    assert (answered.failed, answered.said["invocation"]) == (False, 2)  # in the same environment


class Spoken(BaseHTTPRequestHandler):
    """Answers as the extension does, from a list of answers."""

    protocol_version = "HTTP/1.1"
    answers: list[tuple[int, str] | None]
    heard: list[tuple[str, bool, int]]

    def do_GET(self) -> None:
        has_token = bool(self.headers.get("X-Aws-Parameters-Secrets-Token"))
        self.heard.append((self.path, has_token, self.client_address[1]))
        answer = self.answers.pop(0)
        if answer is None:
            self.close_connection = True
            return
        body = answer[1].encode()
        self.send_response(answer[0])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def speak() -> Iterator[Callable[..., tuple[type[Spoken], str]]]:
    servers = []

    def start(*answers: tuple[int, str] | None) -> tuple[type[Spoken], str]:
        spoken = type("Answers", (Spoken,), {"answers": list(answers), "heard": []})
        server = ThreadingHTTPServer(("127.0.0.1", 0), spoken)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return spoken, str(server.server_port)

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


GOOD = (200, json.dumps({"VersionId": "v1", "SecretString": WORD}))
NOT_READY = (400, "not ready to serve traffic, please wait")


@both
def test_the_extension_is_asked_again_until_it_is_ready(language: str, bench: Bench, speak: Any) -> None:
    spoken, port = speak(NOT_READY, None, NOT_READY, GOOD, GOOD)
    variables = {"SECRET_IDS": IDS[1], "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT": port}
    function = bench.deploy(language, Strategy.EXTENSION, **variables)
    answers = [function.invoke(), function.invoke()]

    assert [each.said["secrets"] for each in answers] == [[{"version": "v1", "age": None, "stale": None}]] * 2
    assert len(spoken.heard) == 5
    assert {heard[:2] for heard in spoken.heard} == {("/secretsmanager/get?secretId=handlers%2Ftwo%20%26%20more", True)}
    assert spoken.heard[2][2] == spoken.heard[4][2]  # one connection, kept between invocations


@both
def test_what_the_extension_cannot_read_is_an_error(language: str, bench: Bench, speak: Any) -> None:
    spoken, port = speak((400, "an error of Secrets Manager"), (401, "no token"), (500, "broken"))
    function = bench.deploy(language, Strategy.EXTENSION, PARAMETERS_SECRETS_EXTENSION_HTTP_PORT=port, SECRET_IDS="x")
    answers = [function.invoke() for _ in range(3)]

    assert [each.failed for each in answers] == [True] * 3
    said = [each.said["errorMessage"] for each in answers]
    assert said == [f"the extension answered {status}" for status in (400, 401, 500)]
    assert len(spoken.heard) == 3
