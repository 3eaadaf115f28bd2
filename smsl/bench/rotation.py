"""How long each strategy serves the old value after a rotation, measured: in the lab by a clock that is stepped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from smsl.bench.account import Account
from smsl.bench.answer import first_version
from smsl.bench.deploy import Function, Secret, Tell, fresh_value
from smsl.bench.names import LONGEST_TTL, Strategy
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
    """Yield the ages at which to look when looking costs nothing: on both sides of the time to live, and far off.

    The extension may have a shorter one than it is told.
    """
    near = {
        age
        for each in {ttl, min(ttl, LONGEST_TTL)}
        for age in (each / 2, each * 0.9, each - 3, each - 1, each + 1, each * 1.1, each * 2, each + 60)
    }
    yield from sorted(age for age in {0.0, *near, 3600.0, _DAY, 30 * _DAY} if age >= 0)


def ages_to_wait(ttl: float) -> Iterator[float]:
    """Yield the ages at which to look when time passes in earnest."""
    step = max(1.0, ttl / _STEPS)
    yield from (step * number for number in range(int((ttl + 30) / step) + 2))


def _kept(strategy: Strategy, ttl: float) -> float:
    """Return the seconds for which a strategy should keep a value."""
    match strategy:
        case Strategy.CACHE:
            return ttl
        case Strategy.EXTENSION:
            return min(ttl, LONGEST_TTL)
        case _:
            return 0.0


def measure(
    account: Account,
    functions: Sequence[Function],
    secret: Secret,
    start_anew: Callable[[Function], None],
    clock: Callable[[], Advance],
    ages: Iterator[float],
    ttl: float,
    tell: Tell,
) -> Mapping[str, Stale]:
    """Return by function for how long it serves the old value of a secret that is rotated.

    One that did not tell what it serves is left out, and an invocation that failed tells nothing.

    Args:
        account: Where.
        functions: Each reads the secret first of all.
        secret: One that the run may change.
        start_anew: Makes a function start with its next invocation.
        clock: Called before any function reads; its answer brings the values to an age.
        ages: When to look, rising.
        ttl: Seconds that a function which keeps values was told to keep them.
        tell: Told what is being done.
    """
    advance = clock()
    kept = {each.name: _kept(each.strategy, ttl) for each in functions}
    old: dict[str, str] = {}
    read: dict[str, float] = {}
    for function in functions:
        start_anew(function)
        version = first_version(account.invoke(function.name))
        if version is not None:
            old[function.name], read[function.name] = version, advance(0)
    account.rotate(secret.arn, fresh_value())
    found: dict[str, Stale] = {}
    last: dict[str, float] = {}
    missed: set[str] = set()
    for age in ages:
        left = [name for name in old if name not in found]
        if not left:
            break
        tell(f"a rotated secret, {age:.0f} s later")
        advance(age + max(read.values()))
        for name in left:
            served = advance(0) - read[name]
            version = first_version(account.invoke(name))
            if version == old[name]:
                last[name] = served
            elif version is None:
                missed.add(name)
            elif name in last or name in missed or served >= kept[name] > 0:  # by the first look it may be over
                found[name] = Stale("within", last.get(name, 0.0), served)
            else:
                found[name] = Stale("never", None, served)
    return {**{name: Stale("deployment", served) for name, served in last.items()}, **found}
