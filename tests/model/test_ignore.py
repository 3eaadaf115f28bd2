"""Comments and metadata that silence a finding: what they hold, and that an error tells the place and no text."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsl.model.errors import InputError
from smsl.model.ignore import parse_comment, parse_metadata
from smsl.model.origin import Origin
from smsl.model.suppression import Suppression, SuppressionKind

HERE = Path(__file__).parent
PLACE = Origin("template.yaml", "Checkout", 12)
CASES = json.loads((HERE / "ignore_comments.json").read_text())


def told(error: InputError) -> str:
    assert str(error).startswith("template.yaml:12 (Checkout): ")
    assert error.next_step
    assert "VALUE" not in str(error)
    return error.message


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_comments(case: dict[str, Any]) -> None:
    if "says" in case:
        with pytest.raises(InputError) as raised:
            parse_comment(case["text"], PLACE)
        assert case["says"] in told(raised.value)
        return
    until = date.fromisoformat(case["until"]) if "until" in case else None
    expected = (
        Suppression(tuple(case["rules"]), case["reason"], SuppressionKind.INLINE, PLACE, until)
        if "rules" in case
        else None
    )
    assert parse_comment(case["text"], PLACE) == expected


@given(st.text(max_size=60) | st.text(max_size=60).map(lambda text: f"# smsl:ignore rotation-off {text}"))
def test_any_comment_is_read_or_refused(text: str) -> None:
    try:
        found = parse_comment(text, PLACE)
    except InputError as error:
        told(error)
    else:
        assert found is None or (found.reason.strip() and found.rules)


def test_a_comment_of_any_length_is_bounded() -> None:
    with pytest.raises(InputError, match="letters"):
        parse_comment("# smsl:ignore a reason=" + "x" * 10_000_000, PLACE)


@pytest.mark.parametrize("value", [None, {}, {"other": 1}, [], "smsl", 3, {"smsl": None}, {"smsl": {"ignore": []}}])
def test_metadata_that_says_nothing(value: object) -> None:
    assert parse_metadata(value, PLACE) == ()


def test_metadata() -> None:
    value = {
        "cfn_nag": {},
        "smsl": {
            "ignore": [
                {"rule": "rotation-off", "reason": "a"},
                {"rule": ["read-wildcard", "read-unneeded"], "reason": "b", "until": "2027-01-31"},
                {"rule": "*", "reason": "c", "until": date(2027, 1, 31)},
            ]
        },
    }
    kind = SuppressionKind.METADATA
    assert parse_metadata(value, PLACE) == (
        Suppression(("rotation-off",), "a", kind, PLACE),
        Suppression(("read-wildcard", "read-unneeded"), "b", kind, PLACE, date(2027, 1, 31)),
        Suppression(("*",), "c", kind, PLACE, date(2027, 1, 31)),
    )


@pytest.mark.parametrize(
    ("own", "says"),
    [
        ("VALUE", "a list named ignore"),
        ({"ignored": []}, "a list named ignore"),
        ({"ignore": [], "VALUE": 1}, "a list named ignore"),
        ({"ignore": "VALUE"}, "a list named ignore"),
        ({"ignore": ["VALUE"]}, "rule, reason and until"),
        ({"ignore": [{"rule": "rotation-off", "reason": "x", "VALUE": 1}]}, "rule, reason and until"),
        ({"ignore": [{"rule": "rotation-off"}]}, "gives no reason"),
        ({"ignore": [{"rule": "rotation-off", "reason": 3}]}, "gives no reason"),
        ({"ignore": [{"rule": "rotation-off", "reason": "x" * 2001}]}, "letters"),
        ({"ignore": [{"reason": "x"}]}, "names no rule"),
        ({"ignore": [{"rule": [], "reason": "x"}]}, "names no rule"),
        ({"ignore": [{"rule": {"VALUE": 1}, "reason": "x"}]}, "not a rule's id"),
        ({"ignore": [{"rule": "VALUE", "reason": "x"}]}, "not a rule's id"),
        ({"ignore": [{"rule": "rotation-off", "reason": "x", "until": 2027}]}, "not a date"),
        ({"ignore": [{"rule": "rotation-off", "reason": "x", "until": datetime(2027, 1, 31)}]}, "not a date"),  # noqa: DTZ001
    ],
)
def test_metadata_that_cannot_be_read(own: object, says: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_metadata({"smsl": own}, PLACE)
    assert says in told(raised.value)
