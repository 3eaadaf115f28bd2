"""How long an emulated service takes to answer: a fixed time, or drawn from a distribution."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Final

from smsl.model.errors import InputError

_Z99 = 2.3263478740408408
"""Standard deviations above the mean under which 99 % of a normal distribution lies."""
_TIME = r"(\d+(?:\.\d+)?)\s*(ms|s)?"
_FORM = re.compile(rf"{_TIME}(?:\s*\.\.\s*{_TIME})?")


@dataclass(frozen=True, slots=True)
class Latency:
    """A time for each call: always the median, or log-normal, where a higher 99th percentile is given."""

    median: float
    """Milliseconds."""
    p99: float | None = None
    """Milliseconds; None means that every call takes the median."""

    def draw(self, source: Random) -> float:
        """Return the seconds of one call."""
        if self.p99 is None or self.p99 <= self.median or self.median <= 0:
            return self.median / 1000
        sigma = math.log(self.p99 / self.median) / _Z99
        return self.median * math.exp(sigma * source.gauss(0, 1)) / 1000

    def __str__(self) -> str:
        """Write it as `parse` reads it."""
        return _written(self.median) if self.p99 is None else f"{_written(self.median)}..{_written(self.p99)}"


def parse(text: str) -> Latency:
    """Read `20ms`, or `20ms..100ms` for a median and a 99th percentile; `s` is known, too.

    Raises:
        InputError: It has another form.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise InputError("A latency is a time such as 20ms, or median and 99th percentile such as 20ms..100ms.")
    number, unit, other_number, other_unit = found.groups()
    first = _in_ms(number, unit or other_unit or "ms")
    if other_number is None:
        return Latency(first)
    last = _in_ms(other_number, other_unit or unit or "ms")
    if last < first or not first:
        raise InputError(
            "Of a latency's two times the first is the median, more than nothing, and the second the 99th percentile, "
            "which cannot be the smaller one."
        )
    return Latency(first, last)


def _written(milliseconds: float) -> str:
    """Write a time with all its digits and without an exponent."""
    return f"{Decimal(repr(milliseconds)):f}".removesuffix(".0") + "ms"


def _in_ms(number: str, unit: str) -> float:
    return float(number) * (1000 if unit == "s" else 1)


SECRETS_MANAGER: Final = Latency(20, 100)
"""What a call to Secrets Manager is assumed to take within its region, over a connection that stands."""
SECRETS_MANAGER_DATE: Final = "2026-11-27"
SECRETS_MANAGER_BASIS: Final = (
    "AWS publishes no latency of GetSecretValue. Of the figures that others published only one is an average over "
    "calls on a standing connection, about 25 ms (2024-05, DataDog/datadog-lambda-extension pull request 244); a "
    "log-normal distribution with a median of 20 ms and a 99th percentile of 100 ms has that mean. The 99th "
    "percentile rests on no measurement. What a new connection costs with TLS (35 ms there) is not in it."
)
