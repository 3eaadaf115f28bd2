"""Calls counted at the service are what theory says, exactly: strategies, runtimes, times to live, environments.

Theory knows when each environment was invoked, and that a value is read anew when it is as old as its time to live.
The clocks of handlers and extension are stepped, so that no test sleeps.
"""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import pytest

from smsl.bench.account import Account
from smsl.bench.counting import ServiceCounter
from smsl.bench.deploy import Deployment, Function, deployed
from smsl.bench.journal import Whereabouts, opened
from smsl.bench.names import Phase, Strategy
from smsl.bench.place import in_lab, lab_runtimes
from smsl.bench.plan import Plan
from smsl.bench.run import sample_of
from smsl.lab.account import Lab
from smsl.model.errors import SmslError

DEFAULT = 300
"""Seconds that cache and extension keep a value when they are told nothing."""
SECRETS = 3
SERVED = "its environment had served before"
"""Why the bench leaves out what should have been a cold start."""


@dataclass(frozen=True)
class Case:
    """One way to run a strategy."""

    strategy: Strategy
    runtime: str
    secrets: int
    ttl: int | None
    """None leaves the setting out."""
    at_once: int
    fetch_in: str
    step: float
    """Seconds between two warm invocations of an environment."""
    cold: int = 2
    warm: int = 6

    def __str__(self) -> str:
        ttl = "default" if self.ttl is None else self.ttl
        parts = (self.strategy.value, self.runtime, f"{self.secrets}s", f"ttl{ttl}", f"{self.at_once}x", self.fetch_in)
        return "-".join(map(str, (*parts, f"step{self.step:g}")))


def cases() -> Iterator[Any]:
    """Yield every combination; those beside the common ones take too long for every run of the tests."""
    combinations = itertools.product(
        Strategy, ("python", "nodejs"), (1, SECRETS), (0, 5, None), (1, 3), ("handler", "init")
    )
    for strategy, runtime, secrets, ttl, at_once, fetch_in in combinations:
        keeps = strategy in {Strategy.CACHE, Strategy.EXTENSION}
        if (not keeps and ttl is not None) or (fetch_in == "init" and strategy not in {Strategy.SDK, Strategy.CACHE}):
            continue  # no such setting
        step = {0: 1.0, 5: 2.0, None: 120.0}[ttl] if keeps else 1.0
        case = Case(strategy, runtime, secrets, ttl, at_once, fetch_in, step)
        common = (secrets, at_once, fetch_in) == (SECRETS, 1, "handler")
        marks = () if common and (ttl is None or runtime == "python") else (pytest.mark.verify,)
        yield pytest.param(case, id=str(case), marks=marks)


@dataclass(frozen=True)
class Bench:
    """A lab with a function of each strategy."""

    lab: Lab
    account: Account
    deployment: Deployment
    counter: ServiceCounter

    def function(self, case: Case) -> Function:
        return next(
            each
            for each in self.deployment.functions
            if each.strategy is case.strategy and each.runtime.startswith(case.runtime)
        )


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    runtimes = lab_runtimes(("python",))
    with contextlib.suppress(SmslError):  # the tests of Node.js say why they are skipped
        runtimes += lab_runtimes(("nodejs",))
    plan = Plan(runtimes=runtimes, secrets=SECRETS)
    journals = tmp_path_factory.mktemp("journals")
    with (
        in_lab(plan, None) as place,
        opened(journals, Whereabouts("0a1b2c3d", place.number, place.region, place.endpoint)) as journal,
        deployed(plan, place.account, "0a1b2c3d", journal, place.layers, lambda _text: None) as deployment,
    ):
        assert place.lab is not None
        place.lab.set_clock(0)
        yield Bench(place.lab, place.account, deployment, ServiceCounter(place.lab))


def variables(function: Function, case: Case) -> Mapping[str, str]:
    changed = dict(function.variables)
    if "SECRET_IDS" in changed:
        changed["SECRET_IDS"] = ",".join(changed["SECRET_IDS"].split(",")[: case.secrets])
    if "FETCH_IN" in changed:
        changed["FETCH_IN"] = case.fetch_in
    for name in ("SECRET_CACHE_TTL", "SECRETS_MANAGER_TTL"):
        if name in changed and case.ttl is None:
            del changed[name]
        elif name in changed:
            changed[name] = str(case.ttl)
    return changed


class Theory:
    """What a strategy must call, by the time of each environment's invocations."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._read_at: dict[str, float] = {}
        self._ttl = DEFAULT if case.ttl is None else case.ttl

    def calls(self, environment: str, now: float) -> int:
        match self._case.strategy:
            case Strategy.ENV:
                return 0
            case Strategy.SDK:
                return self._case.secrets
        read_at = self._read_at.get(environment)
        if read_at is not None and now - read_at < self._ttl:
            return 0
        self._read_at[environment] = now
        return self._case.secrets


@pytest.mark.parametrize("case", list(cases()))
def test_calls_are_what_theory_says(bench: Bench, case: Case) -> None:
    if case.runtime == "nodejs":
        try:
            lab_runtimes(("nodejs",))
        except SmslError as missing:
            pytest.skip(str(missing))
    function = replace(bench.function(case), variables=variables(bench.function(case), case))
    theory = Theory(case)
    counted = dict.fromkeys(Phase, 0)
    expected = dict.fromkeys(Phase, 0)
    now = 0.0
    bench.counter.take(function.name)

    def invoke(phase: Phase) -> bool:
        """Tell whether all had what they needed: environments of their own, where they are to start cold."""
        with ThreadPoolExecutor(case.at_once) as pool:
            answers = list(pool.map(lambda _: bench.account.invoke(function.name), range(case.at_once)))
        samples = [sample_of(each, phase) for each in answers]
        if SERVED in {each.excluded for each in samples}:  # one came so late that another's environment was free again
            bench.counter.take(function.name)
            return False
        assert [each.excluded for each in samples] == [None] * case.at_once, [each.payload for each in answers]
        at_service = bench.counter.take(function.name)
        by_theory = sum(theory.calls(each.environment, now) for each in samples)
        counted[phase] += at_service
        expected[phase] += by_theory
        seen = [each.calls for each in samples]
        if None not in seen:
            assert sum(seen) == at_service, "a handler counts what it sends"  # type: ignore[arg-type]
        return True

    def start_cold(number: int) -> bool:
        bench.lab.set_clock(0.0)
        bench.account.set_variables(function.name, function.started_anew(hash(case) % 10**6 * 100 + number))
        return invoke(Phase.COLD)

    for number in range(case.cold):
        assert any(start_cold(number * 10 + attempt) for attempt in range(10))
    for _ in range(case.warm):
        now += case.step
        bench.lab.set_clock(now)
        assert invoke(Phase.WARM)

    assert counted == expected
    assert expected[Phase.COLD] == (0 if case.strategy is Strategy.ENV else case.cold * case.at_once * case.secrets)


def test_theory_is_not_empty() -> None:
    """The table has cases in which a value is kept, expires, and is read anew."""
    kept = [each.values[0] for each in cases() if each.values[0].strategy is Strategy.CACHE]

    for ttl, calls in ((0, 6), (5, 2), (None, 2)):
        case = next(each for each in kept if each.ttl == ttl and each.secrets == 1)
        theory = Theory(case)
        theory.calls("one", 0)
        assert sum(theory.calls("one", case.step * (turn + 1)) for turn in range(case.warm)) == calls, json.dumps(ttl)
