"""Environments of functions as a caller meets them through boto3: who gets which, what replaces them, what is none."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import signal
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from smsl.lab.account import Lab
from smsl.lab.corrected.layers import EXTENSION_LAYERS
from smsl.lab.stage import role_arn
from tests.lab.functions.conftest import Make, invoke, zipped

REFUSALS = json.loads((Path(__file__).parent / "invoke_refusals.json").read_text())
PATIENCE = 20.0
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:"
PID = "import os\n\ndef handler(event, context):\n    return os.getpid()\n"
SAYS = "def handler(event, context):\n    return {said!r}\n"
TOLD = "def handler(event, context):\n    return [context.function_version, context.invoked_function_arn]\n"
WAITS = """
import os, pathlib, time

def handler(event, context):
    mark = pathlib.Path(event["mark"])
    mark.with_name(f"{mark.name}.{context.aws_request_id}").touch()
    while not mark.exists():
        time.sleep(0.01)
    return os.getpid()
"""
"""It leaves a file beside the mark, and waits for the mark."""
MEETS = """
import os, pathlib, time

def handler(event, context):
    place = pathlib.Path(event["place"])
    (place / context.aws_request_id).touch()
    while len(list(place.iterdir())) < event["guests"]:
        time.sleep(0.01)
    return os.getpid()
"""
"""It waits until as many invocations have come."""


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def refused(call: Callable[..., Any], **parameters: Any) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    answered = caught.value.response
    return answered["ResponseMetadata"]["HTTPStatusCode"], answered["Error"]["Code"], answered["Error"]["Message"]


def quick(functions: Any, name: str, event: Any = None, **more: Any) -> Any:
    """Invoke without asking for the log: the answer comes as soon as the runtime has answered."""
    return json.loads(functions.invoke(FunctionName=name, Payload=json.dumps(event or {}), **more)["Payload"].read())


@pytest.fixture
def standing(lab: Lab) -> Callable[[str], int]:
    """Return what counts the environments of a function, all versions together."""

    def count(name: str) -> int:
        counts = lab.environments()
        return sum(number for arn, number in counts.items() if arn.startswith(f"{ARN}{name}:"))

    return count


@pytest.fixture
def at_once() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(12) as threads:
        yield threads


# Who gets which.


def test_ten_at_once_have_an_environment_each_and_the_next_ten_have_the_same(
    functions: Any, make: Make, at_once: ThreadPoolExecutor, tmp_path: Path, standing: Any
) -> None:
    name = make("meets", MEETS, Timeout=60)
    found = []
    for turn in ("first", "second"):
        (tmp_path / turn).mkdir()
        event = {"place": str(tmp_path / turn), "guests": 10}
        found.append(set(at_once.map(lambda _, event=event: invoke(functions, name, event).payload, range(10))))  # type: ignore[misc]
    assert len(found[0]) == 10
    assert found[0] == found[1]
    assert standing(name) == 10


@pytest.mark.parametrize("log_type", ["Tail", "None"])
def test_one_after_the_other_they_have_the_same(log_type: str, functions: Any, make: Make, standing: Any) -> None:
    name = make(f"again-{log_type}", PID)
    pids = [quick(functions, name, LogType=log_type) for _ in range(8)]
    assert len(set(pids)) == 1
    assert standing(name) == 1


CHANGES: Mapping[str, Callable[[Any, str], Any]] = {
    "variables": lambda functions, name: functions.update_function_configuration(
        FunctionName=name, Environment={"Variables": {"SAYING": "new"}}
    ),
    "memory": lambda functions, name: functions.update_function_configuration(FunctionName=name, MemorySize=256),
    "description": lambda functions, name: functions.update_function_configuration(FunctionName=name, Description="d"),
    "code": lambda functions, name: functions.update_function_code(
        FunctionName=name, ZipFile=zipped({"app.py": SAYS.format(said="new")})
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_the_function_replaces_its_environments(
    change: str, functions: Any, make: Make, standing: Any
) -> None:
    code = "import os\n\ndef handler(event, context):\n    return [os.getpid(), dict(os.environ)]\n"
    name = make(f"changes-{change}", code)
    before = invoke(functions, name).payload
    assert standing(name) == 1
    CHANGES[change](functions, name)
    assert standing(name) == 0
    after = invoke(functions, name).payload
    if change == "code":
        assert after == "new"
        return
    assert after[0] != before[0]
    assert after[1].get("SAYING") == ("new" if change == "variables" else None)
    assert after[1]["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == ("256" if change == "memory" else "128")


def test_what_changes_nothing_of_a_function_leaves_its_environments(functions: Any, make: Make, standing: Any) -> None:
    name = make("stays", PID)
    make("neighbour", PID)
    before = invoke(functions, name).payload
    functions.publish_version(FunctionName=name)
    functions.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    functions.tag_resource(Resource=f"{ARN}{name}", Tags={"team": "a"})
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=5)
    functions.add_permission(
        FunctionName=name, StatementId="s", Action="lambda:InvokeFunction", Principal="events.amazonaws.com"
    )
    functions.update_function_configuration(FunctionName="neighbour", MemorySize=256)
    functions.delete_function(FunctionName="neighbour")
    assert invoke(functions, name).payload == before
    assert standing(name) == 1


def test_a_deleted_function_has_no_environment_left(functions: Any, make: Make, standing: Any) -> None:
    name = make("goes", PID)
    before = invoke(functions, name).payload
    functions.delete_function(FunctionName=name)
    assert standing(name) == 0
    assert refused(functions.invoke, FunctionName=name)[:2] == (404, "ResourceNotFoundException")
    make(name, PID)
    assert invoke(functions, name).payload != before


def test_a_function_that_is_changed_or_deleted_meanwhile_still_answers(
    functions: Any, make: Make, at_once: ThreadPoolExecutor, tmp_path: Path, standing: Any
) -> None:
    for change in ("updated", "deleted"):
        name, mark = make(f"meanwhile-{change}", WAITS, Timeout=60), tmp_path / change
        under_way = at_once.submit(invoke, functions, name, {"mark": str(mark)})
        assert eventually(lambda mark=mark: list(mark.parent.glob(f"{mark.name}.*")) != [])  # type: ignore[misc]
        if change == "updated":
            functions.update_function_configuration(FunctionName=name, MemorySize=256)
        else:
            functions.delete_function(FunctionName=name)
        assert standing(name) == 0, "no other invocation gets it"
        mark.touch()
        answered = under_way.result(PATIENCE)
        assert (answered.error, type(answered.payload)) == (None, int)
        if change == "updated":
            assert invoke(functions, name, {"mark": str(mark)}).payload != answered.payload


def test_an_environment_whose_process_has_died_is_not_used_again(functions: Any, make: Make) -> None:
    name = make("dies", PID)
    before = invoke(functions, name).payload
    os.kill(before, signal.SIGKILL)
    # Whether its end is known at once is the system's affair: an invocation that comes before it fails as on Lambda.
    after = [invoke(functions, name) for _ in range(2)]
    assert {each.error for each in after} <= {None, "Unhandled"}
    assert after[-1].error is None
    assert after[-1].payload != before


def test_versions_and_aliases_run_what_they_stand_for(functions: Any, make: Make) -> None:
    name = make("versioned", TOLD)
    functions.publish_version(FunctionName=name)
    functions.update_function_configuration(FunctionName=name, Description="second")
    functions.publish_version(FunctionName=name)
    functions.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    functions.create_alias(FunctionName=name, Name="next", FunctionVersion="2")
    asked: list[tuple[dict[str, str], str, str]] = [
        ({"FunctionName": name}, "$LATEST", ""),
        ({"FunctionName": f"{name}:$LATEST"}, "$LATEST", ":$LATEST"),
        ({"FunctionName": name, "Qualifier": "1"}, "1", ":1"),
        ({"FunctionName": f"{name}:2"}, "2", ":2"),
        ({"FunctionName": f"{name}:2", "Qualifier": "2"}, "2", ":2"),
        ({"FunctionName": f"{name}:live"}, "1", ":live"),
        ({"FunctionName": name, "Qualifier": "next"}, "2", ":next"),
        ({"FunctionName": f"{ARN}{name}"}, "$LATEST", ""),
        ({"FunctionName": f"{ARN}{name}:live"}, "1", ":live"),
        ({"FunctionName": f"123456789012:function:{name}:next"}, "2", ":next"),
        ({"FunctionName": f"function:{name}"}, "$LATEST", ""),
    ]
    for call, version, suffix in asked:
        answer = functions.invoke(**call)
        assert (json.loads(answer["Payload"].read()), answer["ExecutedVersion"]) == (
            [version, f"{ARN}{name}{suffix}"],
            version,
        ), call
    functions.update_alias(FunctionName=name, Name="live", FunctionVersion="2")
    assert quick(functions, f"{name}:live")[0] == "2"


def test_a_function_may_be_called_function(functions: Any, make: Make) -> None:
    make("function", TOLD)
    for text in ("function", "function:function:$LATEST", f"{ARN}function", f"{ARN}function:$LATEST"):
        assert quick(functions, text)[0] == "$LATEST"
        assert functions.get_function_configuration(FunctionName=text)["FunctionName"] == "function"


def test_an_alias_with_weights_sends_a_share_to_the_other_version(functions: Any, make: Make) -> None:
    name = make("weighted", TOLD)
    functions.publish_version(FunctionName=name)
    functions.update_function_configuration(FunctionName=name, Description="second")
    functions.publish_version(FunctionName=name)
    functions.create_alias(FunctionName=name, Name="live", FunctionVersion="1")

    def drawn(weight: float, times: int) -> set[str]:
        weights = {"AdditionalVersionWeights": {"2": weight}}
        functions.update_alias(FunctionName=name, Name="live", RoutingConfig=weights)
        return {quick(functions, f"{name}:live")[0] for _ in range(times)}

    assert drawn(0.0, 5) == {"1"}
    assert drawn(1.0, 5) == {"2"}
    assert drawn(0.5, 50) == {"1", "2"}, "that all go one way has a chance of one in 10^14"


# Concurrency.


def throttled(functions: Any, name: str, **more: Any) -> tuple[int, str, str, str]:
    with pytest.raises(ClientError) as caught:
        functions.invoke(FunctionName=name, **more)
    answered = caught.value.response
    status, error = answered["ResponseMetadata"]["HTTPStatusCode"], answered["Error"]
    return status, error["Code"], error["Message"], answered["Reason"]


THROTTLED = (429, "TooManyRequestsException", "Rate Exceeded.", "ReservedFunctionConcurrentInvocationLimitExceeded")


def test_a_function_for_which_nothing_is_reserved_is_never_run(functions: Any, make: Make) -> None:
    name = make("none-reserved", PID)
    before = invoke(functions, name).payload
    functions.publish_version(FunctionName=name)
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    assert throttled(functions, name) == THROTTLED, "although an environment stands idle"
    assert throttled(functions, name, Qualifier="1") == THROTTLED
    assert throttled(functions, name, InvocationType="Event") == THROTTLED
    assert functions.invoke(FunctionName=name, InvocationType="DryRun")["StatusCode"] == 204
    functions.delete_function_concurrency(FunctionName=name)
    assert invoke(functions, name).payload == before


@pytest.mark.parametrize("reserved", [1, 2])
def test_no_more_are_under_way_than_are_reserved(
    reserved: int, functions: Any, make: Make, at_once: ThreadPoolExecutor, tmp_path: Path
) -> None:
    name = make(f"reserved-{reserved}", WAITS, Timeout=60)
    functions.publish_version(FunctionName=name)
    (tmp_path / "open").touch()
    idle = {
        invoke(functions, name, {"mark": str(tmp_path / "open")}, Qualifier=each).payload for each in ("1", "$LATEST")
    }
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=reserved)
    mark = tmp_path / "mark"
    under_way = [at_once.submit(invoke, functions, name, {"mark": str(mark)}) for _ in range(reserved)]
    assert eventually(lambda: len(list(tmp_path.glob("mark.*"))) == reserved)
    assert throttled(functions, name) == THROTTLED
    assert throttled(functions, name, Qualifier="1") == THROTTLED, "it holds for all versions together"
    mark.touch()
    assert len({each.result(PATIENCE).payload for each in under_way}) == reserved
    assert invoke(functions, name, {"mark": str(mark)}, Qualifier="1").payload in idle


# Ways to invoke.


def test_an_event_is_taken_at_once_and_made_afterwards(functions: Any, make: Make, tmp_path: Path) -> None:
    name, mark = make("event", WAITS, Timeout=60), tmp_path / "mark"
    payload = json.dumps({"mark": str(mark)})
    answer = functions.invoke(FunctionName=name, InvocationType="Event", Payload=payload)
    assert (answer["StatusCode"], answer["Payload"].read()) == (202, b"")
    assert "ExecutedVersion" not in answer
    assert "FunctionError" not in answer
    identifier = answer["ResponseMetadata"]["RequestId"]
    assert eventually((tmp_path / f"mark.{identifier}").exists)
    mark.touch()


def test_a_dry_run_runs_nothing(functions: Any, make: Make, standing: Any) -> None:
    name = make("dry", PID)
    answer = functions.invoke(FunctionName=name, InvocationType="DryRun")
    assert (answer["StatusCode"], answer["Payload"].read(), standing(name)) == (204, b"", 0)


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case["name"])
def test_what_cannot_be_invoked_is_refused_in_lambda_s_words(case: dict[str, Any], functions: Any, make: Make) -> None:
    if not any(each["FunctionName"] == "here" for each in functions.list_functions()["Functions"]):
        make("here", PID)
    call = dict(case["call"])
    if isinstance(call.get("Payload"), dict):
        ((text, times),) = call["Payload"].items()
        call["Payload"] = text * times
    status, code, message = refused(functions.invoke, **call)
    assert (status, code) == (case["status"], case["code"])
    assert message == case["message"] or re.fullmatch(case["message"], message), message


@pytest.mark.parametrize("payload", ["", "null", " {} ", '"text"', "[1]", "1e3", '{"a": {"a": 1, "a": 2}}'])
def test_any_json_is_a_payload_and_nothing_is_an_empty_object(payload: str, functions: Any, make: Make) -> None:
    if not any(each["FunctionName"] == "echo" for each in functions.list_functions()["Functions"]):
        make("echo", "def handler(event, context):\n    return event\n")
    answer = functions.invoke(FunctionName="echo", Payload=payload)
    assert json.loads(answer["Payload"].read()) == json.loads(payload or "{}")


@pytest.mark.parametrize("text", ['{"custom": {\n  "k": "v"\n}}', '{"custom":{"k":"ü \\u2028 \\r\\n x: y"}}'])
def test_a_client_s_context_reaches_the_function_however_it_is_written(text: str, functions: Any, make: Make) -> None:
    name = make(f"context-{len(text)}", "def handler(event, context):\n    return context.client_context.custom\n")
    encoded = base64.b64encode(text.encode()).decode()
    assert quick(functions, name, ClientContext=encoded) == json.loads(text)["custom"]


def test_a_payload_as_large_as_may_be_arrives(functions: Any, make: Make) -> None:
    name = make("large", "def handler(event, context):\n    return len(event)\n")
    assert quick(functions, name, "x" * (6 * 1024 * 1024 - 2)) == 6 * 1024 * 1024 - 2


# What runs.


def test_functions_of_images_and_of_other_languages_are_refused_in_plain_words(functions: Any, make: Make) -> None:
    make("image", PID)  # makes the role
    functions.create_function(
        FunctionName="an-image", Role=role_arn("runner"), PackageType="Image",
        Code={"ImageUri": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1"},
    )  # fmt: skip
    assert refused(functions.invoke, FunctionName="an-image") == (
        502,
        "InvalidRuntimeException",
        "The lab runs functions of zip packages, not of container images.",
    )
    answered = invoke(functions, make("java", PID, Runtime="java21"))
    assert answered.error == "Unhandled"
    words = "The lab runs python, nodejs and provided runtimes, not java21"
    assert answered.payload == {
        "errorType": "Runtime.InvalidEntrypoint",
        "errorMessage": f"RequestId: {answered.id} Error: {words}",
    }


BOOTSTRAP = f"""#!{sys.executable} -IS
import json, os
from http.client import HTTPConnection

api = HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    api.request("GET", "/2018-06-01/runtime/invocation/next")
    given = api.getresponse()
    event = json.loads(given.read())
    told = {{"event": event, "handler": os.environ["_HANDLER"], "engine": os.environ.get("AWS_EXECUTION_ENV")}}
    place = "/2018-06-01/runtime/invocation/" + given.getheader("Lambda-Runtime-Aws-Request-Id")
    api.request("POST", place + "/response", json.dumps(told))
    api.getresponse().read()
"""


def provided(functions: Any, name: str, files: Mapping[str, str], **more: Any) -> str:
    functions.create_function(
        FunctionName=name, Role=role_arn("runner"), Runtime="provided.al2023", Handler="any", Timeout=5,
        Code={"ZipFile": zipped(files)}, **more,
    )  # fmt: skip
    return name


def layer(functions: Any, name: str, files: Mapping[str, str]) -> str:
    return str(functions.publish_layer_version(LayerName=name, Content={"ZipFile": zipped(files)})["LayerVersionArn"])


@pytest.mark.parametrize("place", ["task", "layer"])
def test_a_bootstrap_is_the_runtime_of_provided_functions(place: str, functions: Any, make: Make) -> None:
    make(f"for-the-role-{place}", PID)
    if place == "task":
        name = provided(functions, "own-bootstrap", {"bootstrap": BOOTSTRAP})
    else:
        layers = [layer(functions, "bootstrap", {"bootstrap": BOOTSTRAP})]
        name = provided(functions, "layered-bootstrap", {"nothing": ""}, Layers=layers)
    for number in range(2):
        assert invoke(functions, name, {"n": number}).payload == {
            "event": {"n": number}, "handler": "any", "engine": None,
        }  # fmt: skip


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"app": "x"}, "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"),
        ({"bootstrap": "no program"}, "fork/exec /var/task/bootstrap: exec format error"),
        ({"bootstrap": "#!/of/nobody\n"}, "fork/exec /var/task/bootstrap: no such file or directory"),
    ],
    ids=["none", "no-program", "no-interpreter"],
)
def test_a_bootstrap_that_cannot_be_started_is_an_invalid_entry_point(
    files: Mapping[str, str], words: str, functions: Any, make: Make, request: pytest.FixtureRequest
) -> None:
    name = f"bad-{request.node.callspec.id}"
    make(f"{name}-role", PID)
    answered = invoke(functions, provided(functions, name, files))
    assert answered.payload == {
        "errorType": "Runtime.InvalidEntrypoint",
        "errorMessage": f"RequestId: {answered.id} Error: {words}",
    }
    assert answered.log.count("Error Type: Runtime.InvalidEntrypoint") == 3, "two initialisations and the report"


def test_a_runtime_that_ends_by_a_signal_without_a_name_says_its_number(functions: Any, make: Make) -> None:
    make("signal-role", PID)
    answered = invoke(functions, provided(functions, "signal", {"bootstrap": "#!/bin/sh\nkill -40 $$\n"}))
    assert answered.payload["errorMessage"].endswith("Runtime exited with error: signal: signal 40")


def test_what_is_printed_need_not_be_text(functions: Any, make: Make) -> None:
    name = make("binary", "import os\n\ndef handler(event, context):\n    os.write(1, bytes(range(256)) * 9)\n")
    log = base64.b64decode(functions.invoke(FunctionName=name, LogType="Tail")["LogResult"])
    assert bytes(range(128, 256)) in log
    assert re.search(rb"\xff\nEND RequestId: \S+\nREPORT RequestId: ", log)


@pytest.mark.verify
def test_the_time_limit_holds_for_who_prints_without_end(functions: Any, make: Make) -> None:
    code = "import os\n\ndef handler(event, context):\n    while True:\n        os.write(1, b'endless\\n' * 8192)\n"
    answered = invoke(functions, make("endless", code, Timeout=1))
    assert answered.payload["errorType"] == "Sandbox.Timedout"
    assert re.search(r"endless\nEND RequestId: \S+\nREPORT .*\tStatus: timeout\n$", answered.log)


CALLS = """
import os
from http.client import HTTPConnection
from urllib.parse import urlsplit

def handler(event, context):
    scope = os.environ["AWS_ACCESS_KEY_ID"] + "/20260101/eu-west-1/secretsmanager/aws4_request"
    head = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
        "X-Amz-Target": "secretsmanager.ListSecrets",
    }
    place = urlsplit(os.environ["AWS_ENDPOINT_URL"])
    connection = HTTPConnection(place.hostname, place.port)
    connection.request("POST", "/", "{}", head)
    return [connection.getresponse().status, context.log_stream_name[-32:]]
"""


def test_a_call_is_known_as_its_environment_s(lab: Lab, functions: Any, make: Make) -> None:
    name = make("calls", CALLS)
    functions.publish_version(FunctionName=name)
    functions.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    lab.forget_calls()
    told = [quick(functions, f"{name}{suffix}") for suffix in ("", "", ":1", ":live")]
    functions.delete_function(FunctionName=name)
    calls = [each for each in lab.calls() if each["operation"] == "ListSecrets"]
    assert [status for status, _ in told] == [200] * 4
    assert [(each["function"], each["version"], each["environment"]) for each in calls] == [
        (f"{ARN}{name}", version, environment)
        for version, (_, environment) in zip(("$LATEST", "$LATEST", "1", "1"), told, strict=True)
    ]
    environments = [environment for _, environment in told]
    assert environments[0] == environments[1] != environments[2] == environments[3]


# Layers.


def test_layers_lie_over_one_another_in_their_order(functions: Any, make: Make) -> None:
    below = layer(functions, "below", {
        "python/shared.py": "NAME = 'below'", "python/only_below.py": "", "bin/tool": "#!/bin/sh\necho below\n",
        "lib/libfirst.so": "", "data.txt": "below",
    })  # fmt: skip
    above = layer(functions, "above", {
        "python/shared.py": "NAME = 'above'", "python/lib/python3.12/site-packages/packaged.py": "",
        "bin/tool": "#!/bin/sh\necho above\n",
    })  # fmt: skip
    code = (
        "import os, shared, only_below, packaged, subprocess\n\ndef handler(event, context):\n"
        "    first = os.environ['LD_LIBRARY_PATH'].split(':')[0]\n"
        "    said = subprocess.run(['tool'], capture_output=True, text=True).stdout.strip()\n"
        "    return [shared.NAME, said, os.listdir(first), open(first + '/../data.txt').read()]\n"
    )
    name = make("layered", code, Layers=[below, above])
    assert invoke(functions, name).payload == ["above", "above", ["libfirst.so"], "below"]
    functions.update_function_configuration(FunctionName=name, Layers=[above, below])
    assert invoke(functions, name).payload[:2] == ["below", "below"]


def test_a_function_goes_without_a_layer_of_another_account_and_its_log_says_so(functions: Any, make: Make) -> None:
    foreign = "arn:aws:lambda:eu-west-1:210987654321:layer:tools:3"
    name = make("without", "raise KeyError('no tools')\n", Layers=[foreign])
    assert f"LAB\tLayer {foreign} is another account's: the function runs without it\n" in invoke(functions, name).log


EXTENSION = f"""#!{sys.executable} -IS
import json, os, pathlib, sys, time
from http.client import HTTPConnection

record = pathlib.Path(os.environ["RECORD"])

def note(text):
    with record.open("a") as file:
        file.write(json.dumps([os.path.basename(__file__), text]) + "\\n")

api = HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

def ask(method, path, headers, body=None):
    api.request(method, "/2020-01-01/extension/" + path, body, headers)
    given = api.getresponse()
    return given.getheader("Lambda-Extension-Identifier"), given.read()

how = os.environ.get("HOW", "")
if how == "crashes-at-once":
    sys.exit(3)
if how == "never-registers":
    time.sleep(600)
events = json.dumps({{"events": json.loads(os.environ.get("EVENTS", '["INVOKE", "SHUTDOWN"]'))}})
identifier, told = ask("POST", "register", {{"Lambda-Extension-Name": os.path.basename(__file__)}}, events)
note(["registered", json.loads(told), sorted(os.environ)])
own = {{"Lambda-Extension-Identifier": identifier}}
if how == "crashes-when-registered":
    sys.exit(0)
if how == "cannot-start":
    ask("POST", "init/error", {{**own, "Lambda-Extension-Function-Error-Type": "Extension.NoConfiguration"}})
    sys.exit(1)
while True:
    event = json.loads(ask("GET", "event/next", own)[1])
    note(event)
    if event["eventType"] == "SHUTDOWN":
        if how == "does-not-leave":
            time.sleep(600)
        sys.exit(0)
    if how == "crashes-when-invoked":
        os.abort()
    if how == "gives-up":
        ask("POST", "exit/error", {{**own, "Lambda-Extension-Function-Error-Type": "Extension.Tired"}})
        sys.exit(1)
    if how == "takes-its-time":
        while not (record.parent / "mark").exists():
            time.sleep(0.01)
"""


@pytest.fixture
def extended(functions: Any, make: Make, tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., str]:
    """Return what makes a function with the extension `watcher`, or those of other names, and returns its name."""

    def make_it(code: str = PID, names: tuple[str, ...] = ("watcher",), **variables: str) -> str:
        own = re.sub(r"\W+", "-", request.node.name.removeprefix("test_an_extension_that_"))[:50]
        watchers = layer(functions, f"for-{own}", {f"extensions/{each}": EXTENSION for each in names})
        environment = {"Variables": {"RECORD": str(tmp_path / "record"), **variables}}
        return make(own, code, Layers=[watchers], Environment=environment)

    return make_it


def heard(place: Path) -> list[tuple[str, Any]]:
    """Return what extensions noted, each with its name."""
    record = place / "record"
    return [tuple(json.loads(line)) for line in record.read_text().splitlines()] if record.exists() else []


def kinds(place: Path) -> list[str]:
    return [what[0] if isinstance(what, list) else what["eventType"] for _, what in heard(place)]


def test_an_extension_hears_of_each_invocation_and_of_the_end(
    functions: Any, extended: Callable[..., str], tmp_path: Path
) -> None:
    name = extended()
    answers = [invoke(functions, name) for _ in range(2)]
    functions.update_function_configuration(FunctionName=name, MemorySize=256)
    assert eventually(lambda: len(heard(tmp_path)) == 4)
    (registered, *invoked, over) = [what for _, what in heard(tmp_path)]
    assert registered[:2] == [
        "registered", {"functionName": name, "functionVersion": "$LATEST", "handler": "app.handler"},
    ]  # fmt: skip
    assert [(each["eventType"], each["requestId"], each["invokedFunctionArn"]) for each in invoked] == [
        ("INVOKE", each.id, f"{ARN}{name}") for each in answers
    ]
    assert all(each["tracing"]["type"] == "X-Amzn-Trace-Id" for each in invoked)
    assert all(abs(each["deadlineMs"] / 1000 - time.time()) < 600 for each in (*invoked, over))
    assert (over["eventType"], over["shutdownReason"]) == ("SHUTDOWN", "spindown")
    kept_from_it = {"_HANDLER", "AWS_EXECUTION_ENV", "LAMBDA_TASK_ROOT", "AWS_LAMBDA_LOG_GROUP_NAME"}
    assert not kept_from_it & set(registered[2])
    assert {"RECORD", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_LAMBDA_FUNCTION_NAME"} <= set(registered[2])


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import time\n\ndef handler(event, context):\n    time.sleep(60)\n", "timeout"),
        ("import os\n\ndef handler(event, context):\n    os._exit(1)\n", "failure"),
    ],
    ids=["timeout", "failure"],
)
def test_an_extension_hears_why_it_is_over(
    code: str, reason: str, functions: Any, extended: Callable[..., str], tmp_path: Path
) -> None:
    name = extended(code)
    functions.update_function_configuration(FunctionName=name, Timeout=1)
    assert invoke(functions, name).error == "Unhandled"
    assert eventually(lambda: kinds(tmp_path) == ["registered", "INVOKE", "SHUTDOWN"])
    assert heard(tmp_path)[-1][1]["shutdownReason"] == reason


def test_an_extension_that_is_busy_at_the_time_limit_hears_of_it_when_it_asks(
    functions: Any, extended: Callable[..., str], tmp_path: Path
) -> None:
    name = extended(SAYS.format(said="done"), HOW="takes-its-time")
    functions.update_function_configuration(FunctionName=name, Timeout=1)
    answered = invoke(functions, name)
    assert (answered.payload, answered.error) == ("done", None), "the answer stands"
    assert answered.log.endswith("\tStatus: timeout\n")
    (tmp_path / "mark").touch()
    assert eventually(lambda: kinds(tmp_path) == ["registered", "INVOKE", "SHUTDOWN"])
    assert heard(tmp_path)[-1][1]["shutdownReason"] == "timeout"


def test_the_answer_goes_out_before_extensions_are_done_unless_the_log_is_wanted(
    functions: Any, extended: Callable[..., str], tmp_path: Path, at_once: ThreadPoolExecutor
) -> None:
    name = extended(HOW="takes-its-time")
    functions.update_function_configuration(FunctionName=name, Timeout=60)
    before = quick(functions, name)
    under_way = at_once.submit(invoke, functions, name)
    assert eventually(lambda: kinds(tmp_path).count("INVOKE") == 2), "it has an environment of its own"
    assert not under_way.done()
    (tmp_path / "mark").touch()
    assert under_way.result(PATIENCE).payload != before


@pytest.mark.parametrize(
    ("how", "kind", "words", "state"),
    [
        ("crashes-at-once", "Extension.Crash", "exit status 3", "Started\tEvents: []"),
        ("crashes-when-registered", "Extension.Crash", "exit code 0", "Registered\tEvents: [INVOKE, SHUTDOWN]"),
        (
            "cannot-start", "Extension.InitError", "exit status 1",
            "InitError\tEvents: [INVOKE, SHUTDOWN]\tError Type: Extension.NoConfiguration",
        ),
    ],
)  # fmt: skip
def test_an_extension_that_fails_to_start_fails_the_initialisation(
    how: str, kind: str, words: str, state: str, functions: Any, extended: Callable[..., str]
) -> None:
    answered = invoke(functions, extended(HOW=how))
    assert answered.payload == {"errorType": kind, "errorMessage": f"RequestId: {answered.id} Error: {words}"}
    lines = [line.split("\t") for line in answered.log.splitlines()]
    assert f"EXTENSION\tName: watcher\tState: {state}\n" in answered.log
    assert [line[0].split()[0] for line in lines] == [
        "EXTENSION",
        "INIT_REPORT",
        "INIT_REPORT",
        "START",
        "END",
        "REPORT",
    ]
    assert [line[-2:] for line in lines if line[0].startswith("INIT_REPORT")] == [
        ["Status: error", f"Error Type: {kind}"]
    ] * 2
    assert [line[1] for line in lines if line[0].startswith("INIT_REPORT")] == ["Phase: init", "Phase: invoke"]


@pytest.mark.parametrize(
    ("how", "kind", "words"),
    [
        ("crashes-when-invoked", "Extension.Crash", "signal: aborted"),
        ("gives-up", "Extension.ExitError", "exit status 1"),
    ],
)
def test_an_extension_that_fails_within_an_invocation_fails_it(
    how: str, kind: str, words: str, functions: Any, extended: Callable[..., str], tmp_path: Path
) -> None:
    name = extended(WAITS, HOW=how)
    answered = invoke(functions, name, {"mark": str(tmp_path / "never")})
    assert answered.payload["errorType"] == kind
    assert re.fullmatch(
        rf"RequestId: {answered.id} Error: {words}( \(core dumped\))?", answered.payload["errorMessage"]
    )
    assert answered.log.endswith(f"\tStatus: error\tError Type: {kind}\n")
    assert "Init Duration" in answered.log


@pytest.mark.parametrize(
    ("content", "mode", "words", "kind"),
    [
        (EXTENSION, 0o644, "permission denied", "PermissionDenied"),
        ("no program", 0o755, "exec format error", "UnknownError"),
    ],
    ids=["not-executable", "no-program"],
)
def test_an_extension_that_cannot_be_started_is_a_launch_error(
    content: str, mode: int, words: str, kind: str, functions: Any, make: Make
) -> None:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        entry = zipfile.ZipInfo("extensions/watcher")
        entry.external_attr = mode << 16
        archive.writestr(entry, content)
    published = functions.publish_layer_version(LayerName=f"launch-{kind}", Content={"ZipFile": package.getvalue()})
    answered = invoke(functions, make(f"launch-{kind}", PID, Layers=[published["LayerVersionArn"]]))
    assert answered.payload == {
        "errorType": "Extension.LaunchError",
        "errorMessage": f"RequestId: {answered.id} Error: fork/exec /opt/extensions/watcher: {words}",
    }
    assert f"EXTENSION\tName: watcher\tState: LaunchError\tEvents: []\tError Type: {kind}\n" in answered.log


def test_eleven_extensions_are_one_too_many(functions: Any, make: Make) -> None:
    watchers = {f"extensions/watcher-{number:02}": "#!/bin/sh\nexec sleep 600\n" for number in range(11)}
    answered = invoke(functions, make("eleven", PID, Layers=[layer(functions, "eleven", watchers)]))
    assert answered.payload["errorType"] == "Extension.LaunchError"
    assert (
        "EXTENSION\tName: watcher-10\tState: LaunchError\tEvents: []\tError Type: TooManyExtensions\n" in answered.log
    )


def test_extensions_that_do_not_leave_and_runtimes_that_mind_no_signal_are_killed(
    functions: Any, extended: Callable[..., str], tmp_path: Path
) -> None:
    deaf = f"import signal\n\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n{PID}"
    name = extended(deaf, ("quiet", "stays"), HOW="does-not-leave")
    pid = invoke(functions, name).payload
    functions.delete_function(FunctionName=name)
    assert eventually(lambda: not Path(f"/proc/{pid}").exists() if sys.platform == "linux" else _is_gone(pid))
    assert eventually(lambda: kinds(tmp_path).count("SHUTDOWN") == 2)


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_environments_at_once_have_a_port_each_for_the_extension_of_aws(
    functions: Any, make: Make, at_once: ThreadPoolExecutor, tmp_path: Path
) -> None:
    port = "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT"
    code = MEETS.replace("os.getpid()", f"os.environ['{port}']")
    name = make("ports", code, Layers=[EXTENSION_LAYERS["x86_64"]], Timeout=60)
    event = {"place": str(tmp_path), "guests": 3}
    answers = list(at_once.map(lambda _: invoke(functions, name, event), range(3)))
    assert [each.error for each in answers] == [None] * 3
    assert len({each.payload for each in answers}) == 3


@pytest.mark.verify
def test_an_initialisation_has_ten_seconds_and_is_made_up_for_within_the_invocation(
    functions: Any, make: Make, extended: Callable[..., str]
) -> None:
    code = (
        "import os, pathlib, time\n\nmark = pathlib.Path(os.environ['TMPDIR']) / 'tried'\nif not mark.exists():\n"
        "    mark.touch()\n    time.sleep(60)\n\ndef handler(event, context):\n    return 'late'\n"
    )
    answered = invoke(functions, make("starts-late", code))
    assert (answered.payload, answered.error) == ("late", None)
    first, *_ = answered.log.splitlines()
    assert re.fullmatch(r"INIT_REPORT Init Duration: 10\d{3}\.\d\d ms\tPhase: init\tStatus: timeout", first)
    assert "Init Duration" not in answered.log.splitlines()[-1]


@pytest.mark.verify
def test_an_extension_that_never_registers_is_waited_for_until_the_time_is_over(
    functions: Any, extended: Callable[..., str]
) -> None:
    name = extended(HOW="never-registers")
    functions.update_function_configuration(FunctionName=name, Timeout=1)
    answered = invoke(functions, name)
    assert answered.payload == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {answered.id} Error: Task timed out after 1.00 seconds",
    }
    assert "EXTENSION\tName: watcher\tState: Started\tEvents: []\n" in answered.log
    assert "\tPhase: init\tStatus: timeout\n" in answered.log


# The end. It is the last test of the module: nothing of the account is left for another.


def test_an_account_that_is_emptied_ends_its_environments_and_answers_what_is_under_way(
    lab: Lab, functions: Any, make: Make, at_once: ThreadPoolExecutor, tmp_path: Path
) -> None:
    name, mark = make("emptied", WAITS, Timeout=60), tmp_path / "mark"
    under_way = [at_once.submit(invoke, functions, name, {"mark": str(mark)}) for _ in range(2)]
    assert eventually(lambda: len(list(tmp_path.glob("mark.*"))) == 2)
    lab.empty()
    assert lab.environments() == {}
    assert refused(functions.invoke, FunctionName=name)[1] == "ResourceNotFoundException"
    mark.touch()
    assert [each.result(PATIENCE).error for each in under_way] == [None, None]
    assert lab.environments() == {}
