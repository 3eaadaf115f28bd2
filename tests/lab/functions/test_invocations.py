"""What a function does, and what Lambda makes of it: a table of handlers."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.lab.functions.conftest import Make, invoke

CASES = json.loads((Path(__file__).parent / "invocations.json").read_text())
_PLACES = {"{ms}": r"\d+\.\d\d", "{n}": r"\d+", "{any}": r"(?s:.*)"}


def expression(text: str, identifier: str) -> str:
    """Return a pattern for a log with places that differ from run to run."""
    pattern = re.escape(text.replace("{id}", identifier))
    for place, form in _PLACES.items():
        pattern = pattern.replace(re.escape(place), form)
    return pattern


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_an_invocation_is_reported_as_lambda_reports_it(
    case: dict[str, Any], functions: Any, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = {"Environment": {"Variables": case["variables"]}} if "variables" in case else {}
    name = make(case["name"], case["code"], Timeout=case.get("timeout", 10), **more)
    context = {}
    if "client_context" in case:
        context = {"ClientContext": base64.b64encode(json.dumps(case["client_context"]).encode()).decode()}

    answered = invoke(functions, name, case["event"], **context)

    if "error" in case:
        expected = {key: value.replace("{id}", answered.id) for key, value in case["error"].items()}
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
        again = invoke(functions, name, case["event"])
        assert ("Init Duration" not in again.log and "INIT_REPORT" not in again.log) == case["lives"], again.log
