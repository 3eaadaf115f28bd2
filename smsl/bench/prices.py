"""What AWS charges, from the table that ships with smsl or from a file of the same form.

List prices of the first tier: no free tier, no savings plan and no discount is taken off.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import cast

from smsl.model.errors import InputError

ARCHITECTURES = ("x86_64", "arm64")
_NAMES = ("secret_months", "secret_calls", "kms_calls", "requests", *(f"gb_seconds_{each}" for each in ARCHITECTURES))


@dataclass(frozen=True, slots=True)
class Price:
    """What a number of things costs."""

    price: float
    per: float
    """How many things that is for: 10,000 calls, 1 GB-second."""
    source_url: str
    """AWS's page."""

    def of(self, count: float) -> float:
        """Return what so many things cost."""
        return count * self.price / self.per


@dataclass(frozen=True, slots=True)
class Prices:
    """The prices of one region."""

    region: str
    currency: str
    """``USD``; what every amount is in."""
    date: str
    """When the table was last compared with AWS's pages: ``YYYY-MM-DD``."""
    secret_months: Price
    """A secret, stored for a month."""
    secret_calls: Price
    """Calls of Secrets Manager's API, whichever."""
    kms_calls: Price
    """Calls of KMS with a customer's key. Those that Secrets Manager makes with ``aws/secretsmanager`` are free."""
    requests: Price
    """Invocations."""
    gb_seconds: Mapping[str, Price]
    """By architecture."""


@cache
def shipped_prices() -> Prices:
    """Return the shipped table; it is read once."""
    return parse_prices(files("smsl.bench").joinpath("prices.json").read_text(encoding="utf-8"), "prices.json")


def parse_prices(text: str, name: str) -> Prices:
    """Read a table of prices.

    Args:
        text: JSON, in the form of the shipped table.
        name: What errors call the file.

    Raises:
        InputError: The table is not in that form; names the member, quotes nothing.
    """
    table = _object(_decode(text, name), name, ("region", "currency", "date", "prices"))
    region = _text(table["region"], f"{name}.region", r"[a-z]{2,4}(-[a-z]+)+-\d", "a region, as us-east-1")
    currency = _text(table["currency"], f"{name}.currency", r"[A-Z]{3}", "a currency of three letters, as USD")
    rows = _object(table["prices"], f"{name}.prices", _NAMES)
    found = {member: _price(rows[member], f"{name}.prices.{member}") for member in _NAMES}
    return Prices(
        region=region,
        currency=currency,
        date=_date(table["date"], f"{name}.date"),
        secret_months=found["secret_months"],
        secret_calls=found["secret_calls"],
        kms_calls=found["kms_calls"],
        requests=found["requests"],
        gb_seconds={each: found[f"gb_seconds_{each}"] for each in ARCHITECTURES},
    )


def _decode(text: str, name: str) -> object:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        members = dict(pairs)
        if len(members) != len(pairs):
            raise InputError(f"{name}: an object holds the same member twice.")
        return members

    try:
        return cast(object, json.loads(text, object_pairs_hook=once))
    except (ValueError, RecursionError):
        # The decoder's own message may quote the file.
        raise InputError(f"{name}: is not JSON.") from None


def _object(value: object, place: str, names: Iterable[str]) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise InputError(f"{place}: must be an object.")
    for member in names:
        if member not in value:
            raise InputError(f"{place}.{member}: is missing.")
    if len(value) > len(tuple(names)):
        raise InputError(f"{place}: has a member that is none of {', '.join(names)}.")
    return value


def _price(value: object, place: str) -> Price:
    members = _object(value, place, ("price", "per", "source_url"))
    price, per = _number(members["price"], f"{place}.price"), _number(members["per"], f"{place}.per")
    if per == 0:
        raise InputError(f"{place}.per: must be above zero.")
    return Price(price, per, _text(members["source_url"], f"{place}.source_url", r"https://[!-~]+", "an https address"))


def _number(value: object, place: str) -> float:
    # A boolean is an int to Python, and an int may be too large for a float. NaN fails both comparisons.
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e15:
        return float(value)
    raise InputError(f"{place}: must be a number that is not negative.")


def _text(value: object, place: str, pattern: str, wanted: str) -> str:
    if isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII):
        return value
    raise InputError(f"{place}: must be {wanted}.")


def _date(value: object, place: str) -> str:
    text = _text(value, place, r"\d{4}-\d{2}-\d{2}", "a date, as 2026-09-01")
    try:
        date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{place}: must be a date, as 2026-09-01.") from None
    return text
