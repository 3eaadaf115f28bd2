"""Numbers and names of a result as all text formats write them."""

from __future__ import annotations

from smsl.bench.percentiles import Percentile
from smsl.bench.sample import Calls, Stale
from smsl.model.unknown import Maybe, Unknown

NOTHING = "-"
OPEN = "+"
"""Behind a percentile that its count of samples cannot bound from above."""
_SHORT = 10.0
"""Seconds below which a tenth is worth a digit."""


def milliseconds(value: float) -> str:
    """Return a time with as many digits as mean something."""
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def percentile(found: Maybe[Percentile]) -> str:
    """Return a percentile alone."""
    if isinstance(found, Unknown):
        return NOTHING
    return milliseconds(found.value) + (OPEN if found.open_above else "")


def interval(found: Maybe[Percentile]) -> str:
    """Return a percentile with its interval; in place of an upper end that bounds nothing stands a question mark."""
    if isinstance(found, Unknown):
        return NOTHING
    high = "?" if found.open_above else milliseconds(found.high)
    return f"{milliseconds(found.value)} [{milliseconds(found.low)}, {high}]"


def number(value: float | None) -> str:
    """Return a count, with a fraction only where it has one that matters."""
    if value is None:
        return NOTHING
    return f"{value:,.0f}" if value == int(value) or value >= 1000 else f"{value:,.2f}"


def per_cold(calls: Maybe[Calls]) -> str:
    """Return the calls of a cold start."""
    return "?" if isinstance(calls, Unknown) else number(calls.per_cold_start)


def per_warm(calls: Maybe[Calls]) -> str:
    """Return the calls of a hundred warm invocations."""
    return "?" if isinstance(calls, Unknown) else number(calls.per_100_warm)


def stale(found: Maybe[Stale]) -> str:
    """Return how long an old value is served."""
    if isinstance(found, Unknown):
        return "?"
    match found.kind:
        case "never":
            return "never"
        case "deployment":
            return "redeploy"
    return f"{_age(found.old_at)}-{_age(found.new_at)} s"


def _age(seconds: float | None) -> str:
    """Return an age with a fraction where it counts for something."""
    age = seconds or 0.0
    return f"{age:.1f}" if 0 < age < _SHORT else f"{age:.0f}"


def counted_big(count: float) -> str:
    """Return a large count as people say it: 10 M, 432,000."""
    if count >= 1e6 and count % 1e5 == 0:
        return f"{count / 1e6:,.1f}".removesuffix(".0") + " M"
    return f"{count:,.0f}"
