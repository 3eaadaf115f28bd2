"""What a variable holds, case by case; and nothing of its text in anything that is returned."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsl.leaks.classify import classify
from smsl.model.variable import Leak, Reference, Setting

CASES = json.loads((Path(__file__).parent / "cases.json").read_text())
NAMES = (
    "DB_PASSWORD", "API_KEY", "DB_SECRET_NAME", "APP_SECRET_PATH", "SECRETS_MANAGER_TTL", "AWS_ENDPOINT_URL", "NOTE",
    "HTTPS_PROXY", "OTHER_REGION", "NO_PROXY", "PARAMETERS_SECRETS_EXTENSION_HTTP_PROT",
)  # fmt: skip
FORMS = (
    "{}",
    "postgres://app:{}@db/app",
    '{{"password": "{}"}}',
    "https://x/?token={}",
    "Bearer {}",
    "{{{{resolve:{}}}}}",
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_case(case: dict[str, Any]) -> None:
    (variable,) = classify({case["name"]: case["value"]}, frozenset(case.get("known", ())))

    assert type(variable.holds).__name__ == case["holds"]
    assert variable.length == len(case["value"])
    match variable.holds:
        case Reference(text=text):
            assert text == (case["value"] if case["text"] else None)
        case Leak(kind=kind):
            assert kind == case["kind"]
        case Setting(value=value, valid=valid):
            assert value == case["kept"]
            assert valid is (value is not None)


@given(
    value=st.text("ҐґЄєЇїѢѣѲѳѴѵ", min_size=4, max_size=40),
    name=st.sampled_from(NAMES),
    form=st.sampled_from(FORMS),
)
def test_nothing_of_a_value_is_returned(value: str, name: str, form: str) -> None:
    shown = repr(classify({name: form.format(value)}))

    assert not set(shown) & set(value)


@given(st.dictionaries(st.text(max_size=30), st.text(max_size=200), max_size=8))
def test_any_text_is_classified(variables: dict[str, str]) -> None:
    assert [each.name for each in classify(variables)] == list(variables)
