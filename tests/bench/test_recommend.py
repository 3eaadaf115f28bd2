"""Which strategy is recommended and why: every way to come to it, with the sentence that a reader sees."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsl.bench.cost import Billed, Cost, Traffic, monthly_cost
from smsl.bench.names import Strategy
from smsl.bench.prices import shipped_prices
from smsl.bench.recommend import Recommendation, recommend
from smsl.model.unknown import Unknown

SDK, CACHE, EXTENSION, ENV = Strategy
HIGH, LOW = Traffic(10_000_000, 50), Traffic(1_000, 50)
NOT_KEPT = replace(LOW, ttl=0)
LONG = replace(HIGH, ttl=3600)
PRICES = shipped_prices()
DRAW = random.Random(7319)  # noqa: S311  -- the same times every time
BUT_CACHE = "nothing measured speaks for cache, which serves an old value for a while after a rotation"
BUT_EXTENSION = "nothing measured speaks for extension, which needs a layer"
BUT_IN_LAB = "extension's calls cost no less, and it needs a layer"
SAME_CALLS = "the calls cost about the same with each"
UNDECIDED = ("compute cost", "memory", "the speed of the real extension")


def around(median: float, n: int = 30) -> list[float]:
    """Return times of which the middle one is the median, none of them far from it."""
    return [median + (each - n // 2) * median / 1000 for each in range(n | 1)]


def chosen(
    strategies: Sequence[Strategy],
    traffic: Traffic = HIGH,
    warm: Mapping[Strategy, Sequence[float]] | None = None,
    cold: Mapping[Strategy, Sequence[float]] | None = None,
    billed: Mapping[Strategy, float] | None = None,
    currency: str = "USD",
) -> Recommendation:
    """Return the choice in the lab; with billed milliseconds, on AWS."""
    unknown = Unknown("not billed")
    costs = [
        monthly_cost(traffic, each, PRICES, Billed(billed[each], unknown) if billed and each in billed else unknown)
        for each in strategies
    ]
    return recommend(costs, cold or {}, warm or {}, lab=billed is None, ttl=traffic.ttl, currency=currency)


ALL = (SDK, CACHE, EXTENSION, ENV)
FAST = {SDK: around(15.0), CACHE: around(0.4), EXTENSION: around(1.6), ENV: around(0.1)}
SAME = dict.fromkeys(ALL, around(15.0))
BILLED = dict.fromkeys(ALL, 20.0)


@pytest.mark.parametrize(
    ("found", "strategy", "reason"),
    [
        # In the lab.
        (
            chosen(ALL, warm=FAST, cold=SAME),
            CACHE,
            f"its calls cost $47.84 a month less than with sdk; {BUT_IN_LAB}",
        ),
        (
            chosen((SDK, CACHE, EXTENSION), LONG),
            CACHE,
            "its calls cost $49.82 a month less than with sdk",
        ),
        (
            chosen((SDK, EXTENSION), warm=FAST),
            EXTENSION,
            "its calls cost $47.84 a month less than with sdk",
        ),
        (
            chosen(ALL, LOW, warm=FAST),
            CACHE,
            f"{SAME_CALLS}; a warm invocation takes 14.6 ms less than with sdk; {BUT_IN_LAB}",
        ),
        (
            chosen(ALL, LOW, warm=SAME, cold={**SAME, CACHE: around(400.0), SDK: around(440.0)}),
            CACHE,
            f"{SAME_CALLS}; a cold start takes 40.0 ms less than with sdk; {BUT_IN_LAB}",
        ),
        (
            chosen(ALL, NOT_KEPT, warm=SAME, cold=SAME),
            SDK,
            f"{SAME_CALLS}; nothing measured speaks for cache, which keeps nothing with a TTL of 0; {BUT_IN_LAB}",
        ),
        (
            chosen((SDK, EXTENSION), LOW, warm=FAST),  # an emulation's times decide nothing
            SDK,
            f"{SAME_CALLS}; {BUT_IN_LAB}",
        ),
        (
            chosen((SDK, CACHE), LOW),  # nothing was measured that is enough to compare
            SDK,
            f"{SAME_CALLS}; {BUT_CACHE}",
        ),
        (
            chosen((SDK, CACHE), LOW, warm={SDK: [15.0] * 4, CACHE: [0.4] * 4}),
            SDK,
            f"{SAME_CALLS}; {BUT_CACHE}",
        ),
        (chosen((CACHE, ENV)), CACHE, "no other to choose was measured"),
        (chosen((EXTENSION,)), EXTENSION, "no other to choose was measured"),
        (
            chosen((ENV,)),
            None,
            "env alone was measured, a floor to compare with and no way to keep a secret",
        ),
        (
            chosen((SDK, CACHE), currency="EUR"),
            CACHE,
            "its calls cost EUR 47.84 a month less than with sdk",
        ),
        # On AWS, where compute is billed and the extension is the real one.
        (
            chosen(ALL, warm=FAST, cold=SAME, billed={**BILLED, CACHE: 2.0, EXTENSION: 3.0}),
            CACHE,
            "it costs $48.22 a month less than with sdk; a warm invocation takes 1.2 ms less than with extension",
        ),
        (
            chosen((SDK, CACHE, EXTENSION), warm={**FAST, EXTENSION: around(0.2)}, billed=BILLED),
            EXTENSION,
            "it costs $47.84 a month less than with sdk; a warm invocation takes 0.2 ms less than with cache",
        ),
        (
            chosen((SDK, EXTENSION), LOW, warm=SAME, cold=SAME, billed=BILLED),
            SDK,
            f"a month costs about the same with each; {BUT_EXTENSION}",
        ),
        (
            chosen((SDK, CACHE, EXTENSION), LOW, warm=FAST, billed=BILLED),
            CACHE,
            "a month costs about the same with each; a warm invocation takes 14.6 ms less than with sdk",
        ),
        (
            # Interrupted: with some of them compute is not known, and amounts of two kinds are not compared.
            chosen((SDK, CACHE), billed={CACHE: 900.0}),
            CACHE,
            "its calls cost $47.84 a month less than with sdk",
        ),
    ],
)
def test_chosen(found: Recommendation, strategy: Strategy | None, reason: str) -> None:
    assert (found.strategy, found.reason) == (strategy, reason)


def test_what_the_lab_cannot_tell() -> None:
    assert chosen(ALL).undecided == UNDECIDED
    assert chosen((SDK, CACHE)).undecided == UNDECIDED[:2]
    assert chosen((ENV,)).undecided == ()
    assert chosen(ALL, billed=BILLED).undecided == ()


def test_five_percent_decide_nothing() -> None:
    """As much is within what traffic differs by."""
    near = chosen((SDK, CACHE), replace(HIGH, environments=50 * 50 / 2.16 * 0.96))
    far = chosen((SDK, CACHE), replace(HIGH, environments=50 * 50 / 2.16 * 0.90))

    assert (near.strategy, far.strategy) == (SDK, CACHE)


def test_a_difference_that_is_not_significant_decides_nothing() -> None:
    noisy = {each: [DRAW.gauss(15, 5) for _ in range(30)] for each in (SDK, CACHE)}

    assert chosen((SDK, CACHE), LOW, warm=noisy).strategy is SDK


def test_what_the_chosen_one_saves_is_what_is_said() -> None:
    """The simplest of those that are not clearly slower is chosen: its own time counts, not that of the fastest."""
    spread = [10.0 + each for each in range(31)]
    warm = {SDK: spread, CACHE: [each + 500 for each in spread], EXTENSION: [each - 1 for each in spread]}

    found = chosen((SDK, CACHE, EXTENSION), NOT_KEPT, warm=warm, billed=BILLED)

    assert found.strategy is SDK
    assert found.reason == (
        "a month costs about the same with each; a warm invocation takes 500.0 ms less than with cache;"
        f" {BUT_EXTENSION}"
    )


TIMES = st.dictionaries(
    st.sampled_from(Strategy), st.lists(st.floats(0.1, 5000), max_size=12).map(lambda times: [*times, *times])
)


@given(
    strategies=st.lists(st.sampled_from(Strategy), min_size=1, unique=True),
    invocations=st.floats(0, 1e10),
    ttl=st.integers(0, 86_400),
    warm=TIMES,
    cold=TIMES,
    billed=st.none() | st.dictionaries(st.sampled_from(Strategy), st.floats(1, 15_000)),
)
def test_a_choice_is_one_that_was_measured_and_has_a_reason(
    strategies: list[Strategy],
    invocations: float,
    ttl: int,
    warm: dict[Strategy, list[float]],
    cold: dict[Strategy, list[float]],
    billed: dict[Strategy, float] | None,
) -> None:
    traffic = Traffic(invocations, 50, ttl=ttl)
    found = chosen(strategies, traffic, warm, cold, billed)

    assert (found.strategy is None) is (strategies == [ENV])
    assert found.strategy in {None, *strategies} - {ENV}
    assert found.reason
    assert "-" not in found.reason.replace("$-", "-"), "nothing is saved that is below zero"
    if found.strategy is not None and billed is None:
        costs: list[Cost] = [monthly_cost(traffic, each, PRICES) for each in strategies if each is not ENV]
        mine = next(each for each in costs if each.strategy is found.strategy)
        least = min(each.api for each in costs)
        assert mine.api <= max(least + 1, least * 1.05) + 0.03, "what is chosen is never clearly dearer"
