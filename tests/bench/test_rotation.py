"""How long an old value is served, found by a stepped clock: strategies of any time to live, and looks that fail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsl.bench.account import Invoked
from smsl.bench.deploy import Function, Secret
from smsl.bench.names import Strategy
from smsl.bench.rotation import ages_to_step, ages_to_wait, measure
from smsl.bench.sample import Stale

DAY = 86_400.0
SECRET = Secret("mine", "arn", None, made=True)


class World:
    """Functions that keep a value for a time, and a clock that jumps; each invocation takes a tenth of a second."""

    def __init__(self, keeps: Mapping[str, float | None], failing: Mapping[str, set[int]] | None = None) -> None:
        self.keeps = keeps
        self.failing = failing or {}
        self.now = 0.0
        self.version = "old"
        self.held: dict[str, tuple[str, float]] = {}
        self.invocations: dict[str, int] = {}

    def functions(self) -> list[Function]:
        return [Function(name, Strategy.CACHE, "python3.13", {}) for name in self.keeps]

    def start_anew(self, function: Function) -> None:
        self.held.pop(function.name, None)

    def rotate(self, secret: str, value: str) -> None:
        assert secret == "arn"
        self.version = "new"

    def advance(self, seconds: float) -> float:
        self.now = max(self.now, seconds)
        return self.now

    def invoke(self, name: str) -> Invoked:
        self.now += 0.1
        number = self.invocations[name] = self.invocations.get(name, 0) + 1
        if number in self.failing.get(name, ()):
            return Invoked({"errorType": "ClientError"}, True, "", 1.0)
        keep = self.keeps[name]
        held = self.held.get(name)
        if held is None or (keep is not None and self.now - held[1] >= keep):
            held = self.held[name] = (self.version, self.now)
        return Invoked(answer(held[0]), False, "", 1.0)

    def measured(self, ttl: float) -> Mapping[str, Stale]:
        account: Any = self
        told: list[str] = []
        found = measure(
            account,
            self.functions(),
            SECRET,
            self.start_anew,
            lambda: self.advance,
            ages_to_step(ttl),
            ttl,
            told.append,
        )
        assert all(each.startswith("a rotated secret, ") for each in told)
        return found


def answer(version: str) -> dict[str, Any]:
    return {
        "environment": "aa", "invocation": 2, "init": {}, "init_ended": 1.0, "started": 2.0, "timings": {},
        "api_calls": None, "secrets": [{"version": version}],
    }  # fmt: skip


def test_each_kind() -> None:
    found = World({"sdk": 0.0, "cache": 300.0, "env": None}).measured(300)

    assert found["sdk"] == Stale("never", None, found["sdk"].new_at)
    assert found["env"] == Stale("deployment", found["env"].old_at)
    assert (found["env"].old_at or 0) >= 30 * DAY
    cache = found["cache"]
    assert (cache.kind, round(cache.old_at or 0), round(cache.new_at or 0)) == ("within", 299, 301)


def test_what_may_be_over_before_the_first_look_is_no_never() -> None:
    """Seven functions are started one after the other: by the first look the first has had its value for long."""
    world = World({"first": 0.25, **{f"cache {number}": 0.25 for number in range(6)}})

    stale = world.measured(0.25)["first"]

    assert stale.kind == "within"
    assert (stale.old_at, (stale.new_at or 0) >= 0.25) == (0.0, True)


@given(st.integers(1, 86_400), st.booleans())
def test_the_bounds_hold_the_time_to_live(ttl: int, is_extension: bool) -> None:
    """Also that of the extension, which is told a longer one than it takes."""
    keeps = min(ttl, 300) if is_extension else ttl
    stale = World({"it": keeps}).measured(ttl)["it"]

    assert stale.kind == "within"
    assert (stale.old_at or 0) <= keeps <= (stale.new_at or 0) + 0.2
    assert (stale.new_at or 0) - (stale.old_at or 0) <= 4, "close to it on both sides"


@given(
    st.dictionaries(st.sampled_from(["a", "b", "c"]), st.none() | st.floats(0, 400), min_size=1),
    st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sets(st.integers(1, 20), max_size=12)),
)
def test_an_invocation_that_fails_tells_nothing(keeps: dict[str, float | None], failing: dict[str, set[int]]) -> None:
    found = World(keeps, failing).measured(300)

    for name, keep in keeps.items():
        if 1 in failing.get(name, ()):
            assert name not in found, "what it served before is not known"
        elif name in found and keep is None:
            assert found[name].kind == "deployment"
        elif name in found and found[name].kind == "within":
            assert (found[name].old_at or 0) <= (keep or 0) + 0.5
        elif name in found and found[name].kind == "never":
            assert (keep or 0) <= 0.5


def test_ages_in_earnest_pass_the_time_to_live() -> None:
    for ttl in (0, 1, 5, 300, 3600):
        ages = list(ages_to_wait(ttl))

        assert ages[0] == 0
        assert ages == sorted(set(ages))
        assert ages[-1] == pytest.approx(ttl + 30, abs=max(2, ttl / 15))
        assert any(ttl < age for age in ages)
