"""Counting calls to Secrets Manager on AWS by what CloudTrail has recorded, the extension's among them.

An event is there some minutes after its call, without a promise when. What handlers have counted of their own calls
tells how far the trail has come.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html and
https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from smsl.bench.account import Account
from smsl.bench.deploy import Function, Tell
from smsl.bench.names import Phase
from smsl.bench.sample import Calls, Series

Spans = Mapping[Phase, tuple[float, float]]
"""Beginning and end of each phase, in seconds of Unix time."""
_PATIENCE = 1200.0
"""Seconds to wait for the trail."""
_APART = 30.0
"""Seconds between two looks."""
_READ = frozenset({"GetSecretValue", "DescribeSecret", "BatchGetSecretValue"})


def wait_for_calls(
    account: Account,
    functions: Sequence[Function],
    spans: Spans,
    series: Sequence[Series],
    tell: Tell,
    patience: float = _PATIENCE,
    apart: float = _APART,
) -> Mapping[str, Calls]:
    """Return the calls of each function by its name; none of those whose events had not all come.

    Args:
        account: Where they ran.
        functions: Each signs its calls with a session of its name.
        spans: When each phase was.
        series: What was measured, with what the handlers counted.
        tell: Told what is being waited for.
        patience: Seconds to wait.
        apart: Seconds between two looks.
    """
    deadline = time.monotonic() + patience
    before: dict[str, tuple[int, int]] = {}
    while True:
        now = {each.name: _count(account, each, spans) for each in functions}
        if now == before and _caught_up(now, functions, series):
            break
        before = now
        if time.monotonic() > deadline:
            return {}
        tell(f"waiting for CloudTrail: {sum(map(sum, now.values()))} calls recorded so far")
        time.sleep(apart)
    made = {(each.strategy, each.runtime): each for each in series}
    return {
        each.name: _calls(now[each.name], made[each.strategy, each.runtime])
        for each in functions
        if (each.strategy, each.runtime) in made
    }


def _count(account: Account, function: Function, spans: Spans) -> tuple[int, int]:
    begin, end = min(first for first, _ in spans.values()), max(last for _, last in spans.values())
    moments = [when for name, when in account.recorded(function.name, begin, end) if name in _READ]
    counts = [
        sum(spans[phase][0] <= when <= spans[phase][1] for when in moments) if phase in spans else 0 for phase in Phase
    ]
    return counts[0], counts[1]


def _caught_up(counts: Mapping[str, tuple[int, int]], functions: Sequence[Function], series: Sequence[Series]) -> bool:
    """Tell whether the trail has every call that a handler saw itself make."""
    made = {(each.strategy, each.runtime): each for each in series}
    for function in functions:
        found = made.get((function.strategy, function.runtime))
        own = [each.calls or 0 for each in found.samples] if found else []
        if sum(counts[function.name]) < sum(own):
            return False
    return True


def _calls(counts: tuple[int, int], series: Series) -> Calls:
    made = {phase: sum(each.phase is phase for each in series.samples) for phase in Phase}
    return Calls(counts[0], made[Phase.COLD], counts[1], made[Phase.WARM], "cloudtrail")
