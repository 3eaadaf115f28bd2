"""Lambda's own lines: recorded ones are read, written ones read back, and nobody else's taken for them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsl.model.report_line import InitReportLine, LogTail, ReportLine, parse_tail

CASES = json.loads((Path(__file__).parent / "report_lines.json").read_text())
KIND = {"report": ReportLine, "init": InitReportLine}
times = st.integers(0, 10**8).map(lambda number: number / 100)
"""Milliseconds as they are written, with two decimals."""
names = st.text("ABCabc.", min_size=1, max_size=20)
statuses = st.one_of(
    st.just((None, None)), st.just(("timeout", None)), st.tuples(st.just("error"), st.one_of(st.none(), names))
)
reports = st.builds(
    lambda identifier, duration, billed, size, used, init, restore, status: ReportLine(
        identifier, duration, billed, size, used, init, restore, *status
    ),
    st.uuids().map(str),
    times,
    st.integers(0, 10**6).map(float),
    st.integers(128, 10240),
    st.integers(0, 10240),
    st.one_of(st.none(), times),
    st.one_of(st.none(), times),
    statuses,
)
inits = st.builds(
    lambda duration, phase, status: InitReportLine(duration, phase, *status),
    times,
    st.sampled_from(["init", "invoke"]),
    statuses,
)


def as_case(line: ReportLine | InitReportLine | None) -> dict[str, Any] | None:
    if line is None:
        return None
    return {name: value for name in line.__slots__ if (value := getattr(line, name)) is not None}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_log_is_read_as_lambda_writes_it(case: dict[str, Any]) -> None:
    found = parse_tail("\n".join(case["log"]) + "\n")
    assert as_case(found.report) == case.get("report")
    assert [as_case(each) for each in found.inits] == case.get("inits", [])


@pytest.mark.parametrize("case", [case for case in CASES if case.get("written")], ids=lambda case: case["name"])
def test_a_line_is_written_as_lambda_writes_it(case: dict[str, Any]) -> None:
    found = parse_tail("\n".join(case["log"]))
    lines = [*found.inits, *([found.report] if found.report else [])]
    own = [line for line in case["log"] if line.startswith(("REPORT", "INIT_REPORT"))]
    assert [str(line) for line in lines] == own


@given(reports)
def test_a_report_that_was_written_is_read_back(report: ReportLine) -> None:
    assert parse_tail(f"{report}\n") == LogTail(report, ())


@given(inits)
def test_a_report_of_an_initialisation_that_was_written_is_read_back(init: InitReportLine) -> None:
    assert parse_tail(f"{init}\n") == LogTail(None, (init,))


@given(st.lists(inits, max_size=3), st.lists(reports, max_size=3))
def test_initialisations_keep_their_order_and_the_last_report_counts(
    begun: list[InitReportLine], done: list[ReportLine]
) -> None:
    text = "".join(f"said\n{line}\n" for line in (*begun, *done))
    assert parse_tail(text) == LogTail(done[-1] if done else None, tuple(begun))


@given(reports, st.integers(0, 400))
def test_a_report_that_was_cut_is_none_or_misses_only_what_it_may(report: ReportLine, cut: int) -> None:
    text = str(report)
    for part in (text[cut:], text[: len(text) - cut]):
        found = parse_tail(part).report
        assert found is None or (found.request_id, found.duration) == (report.request_id, report.duration)


printable = st.text(st.characters(exclude_characters="\n"), max_size=80)
hostile = st.one_of(
    st.text(max_size=300),
    st.lists(printable, max_size=6).map(lambda parts: "REPORT RequestId: " + "\t".join(parts)),
    st.lists(printable, max_size=6).map(lambda parts: "INIT_REPORT Init Duration: " + "\t".join(parts)),
    st.tuples(reports, printable, printable).map(lambda made: str(made[0]).replace(" ", made[1], 1) + made[2]),
)


@given(hostile)
def test_no_text_raises_or_gives_a_number_that_is_none(text: str) -> None:
    found = parse_tail(text)
    for line in (found.report, *found.inits):
        numbers = [value for value in (as_case(line) or {}).values() if isinstance(value, int | float)]
        assert all(math.isfinite(number) and number >= 0 for number in numbers)


scalars = st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=5), st.just(10**400))
values = st.one_of(scalars, st.lists(scalars, max_size=3), st.dictionaries(st.text(max_size=5), scalars, max_size=3))
METRICS = ["durationMs", "billedDurationMs", "memorySizeMB", "maxMemoryUsedMB", "initDurationMs", "restoreDurationMs"]


@given(
    st.sampled_from(["platform.report", "platform.initReport"]),
    st.fixed_dictionaries({}, optional=dict.fromkeys(("requestId", "status", "errorType", "phase", "metrics"), values)),
    st.fixed_dictionaries({}, optional=dict.fromkeys(METRICS, st.one_of(scalars, st.just(5)))),
)
def test_no_event_raises_or_gives_a_number_that_is_none(
    kind: str, record: dict[str, Any], metrics: dict[str, Any]
) -> None:
    for content in (record, {"requestId": "i", "phase": "init", **record, "metrics": metrics}):
        found = parse_tail(json.dumps({"time": "t", "type": kind, "record": content}))
        for line in (found.report, *found.inits):
            members = as_case(line) or {}
            numbers = [value for value in members.values() if not isinstance(value, str)]
            assert all(type(number) in {int, float} and math.isfinite(number) and number >= 0 for number in numbers)


@pytest.mark.parametrize("text", ["[" * 4000, '{"":' * 1000, '{"record":' + "[" * 4000, '{"type": ' + "9" * 4000])
def test_json_that_nobody_can_parse_is_somebody_else_s(text: str) -> None:
    assert parse_tail(text) == LogTail(None, ())
