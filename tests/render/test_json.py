"""The JSON report keeps its contract."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import smsl.render
from smsl.model.report import Report
from smsl.render import json as json_report

SCHEMA: dict[str, Any] = json.loads((Path(smsl.render.__file__).parent / "report.schema.json").read_text())
GOLDEN = Path(__file__).parent / "golden"
HOSTILE = "\x1b[31m\u202e\n::set-output name=a::b ##[error] $(id) `x` \x7f"
NAMES = [
    "readable",
    "blocked",
    "twice_blocked",
    "intermittent",
    "traced",
    "undecided",
    "unnamed",
    "many",
    "silenced",
    "compared",
    "nothing",
]


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_is_strict() -> None:
    def objects(part: Any) -> list[dict[str, Any]]:
        if isinstance(part, dict):
            return [part] * ("properties" in part and "type" in part) + [
                o for each in part.values() for o in objects(each)
            ]
        return [o for each in part for o in objects(each)] if isinstance(part, list) else []

    assert len(objects(SCHEMA)) > 10
    for each in objects(SCHEMA):
        assert each["additionalProperties"] is False
        assert sorted(each["required"]) == sorted(each["properties"])


@pytest.mark.parametrize("hostile", ["", HOSTILE])
@pytest.mark.parametrize("name", NAMES)
def test_every_output_validates(
    name: str, hostile: str, reports: dict[str, Callable[[Callable[[str], str]], Report]]
) -> None:
    report = reports[name](lambda text: text + hostile)
    text = json_report.render(report)
    document = json.loads(text)
    jsonschema.validate(document, SCHEMA, jsonschema.Draft202012Validator)
    assert document == json.loads(json.dumps(json_report.document(report)))
    assert text.replace("\n", "").isprintable()
    assert text.isascii()
    assert "##[" not in text


def test_the_contract_refuses_what_it_does_not_name(
    reports: dict[str, Callable[[Callable[[str], str]], Report]],
) -> None:
    document = json_report.document(reports["blocked"](str))
    document["functions"][0]["value"] = "x"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, SCHEMA, jsonschema.Draft202012Validator)


def test_golden(reports: dict[str, Callable[[Callable[[str], str]], Report]]) -> None:
    assert json_report.render(reports["twice_blocked"](str)) == (GOLDEN / "twice_blocked.json").read_text()
