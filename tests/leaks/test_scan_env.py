"""``scan-env``: what it reads, the line it writes for each variable, and what it never writes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from smsl.cli.scan_env import run
from smsl.leaks.formats import example

SECRET = example("{w24}")


def scan(text: str) -> tuple[list[dict[str, Any]], int]:
    written: list[str] = []
    code = run(text.splitlines(keepends=True), written.append)
    assert SECRET not in "".join(written)
    return [json.loads(line) for line in written], code


def test_lines_in_order_with_other_members_echoed() -> None:
    text = "\n".join(
        [
            json.dumps({"id": 7, "name": "DB_PASSWORD", "value": SECRET, "origin": {"a": 1}}),
            "",
            json.dumps({"id": 8, "name": "STAGE", "value": "prod"}),
        ]
    )
    answers, code = scan(text)
    assert answers == [
        {
            "id": 7,
            "origin": {"a": 1},
            "name": "DB_PASSWORD",
            "flagged": True,
            "kind": "password",
            "confidence": "high",
            "place": None,
        },
        {"id": 8, "name": "STAGE", "flagged": False, "kind": None, "confidence": None, "place": None},
    ]
    assert code == 1


def test_debatable_is_said_and_not_flagged() -> None:
    [answer], code = scan(json.dumps({"name": "DB_PASSWORD", "value": "password"}))
    assert (answer["flagged"], answer["confidence"], code) == (False, "low", 0)


def test_siblings_are_the_members_of_a_group_never_separate_lines() -> None:
    one, two = {"name": "P1", "value": example("AKIA{A16}")}, {"name": "P2", "value": example("{w18}/{w21}")}
    apart, _ = scan("\n".join(map(json.dumps, (one, two))))
    together, _ = scan("\n".join(json.dumps({**row, "group": "f"}) for row in (one, two)))
    assert [row["flagged"] for row in apart] == [True, False]
    assert [row["flagged"] for row in together] == [True, True]


def test_name_twice_in_a_group_is_answered_twice() -> None:
    rows = [{"name": "DB_PASSWORD", "value": value, "group": 1} for value in (SECRET, "changeme")]
    answers, _ = scan("\n".join(map(json.dumps, rows)))
    assert [row["flagged"] for row in answers] == [True, False]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("inside", ["", "Variables", "Environment"])
def test_object_of_names_to_values(indent: int | None, inside: str) -> None:
    document: dict[str, Any] = {"DB_PASSWORD": SECRET, "STAGE": "prod"}
    if inside:
        document = {"Variables": document}
    if inside == "Environment":
        document = {"FunctionName": "f", "Environment": document}
    answers, code = scan(json.dumps(document, indent=indent))
    assert [(row["name"], row["flagged"]) for row in answers] == [("DB_PASSWORD", True), ("STAGE", False)]
    assert code == 1


def test_array_of_rows() -> None:
    answers, _ = scan(json.dumps([{"name": "DB_PASSWORD", "value": SECRET}, {"name": "A", "value": "b"}]))
    assert [row["flagged"] for row in answers] == [True, False]


def test_dotenv() -> None:
    text = f"# a comment\nexport DB_PASSWORD=\"{SECRET}\"\nSTAGE=prod # ours\n\nAPI_TOKEN='{SECRET}'\n"
    text += 'KEY="-----BEGIN\nx=y"\nEMPTY=\n'
    answers, code = scan(text)
    assert [row["name"] for row in answers] == ["DB_PASSWORD", "STAGE", "API_TOKEN", "KEY", "EMPTY"]
    assert [row["flagged"] for row in answers] == [True, False, True, False, False]
    assert code == 1


@pytest.mark.parametrize("text", [
    '{"name": "A", "value": "b"}\n{"name": "X", "value": ' + f'"{SECRET}\n',
    '{"name": "A", "value": "b"}\n' + f'"{SECRET}"\n',
    '{"name": "A", "value": "b"}\n' + json.dumps({"name": "X", "value": [SECRET], "id": 3}),
    f"A=b\n{SECRET}\n",
    f'A=b\nX{SECRET[:3]} Y="{SECRET}\n',
])  # fmt: skip
def test_unreadable_line_is_said_without_its_text(text: str) -> None:
    answers, code = scan(text)
    assert answers[0]["name"] == "A"
    assert "error" in answers[1]
    assert code == 3


def test_text_of_no_form() -> None:
    answers, code = scan('{"a": ' + SECRET)
    assert [list(row) for row in answers] == [["error"]]
    assert code == 3
    assert scan("") == ([], 0)
