"""A month's cost: worked examples, and what holds for any traffic."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsl.bench.cost import NOT_BILLED, Billed, BreakEven, Traffic, break_even, monthly_calls, monthly_cost
from smsl.bench.names import Strategy
from smsl.bench.prices import shipped_prices
from smsl.model.errors import InputError
from smsl.model.unknown import Unknown

CASES = json.loads((Path(__file__).parent / "cases" / "cost.json").read_text(encoding="utf-8"))
PRICES = shipped_prices()
SDK, CACHE, EXTENSION, ENV = Strategy
TRAFFIC = st.builds(
    Traffic,
    invocations=st.floats(1e4, 1e10),
    environments=st.floats(0, 1000),
    secrets=st.integers(1, 20),
    ttl=st.floats(0, 1e6),
    cold_starts=st.floats(0, 1e4),
    keyed_secrets=st.integers(0, 1),
)
BILLED = st.builds(Billed, st.floats(1, 1e4), st.floats(1, 1e4))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['strategy']}: {case['because'][:40]}")
def test_worked(case: dict[str, Any]) -> None:
    billed = Billed(**case["billed"]) if "billed" in case else NOT_BILLED
    found = monthly_cost(Traffic(**case["traffic"]), Strategy(case["strategy"]), PRICES, billed)

    assert (found.calls, found.api, found.kms, found.storage) == pytest.approx(
        (case["calls"], case["api"], case["kms"], case["storage"])
    ), case["because"]
    if "compute" in case:
        assert found.compute == pytest.approx(case["compute"]), case["because"]
        assert found.total == pytest.approx(case["compute"] + case["api"] + case["kms"] + case["storage"])
    else:
        assert found.compute == found.total == NOT_BILLED


def test_cold_starts_that_were_not_measured_leave_the_cost_open() -> None:
    unknown = Unknown("no cold start was measured")
    some, none = Traffic(1e6, 5, cold_starts=10), Traffic(1e6, 5)

    assert monthly_cost(some, CACHE, PRICES, Billed(2, unknown)).total == unknown
    assert not isinstance(monthly_cost(none, CACHE, PRICES, Billed(2, unknown)).total, Unknown)


@pytest.mark.parametrize(
    ("changes", "a", "b", "cheaper", "invocations", "because"),
    [
        ({}, SDK, CACHE, CACHE, 432_000, "50 * 8,640 reads are all that the caches make"),
        ({}, CACHE, SDK, CACHE, 432_000, "the same the other way round"),
        ({}, SDK, EXTENSION, EXTENSION, 432_000, "as the cache"),
        ({}, CACHE, EXTENSION, None, None, "the same calls at 300 s"),
        ({"ttl": 3600}, CACHE, EXTENSION, CACHE, 36_000, "50 * 720; the extension goes on reading up to 432,000"),
        ({"ttl": 3600}, SDK, EXTENSION, EXTENSION, 432_000, "the extension keeps no value longer than 300 s"),
        ({"cold_starts": 20_000}, SDK, CACHE, CACHE, 452_000, "432,000 + 20,000"),
        ({"secrets": 7, "keyed_secrets": 3}, SDK, CACHE, CACHE, 432_000, "both factors are on both sides"),
        ({"ttl": 0}, SDK, CACHE, None, None, "a cache that keeps nothing calls as sdk does"),
        ({"environments": 0}, SDK, CACHE, CACHE, None, "nothing stays warm and nothing starts: there is no call"),
        ({}, SDK, ENV, ENV, None, "the environment never calls"),
        ({}, ENV, CACHE, ENV, None, "the environment never calls"),
        ({}, SDK, SDK, None, None, "itself"),
    ],
)
def test_break_even(
    changes: dict[str, Any], a: Strategy, b: Strategy, cheaper: Strategy | None, invocations: float | None, because: str
) -> None:
    found = break_even(replace(Traffic(10_000_000, 50), **changes), a, b)

    assert found == BreakEven(a, b, cheaper, invocations), because


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"invocations": -1}, "traffic.invocations: must be a number that is not negative."),
        ({"invocations": float("nan")}, "traffic.invocations: must be a number that is not negative."),
        ({"environments": float("inf")}, "traffic.environments: must be a number that is not negative."),
        ({"ttl": -300}, "traffic.ttl: must be a number that is not negative."),
        ({"secrets": 0}, "traffic.secrets: must be at least 1."),
        ({"memory_mb": 0}, "traffic.memory_mb: must be at least 1."),
        ({"cold_starts": 11}, "traffic.cold_starts: are invocations, and cannot be more than those."),
        ({"architecture": "sparc"}, "traffic.architecture: must be x86_64 or arm64."),
    ],
)
def test_traffic_that_cannot_be(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as raised:
        Traffic(**{"invocations": 10, "environments": 1, **changes})

    assert raised.value.message == message


@given(TRAFFIC, st.sampled_from(Strategy), st.floats(1, 100), BILLED)
def test_more_invocations_never_cost_less(traffic: Traffic, strategy: Strategy, factor: float, billed: Billed) -> None:
    more = replace(traffic, invocations=traffic.invocations * factor)
    less_cost, more_cost = (monthly_cost(each, strategy, PRICES, billed) for each in (traffic, more))

    assert more_cost.calls >= less_cost.calls
    assert total(more_cost.total) >= total(less_cost.total)


@given(TRAFFIC, st.sampled_from(Strategy), st.floats(0, 1e6))
def test_a_longer_time_to_live_never_costs_more(traffic: Traffic, strategy: Strategy, ttl: float) -> None:
    # Keeping nothing is the shortest time to live.
    longer = replace(traffic, ttl=max(ttl, traffic.ttl))

    assert monthly_calls(longer, strategy) <= monthly_calls(traffic, strategy)


@given(TRAFFIC)
def test_keeping_a_value_never_costs_a_call(traffic: Traffic) -> None:
    sdk, cache, extension, env = (monthly_calls(traffic, each) for each in Strategy)

    assert env == 0 <= cache <= extension <= sdk == traffic.invocations * traffic.secrets


@given(TRAFFIC, st.sampled_from(Strategy), st.sampled_from(Strategy))
def test_the_break_even_is_where_costs_part(traffic: Traffic, a: Strategy, b: Strategy) -> None:
    found = break_even(traffic, a, b)

    def both(invocations: float) -> tuple[float, float]:
        there = replace(traffic, invocations=max(invocations, traffic.cold_starts))
        return monthly_calls(there, a), monthly_calls(there, b)

    if found.cheaper is None:
        of_a, of_b = both(traffic.invocations)
        assert of_a == of_b
    else:
        of_a, of_b = both((found.invocations or 0) * 1.01 + 1)
        assert (of_a < of_b) is (found.cheaper is a)
        assert of_a != of_b
    if found.invocations is not None:
        of_a, of_b = both(found.invocations)
        assert of_a == of_b


def total(amount: object) -> float:
    assert isinstance(amount, float)
    return amount
