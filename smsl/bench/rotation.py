"""How long each strategy serves the old value after a rotation, measured: in the lab by a clock that is stepped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from smsl.bench.account import Account
from smsl.bench.deploy import Function, Secret, Tell, fresh_value
from smsl.bench.sample import Stale
from smsl.lab.account import Lab

_DAY = 86_400.0
_STEPS = 30
"""On AWS, how often a function is asked in the time that it may serve the old value for."""

Advance = Callable[[float], float]
"""Waits, or makes the functions' clocks go on, until so many seconds have passed; returns how many have."""


def stepped(lab: Lab) -> Advance:
    """Return what steps the lab's clock, from now on."""
    lab.set_clock(0)
    begun = time.monotonic()

    ahead = 0.0

    def advance(seconds: float) -> float:
        nonlocal ahead
        passed = time.monotonic() - begun
        if seconds > passed + ahead:  # a clock that went back would make a value younger
            ahead = seconds - passed
            lab.set_clock(ahead)
        return ahead + time.monotonic() - begun

    return advance


def waited() -> Advance:
    """Return what waits in earnest."""
    begun = time.monotonic()

    def advance(seconds: float) -> float:
        time.sleep(max(0.0, seconds - (time.monotonic() - begun)))
        return time.monotonic() - begun

    return advance


def ages_to_step(ttl: float) -> Iterator[float]:
    """Yield the ages at which to look when looking costs nothing: on both sides of the time to live, and far off."""
    near = {0.0, ttl / 2, ttl * 0.9, ttl - 3, ttl - 1, ttl + 1, ttl * 1.1, ttl * 2, ttl + 60}
    yield from sorted(age for age in {*near, 3600.0, _DAY, 30 * _DAY} if age >= 0)


def ages_to_wait(ttl: float) -> Iterator[float]:
    """Yield the ages at which to look when time passes in earnest."""
    step = max(1.0, ttl / _STEPS)
    yield from (step * number for number in range(int((ttl + 30) / step) + 2))


def measure(
    account: Account,
    functions: Sequence[Function],
    secret: Secret,
    start_anew: Callable[[Function], None],
    clock: Callable[[], Advance],
    ages: Iterator[float],
    tell: Tell,
) -> Mapping[str, Stale]:
    """Return by function for how long it serves the old value of a secret that is rotated.

    Args:
        account: Where.
        functions: Each reads the secret first of all.
        secret: One that the run may change.
        start_anew: Makes a function start with its next invocation.
        clock: Called before any function reads; its answer brings the values to an age.
        ages: When to look, rising.
        tell: Told what is being done.
    """
    advance = clock()
    old: dict[str, str] = {}
    read: dict[str, float] = {}
    for function in functions:
        start_anew(function)
        old[function.name] = _version(account, function)
        read[function.name] = advance(0)
    account.rotate(secret.arn, fresh_value())
    found: dict[str, Stale] = {}
    last: dict[str, float] = {}
    for age in ages:
        left = [each.name for each in functions if each.name not in found]
        if not left:
            break
        tell(f"a rotated secret, {age:.0f} s later")
        advance(age + max(read.values()))
        for function in functions:
            name = function.name
            if name not in left:
                continue
            served = advance(0) - read[name]
            if _version(account, function) == old[name]:
                last[name] = served
            else:
                found[name] = Stale("within", last[name], served) if name in last else Stale("never", None, served)
    return {each.name: found.get(each.name, Stale("deployment", last.get(each.name))) for each in functions}


def _version(account: Account, function: Function) -> str:
    invoked = account.invoke(function.name)
    secrets = invoked.payload.get("secrets") if isinstance(invoked.payload, dict) else None
    return str(secrets[0].get("version")) if secrets else ""
