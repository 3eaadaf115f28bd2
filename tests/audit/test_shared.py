"""Functions that hold one secret are told of each other, and the facts hold nothing made of a value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema

import smsl.render
from smsl.audit import audit
from smsl.lab.account import Lab
from smsl.leaks.formats import example
from smsl.leaks.same import Seen
from smsl.model.variable import Leak
from smsl.render.json import document
from smsl.sources.aws.capture import capture, dump, load
from smsl.sources.aws.connection import Connection
from smsl.sources.aws.convert import convert
from smsl.sources.aws.facts import Answer, Call, call
from smsl.sources.aws.holds import load_variable
from smsl.sources.aws.redact import redact
from smsl.sources.aws.request import Request, parse_target
from smsl.sources.aws.shared import tell_same

REGION, ACCOUNT = "eu-west-1", "123456789012"
PASSWORD = example("{w20}")
URL = f"postgres://app:{PASSWORD}@db.internal/app"


def configuration(
    name: str, variables: dict[str, str], *, region: str = REGION, account: str = ACCOUNT, qualifier: str = ""
) -> dict[Call, dict[str, Any]]:
    arn = f"arn:aws:lambda:{region}:{account}:function:{name}" + (f":{qualifier}" if qualifier else "")
    asked = {"FunctionName": name, **({"Qualifier": qualifier} if qualifier else {})}
    answer = {"FunctionName": name, "FunctionArn": arn, "Environment": {"Variables": variables}}
    return {call("lambda", "GetFunctionConfiguration", region, **asked): answer}


def told(*rounds: dict[Call, dict[str, Any]]) -> dict[str, tuple[tuple[str, ...], int]]:
    """Return what each leak is told, by function and variable, after these rounds of reading."""
    seen: Seen[Call] = Seen()
    facts: dict[Call, Answer] = {}
    for answers in rounds:
        facts |= redact(answers, facts, seen)
    found = {}
    for answer in tell_same(facts, seen).values():
        assert isinstance(answer, dict)
        for row in answer["Environment"]["Holds"]:
            holds = load_variable(row).holds
            if isinstance(holds, Leak):
                _, _, _, region, _, _, function = answer["FunctionArn"].split(":", 6)
                label = function if region == REGION else f"{region} {function}"
                found[f"{label}/{row['name']}"] = (holds.same, holds.more)
    return found


def test_functions_of_different_rounds() -> None:
    found = told(
        configuration("checkout", {"DB_PASSWORD": PASSWORD, "NOTE": PASSWORD}),
        configuration("orders", {"DATABASE_URL": URL, "API_KEY": PASSWORD[::-1]}),
    )

    assert found == {
        "checkout/DB_PASSWORD": (("orders/DATABASE_URL",), 0),
        "orders/DATABASE_URL": (("checkout/DB_PASSWORD",), 0),
        "orders/API_KEY": ((), 0),
    }


def test_versions_of_a_function_are_no_other_place() -> None:
    found = told(
        configuration("checkout", {"DB_PASSWORD": PASSWORD})
        | configuration("checkout", {"DB_PASSWORD": PASSWORD, "PGPASSWORD": PASSWORD}, qualifier="7")
    )

    assert found == {
        "checkout/DB_PASSWORD": (("checkout/PGPASSWORD",), 0),
        "checkout:7/DB_PASSWORD": (("checkout/PGPASSWORD",), 0),
        "checkout:7/PGPASSWORD": (("checkout/DB_PASSWORD",), 0),
    }


def test_one_that_is_elsewhere_says_where() -> None:
    values = {"DB_PASSWORD": PASSWORD}
    away, other = configuration("checkout", values, region="us-east-1"), configuration("x", values, account="2" * 12)

    assert told(configuration("checkout", values) | away | other) == {
        "checkout/DB_PASSWORD": (("checkout/DB_PASSWORD (us-east-1)", "x/DB_PASSWORD (222222222222)"), 0),
        "us-east-1 checkout/DB_PASSWORD": (
            ("checkout/DB_PASSWORD (eu-west-1)", "x/DB_PASSWORD (eu-west-1, 222222222222)"),
            0,
        ),
        "x/DB_PASSWORD": (
            (f"checkout/DB_PASSWORD ({ACCOUNT})", f"checkout/DB_PASSWORD (us-east-1, {ACCOUNT})"),
            0,
        ),
    }


def test_many_are_counted() -> None:
    answers: dict[Call, dict[str, Any]] = {}
    for number in range(1000):
        answers |= configuration(f"f{number:03}", {"DB_PASSWORD": PASSWORD})

    found = told(answers)

    assert found["f500/DB_PASSWORD"] == (("f000/DB_PASSWORD", "f001/DB_PASSWORD", "f002/DB_PASSWORD"), 996)
    assert found["f001/DB_PASSWORD"] == (("f000/DB_PASSWORD", "f002/DB_PASSWORD", "f003/DB_PASSWORD"), 996)


def test_a_capture_says_it_and_holds_nothing_made_of_a_value(lab: Lab) -> None:
    request = Request((parse_target("signup"), parse_target("checkout")), False, (REGION,))
    texts = [dump(capture(request, Connection())) for _ in range(2)]
    first, second = (json.loads(text) for text in texts)
    for each in (first, second):
        assert each.pop("taken_at")
        assert each.pop("seconds") >= 0
    rows = [
        row
        for fact in first["facts"]
        if fact["operation"] == "GetFunctionConfiguration"
        for row in fact["answer"]["Environment"]["Holds"]
    ]

    assert first == second
    assert {member for row in rows for member in row} == {"name", "reference", "setting", "leak"}
    assert {member for row in rows for member in row.get("leak", ())} == {"kind", "confidence", "place", "same", "more"}
    report = audit(convert(load(texts[0]), "capture"))
    messages = {finding.variable: finding.message for finding in report.findings if finding.variable}
    assert messages["DB_PASSWORD"].endswith(", same value as signup/DATABASE_URL")
    assert messages["DATABASE_URL"].endswith(", same value as signup/DB_PASSWORD")
    assert "same" not in messages["MAIL_API_KEY"]
    schema = json.loads((Path(smsl.render.__file__).parent / "report.schema.json").read_text())
    jsonschema.validate(document(report), schema, jsonschema.Draft202012Validator)
    [signup] = [each for each in document(report)["functions"] if each["name"] == "signup"]
    assert {each["variable"]: each["same"] for each in signup["environment"]["plaintext"]} == {
        "DB_PASSWORD": ["signup/DATABASE_URL"],
        "DATABASE_URL": ["signup/DB_PASSWORD"],
        "MAIL_API_KEY": [],
    }
