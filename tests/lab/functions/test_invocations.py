"""What a function does, and what Lambda makes of it: a table of handlers."""

from __future__ import annotations

import base64
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from smsl.lab.functions.runtimes import node_version
from tests.lab.functions.conftest import Make, invoke

_PLACES = {
    "{ms}": r"\d+\.\d\d",
    "{n}": r"\d+",
    "{time}": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
    "{any}": r"(?s:.*)",
}
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Node.js (node) is not on the path")


def cases(file: str) -> list[Any]:
    return json.loads((Path(__file__).parent / file).read_text())


CASES = [
    *(pytest.param("python3.12", case, id=case["name"]) for case in cases("invocations.json")),
    *(pytest.param("nodejs20.x", case, id=case["name"], marks=needs_node) for case in cases("invocations_node.json")),
]


def placed(value: Any, identifier: str) -> Any:
    return value.replace("{id}", identifier) if isinstance(value, str) else value


def expression(text: str, identifier: str) -> str:
    """Return a pattern for a log with places that differ from run to run."""
    pattern = re.escape(text.replace("{id}", identifier))
    for place, form in _PLACES.items():
        pattern = pattern.replace(re.escape(place), form)
    return pattern


@pytest.mark.every(2)
@pytest.mark.parametrize(("runtime", "case"), CASES)
def test_an_invocation_is_reported_as_lambda_reports_it(
    runtime: str, case: dict[str, Any], functions: Any, make: Make
) -> None:
    if [int(part) for part in (node_version() or "0").split(".")] < case.get("since", []):
        pytest.skip("needs a newer Node.js")
    settings = {
        "Runtime": runtime,
        "Handler": case.get("handler", "app.handler"),
        "Timeout": case.get("timeout", 10),
        "Environment": {"Variables": case.get("variables", {})},
    }
    name = make(case["name"], case["code"] if "code" in case else case["files"], **settings)
    context = {}
    if "client_context" in case:
        context = {"ClientContext": base64.b64encode(json.dumps(case["client_context"]).encode()).decode()}

    answered = invoke(functions, name, case.get("event"), **context)

    if "error" in case:
        expected = {key: placed(value, answered.id) for key, value in case["error"].items()}
        assert {key: answered.payload.get(key) for key in expected} == expected
        assert set(case.get("has", [])) <= set(answered.payload)
        assert answered.error == "Unhandled"
    else:
        assert (answered.payload, answered.error) == (case["payload"], None)
    assert answered.version == "$LATEST"
    assert len(answered.log.encode()) <= 4096
    if "log" in case:
        assert re.fullmatch(expression(case["log"], answered.id), answered.log), answered.log
    if "lives" in case:
        again = invoke(functions, name, case.get("event"))
        assert ("Init Duration" not in again.log and "INIT_REPORT" not in again.log) == case["lives"], again.log
