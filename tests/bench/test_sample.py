"""An Invoke's answer as a sample: which count, which do not and why, and that no answer ends a run."""

from __future__ import annotations

import json
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsl.bench.account import Invoked
from smsl.bench.answer import sample_of
from smsl.bench.names import Phase

TABLE = json.loads((Path(__file__).parent / "cases" / "samples.json").read_text(encoding="utf-8"))
ANSWERS, LOGS = TABLE["answers"], TABLE["logs"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=5), each, max_size=3),
    max_leaves=6,
)


def invoked(case: dict[str, Any]) -> Invoked:
    payload = {**ANSWERS[case["answer"]], **case.get("with", {})} if "answer" in case else case["payload"]
    return Invoked(payload, case.get("error", False), LOGS[case["log"]], 400.0)


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["because"])
def test_sample(case: dict[str, Any]) -> None:
    found = sample_of(invoked(case), Phase(case["phase"]))

    actual = {name: getattr(found, name) for name in case["sample"]}
    if "own" in actual:
        actual["own"] = list(astuple(actual["own"]))
    if "versions" in actual:
        actual["versions"] = list(actual["versions"])
    assert actual == case["sample"]
    assert found.seen == 400.0


@given(
    answer=st.sampled_from(["cold", "warm"]),
    changes=st.dictionaries(st.sampled_from(sorted(ANSWERS["cold"])), JSON, max_size=3),
    log=st.sampled_from(sorted(LOGS)),
    phase=st.sampled_from(Phase),
    error=st.booleans(),
)
def test_an_answer_counts_only_when_all_of_it_has_its_form(
    answer: str, changes: dict[str, Any], log: str, phase: Phase, error: bool
) -> None:
    found = sample_of(Invoked({**ANSWERS[answer], **changes}, error, LOGS[log], 1.0), phase)

    if found.excluded is None:
        assert not error
        assert found.duration > 0
        assert (found.invocation == 1) is (phase is Phase.COLD)
        assert all(part >= 0 for part in astuple(found.own))


@given(JSON, st.text(), st.sampled_from(Phase))
def test_any_answer_has_a_reason(payload: object, log: str, phase: Phase) -> None:
    assert sample_of(Invoked(payload, False, log, 1.0), phase).excluded is not None


LINES = st.sampled_from(
    [line for log in LOGS.values() for line in log.splitlines()]
    + ['{"a":' + "[" * 4000, "{" * 4000, '{"type": "platform.report", "record": "x"}', "REPORT \t\t: \t"]
)


@given(st.lists(LINES, max_size=6), st.integers(0, 500), st.sampled_from(Phase))
def test_no_tail_ends_a_run(lines: list[str], cut: int, phase: Phase) -> None:
    sample_of(Invoked(ANSWERS["warm"], False, "\n".join(lines)[cut:], 1.0), phase)
