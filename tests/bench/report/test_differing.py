"""In what two saved runs differ besides their times: said with both values, and harmless whatever the files hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsl.bench.report import comparison
from smsl.bench.report.differing import differing, remarked
from smsl.bench.saved import Condition, Saved

CASES = json.loads((Path(__file__).parents[1] / "cases" / "differing.json").read_text(encoding="utf-8"))


def saved(conditions: dict[str, Condition]) -> Saved:
    return Saved("0a1b2c3d", "lab", (), {}, conditions)


@pytest.mark.parametrize("name", CASES)
def test_cases(name: str) -> None:
    case: dict[str, Any] = CASES[name]

    assert list(remarked(saved(case["old"]), saved(case["new"]))) == case["said"]


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=90) | st.sampled_from(
    ["\x1b[2J", "\n::error::x", "##[error]", "\u202e", "\r\n", "a:layer:::error::x", "#" * 90, "\x1b" * 30]
)
NUMBERS = st.integers(0, 10**11) | st.floats(0, 1e11)
CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        "interrupted": st.booleans(), "secrets": NUMBERS, "ttl": NUMBERS, "throttled": NUMBERS, "machine": TEXTS,
        "extension": TEXTS, "service_latency": TEXTS, "runtimes": st.dictionaries(TEXTS, TEXTS, max_size=3),
    },
)  # fmt: skip


@given(CONDITIONS, CONDITIONS)
def test_no_value_is_raw_or_too_wide(before: dict[str, Condition], after: dict[str, Condition]) -> None:
    text = comparison.render(saved(before), saved(after))

    assert text.replace("\n", "").isprintable()
    assert "##[" not in text
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    assert [line for line in text.splitlines() if len(line) > 80] == []


@given(CONDITIONS, CONDITIONS)
def test_what_differs_differs_both_ways(before: dict[str, Condition], after: dict[str, Condition]) -> None:
    there, back = differing(saved(before), saved(after)), differing(saved(after), saved(before))

    assert {name: (new, old) for name, (old, new) in there.items()} == back
    assert differing(saved(before), saved(before)) == {}
