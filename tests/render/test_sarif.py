"""SARIF: valid by the published schema, its text literal, its fingerprints free of values and lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.checks import CHECKS
from smsl.checks.plaintext_secret import RULE
from smsl.model.scan import Missed, Scan, Scanned
from smsl.model.variable import Confidence, EnvironmentVariable, Leak
from smsl.render import sarif, scan_sarif

SCHEMA: dict[str, Any] = json.loads((Path(__file__).parent / "sarif" / "sarif-2.1.0.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
ANY = st.text(max_size=20)
LINES = st.none() | st.integers(1, 10**6)


def leak(name: str, file: str | None = ".env", line: int | None = 1, kind: str = "password", **more: Any) -> Scanned:
    sure = more.pop("confidence", Confidence.HIGH)
    variable = EnvironmentVariable(name, Leak(kind, sure, more.pop("place", None)), more.pop("length", 24))
    return Scanned(variable, file, line, **more)


def run(*leaks: Scanned, missed: tuple[Missed, ...] = (), debatable: bool = False) -> dict[str, Any]:
    document = json.loads(scan_sarif.render(Scan(leaks, missed, 9, 1), RULE, "1.0", debatable=debatable))
    VALIDATOR.validate(document)
    [only] = document["runs"]
    assert isinstance(only, dict)
    return only


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate({"version": "2.1.0", "runs": [{}]})


def test_a_result() -> None:
    [result] = run(leak("DB_PASSWORD", "api/my file.env", 7, owner="functions.pay"))["results"]
    assert result["ruleId"] == "plaintext-secret"
    assert result["level"] == "error"
    assert result["message"]["text"] == (
        "functions.pay: variable DB_PASSWORD holds a secret in plain text (password, high confidence)"
    )
    [location] = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "api/my%20file.env", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 7},
    }
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "functions.pay.DB_PASSWORD"


def test_a_fingerprint_is_of_name_and_kind_alone() -> None:
    def marks(*leaks: Scanned) -> list[str]:
        return [each["partialFingerprints"]["smsl/v1"] for each in run(*leaks)["results"]]

    [one] = marks(leak("A"))
    assert marks(leak("A", "other", 99, owner="f", length=7, place="password of the URL")) == [one]
    assert one not in marks(leak("B"), leak("A", kind="token"))


def test_equal_ones_of_a_file_are_told_apart() -> None:
    found = run(leak("A", line=1), leak("A", line=5), leak("A", "other"))["results"]
    marks = [each["partialFingerprints"]["primaryLocationLineHash"][-2:] for each in found]
    assert marks == [":1", ":2", ":1"]


def test_debatable_ones_are_notes_on_request() -> None:
    doubtful = leak("A", confidence=Confidence.LOW)
    assert run(doubtful)["results"] == []
    assert [each["level"] for each in run(doubtful, debatable=True)["results"]] == ["note"]


def test_what_was_missed_is_a_notification() -> None:
    [invocation] = run(missed=(Missed("Line 3 is not JSON.", "a.json", 3), Missed("Cannot.", None)))["invocations"]
    assert invocation["executionSuccessful"] is False
    texts = [each["message"]["text"] for each in invocation["toolExecutionNotifications"]]
    assert texts == ["Line 3 is not JSON.", "Cannot."]
    assert run()["invocations"][0]["executionSuccessful"] is True


@pytest.mark.parametrize(
    ("file", "uri"),
    [("/a b/c", "file:///a%20b/c"), ("a:b", "a%3Ab"), ("../x", "../x"), ("\udcff", "%FF"), ("é#?", "%C3%A9%23%3F")],
)
def test_a_file_as_uri(file: str, uri: str) -> None:
    [result] = run(leak("A", file))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_a_stream_has_no_place_but_a_name() -> None:
    [result] = run(leak("A", None, None))["results"]
    assert list(result["locations"][0]) == ["logicalLocations"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[a](http://b)", "\\[a\\](http://b)"), ("{0}", "{{0}}"), ("a\\", "a\\\\"), ("\x1b[2J", "\\\\x1b\\[2J"),
        ("a\nb", "a\nb"),
    ],
)  # fmt: skip
def test_text_is_literal(text: str, shown: str) -> None:
    assert sarif.literal(text) == shown


def test_every_rule_can_be_written() -> None:
    rules = [check.RULE for check in CHECKS]
    results = [
        sarif.Result(rule, "m", sarif.Place(), "f", suppressed="known" if number % 2 else None)
        for number, rule in enumerate(rules)
    ]
    document = json.loads(sarif.render(results, rules, [sarif.Notice("n")], category="audit", version="1.0"))
    VALIDATOR.validate(document)
    assert [each["id"] for each in document["runs"][0]["tool"]["driver"]["rules"]] == [rule.id for rule in rules]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(ANY, st.none() | ANY, LINES, st.none() | ANY, ANY, st.none() | ANY), max_size=4), ANY)
def test_any_text_gives_a_valid_log(rows: list[tuple[Any, ...]], said: str) -> None:
    leaks = [leak(name, file, line, kind, owner=owner, place=place) for name, file, line, owner, kind, place in rows]
    run(*leaks, missed=(Missed(said, said, 1),), debatable=True)
