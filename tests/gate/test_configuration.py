"""What a configuration may say, as a table; what it may not is told by key and line, and never by its text."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.checks import CHECKS
from smsl.gate.configuration import parse
from smsl.gate.keys import KEYS
from smsl.gate.settings import Settings
from smsl.model.errors import InputError
from smsl.model.origin import Origin
from smsl.model.suppression import Suppression, SuppressionKind

CASES = json.loads((Path(__file__).parent / "configurations.json").read_text())
EMPTY = asdict(Settings())


def rules() -> set[str]:
    return {check.RULE.id for check in CHECKS}


def plain(settings: Settings) -> dict[str, Any]:
    """Return what is said, in JSON's words."""
    said = {name: value for name, value in asdict(settings).items() if value != EMPTY[name] and name != "file"}
    found = json.loads(json.dumps(said, default=str))
    assert isinstance(found, dict)
    return {
        name: str(getattr(settings, name)) if name.endswith(("fail_on", "severity")) else found[name] for name in found
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:30])
def test_configurations(case: dict[str, Any]) -> None:
    file = case.get("file", "smsl.toml")
    if "says" in case:
        with pytest.raises(InputError) as raised:
            parse(case["text"], file, rules)
        assert raised.value.message.startswith(case["says"])
        assert raised.value.next_step.startswith(case.get("next", ""))
        assert raised.value.next_step
        assert "VALUE" not in str(raised.value)
        return
    found = parse(case["text"], file, rules)
    assert (found is None) is case.get("none", False)
    assert found is None or (plain(found), found.file) == (case["is"], file)


def test_suppressions_keep_their_line() -> None:
    text = """
[[tool.smsl.suppressions]]
rule = ["read-wildcard", "read-unneeded"]
function = "report*"
reason = "Agreed until the split"
until = 2027-01-31

[[tool.smsl.suppressions]]
rule = "*"
variable = "TEST_*"
reason = "made-up values"
"""
    kind = SuppressionKind.CONFIGURATION
    found = parse(text, "pyproject.toml", rules)
    assert found is not None
    assert found.suppressions == (
        Suppression(
            ("read-wildcard", "read-unneeded"),
            "Agreed until the split",
            kind,
            Origin("pyproject.toml", "", 2),
            date(2027, 1, 31),
            "report*",
        ),
        Suppression(("*",), "made-up values", kind, Origin("pyproject.toml", "", 8), variable="TEST_*"),
    )


def test_every_key_is_a_field() -> None:
    assert {key.replace("-", "_") for key in KEYS} | {"file", "suppressions"} == set(EMPTY)


@given(st.text(max_size=80), st.sampled_from(["", "[tool.smsl]\n", "[[suppressions]]\n", "fail-on = "]))
def test_any_text_is_read_or_refused(text: str, before: str) -> None:
    for file in ("smsl.toml", "pyproject.toml"):
        with contextlib.suppress(InputError):
            parse(before + text, file, rules)


def written(value: Any) -> str:
    """Return a value as TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)} = {written(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value)


NAMES = st.sampled_from([*KEYS, "suppressions", "rule", "reason", "until", "function", "address"])
SCALARS = (
    st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["VALUE", "", "high", "env", "read-wildcard", "*", "2027-01-31", "123456789012"])
    | st.dates()
)
VALUES = st.recursive(SCALARS, lambda one: st.lists(one, max_size=3) | st.dictionaries(NAMES, one, max_size=4))


@settings(max_examples=40)
@given(st.dictionaries(NAMES, VALUES, max_size=3), st.sampled_from(["", "[[suppressions]]\n"]))
def test_any_value_is_read_or_refused_without_being_quoted(table: dict[str, Any], before: str) -> None:
    text = before + "".join(f"{name} = {written(value)}\n" for name, value in table.items())
    with contextlib.suppress(InputError):
        try:
            parse(text, "smsl.toml", rules)
        except InputError as error:
            said = f"{error} {error.next_step}"
            if "VALUE" in said:
                raise AssertionError(said) from error
            raise


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(InputError, match="not TOML"):
        parse("a = " + "[" * 100_000, "smsl.toml", rules)
