"""How fast this machine is just now, beside the one on which the limits in seconds were set.

A limit in seconds says as much of a machine and its neighbours as of the code. So the same piece of plain Python is
timed in the same run: what a machine needs more for that it may need more for what is measured.
"""

from __future__ import annotations

import gc
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

USUAL = 0.0100
"""Seconds of processor time for the piece on the machine of the limits.

By moto's evaluator: there it made 11,280 decisions a second on fifty statements; 5,179 while the piece took 21.8 ms.
"""
_PIECES, _TIMES = 21, 4
_NAME = re.compile(r"(?P<service>[a-z]+):(?P<action>[A-Z][A-Za-z]+)")


@dataclass(frozen=True)
class _Thing:
    name: str
    parts: tuple[str, ...]
    number: int


def slowness() -> float:
    """Return how many times as long as usual a program may take now; 1 where the machine is as fast as usual.

    That is the square of what the piece takes longer: neighbours cost a program caches that the small piece does not
    need. Seen on one machine: the piece 1.4, moto's evaluator 1.6, `smsl simulate` 2.0 times as long as usual.
    """
    return max(1.0, statistics.median(_seconds() for _ in range(_PIECES)) / USUAL) ** 2


def allowed(limit: float) -> float:
    """Return the seconds that a limit in seconds comes to on this machine, as it is now."""
    return limit * slowness()


def _seconds() -> float:
    gc.disable()  # what else this process holds says nothing of the machine
    start = time.process_time()
    found = sum(_piece() for _ in range(_TIMES))
    took = time.process_time() - start
    gc.enable()
    if found != 720 * _TIMES:
        raise SystemExit(f"the piece of work that the machine is measured by found {found} things")
    return took


def _piece() -> int:
    """Do what smsl does most: make small objects, look them up, take texts apart and match them."""
    things = list(_things(1200))
    by_name: dict[str, list[_Thing]] = {}
    for thing in things:
        by_name.setdefault(thing.parts[-1], []).append(thing)
    wanted = ("arn:aws:secretsmanager:", "arn:aws:kms:", "arn:aws:lambda:")
    return sum(
        1
        for same in by_name.values()
        for each in same
        if any(each.name.startswith(prefix) for prefix in wanted) and _NAME.fullmatch(f"{each.parts[2]}:Get")
    )


def _things(count: int) -> Iterator[_Thing]:
    services = ("secretsmanager", "kms", "ec2", "lambda", "s3")
    for number in range(count):
        name = f"arn:aws:{services[number % 5]}:eu-west-1:{number % 7:012}:thing/{number % 50}"
        yield _Thing(name, tuple(name.split(":")), number)
