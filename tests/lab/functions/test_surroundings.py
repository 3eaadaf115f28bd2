"""What functions find around them: a clock that can be stepped."""

from __future__ import annotations

from typing import Any

from smsl.lab.account import Lab
from tests.lab.functions.conftest import Make, invoke

HOUR = 3600
PYTHON = """
import time

def handler(event, context):
    left = context.get_remaining_time_in_millis()
    return [time.time(), time.time_ns() / 1e9, time.monotonic(), time.perf_counter(), left]
"""


def test_a_stepped_clock_moves_ages_and_no_durations(lab: Lab, functions: Any, make: Make) -> None:
    lab.set_clock(0)
    name = make("clock", PYTHON, Timeout=20)
    before = invoke(functions, name).payload
    lab.set_clock(HOUR)
    after = invoke(functions, name).payload

    *ages, duration, _ = (then - now for then, now in zip(after, before, strict=True))
    assert all(HOUR <= age < HOUR + 20 for age in ages)
    assert 0 < duration < 20
    assert all(0 < left <= 20_000 for left in (before[-1], after[-1]))
