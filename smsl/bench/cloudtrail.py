"""Counting calls to Secrets Manager on AWS by what CloudTrail has recorded, the extension's among them.

An event is there some minutes after its call, without a promise when. What handlers have counted of their own calls
tells how far the trail has come.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html and
https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from math import floor

from smsl.bench.account import Account
from smsl.bench.deploy import Function, Tell
from smsl.bench.names import Phase, Strategy
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
    """Return the calls of each function by its name; when patience is over, of those of which all events have come.

    Args:
        account: Where they ran.
        functions: Each signs its calls with a session of its name.
        spans: When each phase was.
        series: What was measured, with what the handlers counted.
        tell: Told what is being waited for.
        patience: Seconds to wait.
        apart: Seconds between two looks.

    Raises:
        SmslError: CloudTrail cannot be asked.
    """
    of = {(each.strategy, each.runtime): each for each in series}
    made = {each.name: of[each.strategy, each.runtime] for each in functions if (each.strategy, each.runtime) in of}
    deadline = time.monotonic() + patience
    before: Mapping[str, tuple[int, int]] = {}
    while True:
        now = {name: _count(account, name, spans) for name in made}
        come = [name for name in made if now[name] == before.get(name) and sum(now[name]) >= _least(made[name])]
        if len(come) == len(made):
            break
        if time.monotonic() + apart > deadline:
            # How far the trail has come is not known of one that does not count its calls itself.
            come = [name for name in come if _counts_itself(made[name])]
            break
        before = now
        tell(f"waiting for CloudTrail: {sum(map(sum, now.values()))} calls recorded so far")
        time.sleep(apart)
    return {name: _calls(now[name], made[name]) for name in come}


def _count(account: Account, function: str, spans: Spans) -> tuple[int, int]:
    """Return how many calls CloudTrail has of each phase. The moment of an event is the second that it fell in."""
    begin, end = min(first for first, _ in spans.values()), max(last for _, last in spans.values())
    moments = [when for name, when in account.recorded(function, begin, end) if name in _READ]
    cold, warm = (
        sum(floor(spans[phase][0]) <= when <= spans[phase][1] for when in moments) if phase in spans else 0
        for phase in Phase
    )
    return cold, warm


def _least(series: Series) -> int:
    """Return how many calls a function has made at least.

    That is what its handler has counted. One that does not see its calls has read each secret in each new environment.
    """
    if series.strategy is Strategy.ENV:
        return 0
    return sum(
        each.calls if each.calls is not None else len(each.versions) if each.invocation == 1 else 0
        for each in series.samples
    )


def _counts_itself(series: Series) -> bool:
    return series.strategy is not Strategy.EXTENSION


def _calls(counts: tuple[int, int], series: Series) -> Calls:
    made = {phase: sum(each.phase is phase for each in series.samples) for phase in Phase}
    return Calls(counts[0], made[Phase.COLD], counts[1], made[Phase.WARM], "cloudtrail")
