"""The table of prices: what ships, and what is said of a file that is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest

from smsl.bench.prices import Price, parse_prices, shipped_prices
from smsl.model.errors import InputError

TEXT = files("smsl.bench").joinpath("prices.json").read_text(encoding="utf-8")


def test_the_shipped_table() -> None:
    found = shipped_prices()

    assert (found.region, found.currency) == ("us-east-1", "USD")
    assert (found.secret_months.price, found.secret_months.per) == (0.4, 1)
    assert (found.secret_calls.price, found.secret_calls.per) == (0.05, 10_000)
    assert (found.kms_calls.price, found.kms_calls.per) == (0.03, 10_000)
    assert (found.requests.price, found.requests.per) == (0.2, 1_000_000)
    assert {each: price.price for each, price in found.gb_seconds.items()} == {
        "x86_64": 0.0000166667,
        "arm64": 0.0000133334,
    }


def test_every_price_names_its_page() -> None:
    rows = json.loads(TEXT)["prices"].values()

    assert all(row["source_url"].startswith("https://aws.amazon.com/") for row in rows)


def test_a_file_of_the_same_form_replaces_it() -> None:
    table = json.loads(TEXT)
    table.update(region="eu-central-1", date="2026-10-01", currency="EUR")
    table["prices"]["secret_calls"]["price"] = 0.06

    found = parse_prices(json.dumps(table), "mine.json")

    assert (found.region, found.date, found.currency, found.secret_calls.price) == (
        "eu-central-1",
        "2026-10-01",
        "EUR",
        0.06,
    )


def test_a_price_of_a_count() -> None:
    assert Price(0.05, 10_000, "").of(25_000) == 0.125


def put(*path: str, value: Any) -> Callable[[Any], None]:
    def change(table: Any) -> None:
        for member in path[:-1]:
            table = table[member]
        table[path[-1]] = value

    return change


def drop(*path: str) -> Callable[[Any], None]:
    def change(table: Any) -> None:
        for member in path[:-1]:
            table = table[member]
        del table[path[-1]]

    return change


ROWS = "secret_months, secret_calls, kms_calls, requests, gb_seconds_x86_64, gb_seconds_arm64"
NEGATIVE = "must be a number that is not negative."


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (drop("region"), "p.region: is missing."),
        (drop("prices"), "p.prices: is missing."),
        (drop("prices", "kms_calls"), "p.prices.kms_calls: is missing."),
        (drop("prices", "requests", "per"), "p.prices.requests.per: is missing."),
        (put("prices", value=[]), "p.prices: must be an object."),
        (put("prices", "requests", value=0.2), "p.prices.requests: must be an object."),
        (put("prices", "requests", "price", value="hunter2"), f"p.prices.requests.price: {NEGATIVE}"),
        (put("prices", "requests", "price", value=-0.2), f"p.prices.requests.price: {NEGATIVE}"),
        (put("prices", "requests", "price", value=True), f"p.prices.requests.price: {NEGATIVE}"),
        (put("prices", "requests", "price", value=float("nan")), f"p.prices.requests.price: {NEGATIVE}"),
        (put("prices", "requests", "price", value=float("inf")), f"p.prices.requests.price: {NEGATIVE}"),
        (put("prices", "requests", "price", value=10**400), f"p.prices.requests.price: {NEGATIVE}"),
        (put("prices", "requests", "per", value=0), "p.prices.requests.per: must be above zero."),
        (
            put("prices", "requests", "source_url", value="hunter2"),
            "p.prices.requests.source_url: must be an https address.",
        ),
        (put("region", value="hunter2"), "p.region: must be a region, as us-east-1."),
        (put("currency", value="hunter2"), "p.currency: must be a currency of three letters, as USD."),
        (put("date", value="hunter2"), "p.date: must be a date, as 2026-09-01."),
        (put("date", value="2026-13-01"), "p.date: must be a date, as 2026-09-01."),
        (put("hunter2", value=1), "p: has a member that is none of region, currency, date, prices."),
        (
            put("prices", "hunter2", value={}),
            f"p.prices: has a member that is none of {ROWS}.",
        ),
        (
            put("prices", "requests", "hunter2", value=1),
            "p.prices.requests: has a member that is none of price, per, source_url.",
        ),
    ],
)
def test_a_file_that_is_none(change: Callable[[Any], None], message: str) -> None:
    table = json.loads(TEXT)
    change(table)

    with pytest.raises(InputError) as raised:
        parse_prices(json.dumps(table), "p")

    assert raised.value.message == message
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hunter2", "p: is not JSON."),
        ("", "p: is not JSON."),
        ("[" * 100_000, "p: is not JSON."),
        ("[]", "p: must be an object."),
        ('{"region": "us-east-1", "region": "us-east-1"}', "p: an object holds the same member twice."),
    ],
)
def test_text_that_is_none(text: str, message: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_prices(text, "p")

    assert raised.value.message == message
