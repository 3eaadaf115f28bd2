"""The run itself: what it takes in which order, and that it counts every call of a phase, also where one failed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from smsl.bench.account import Invoked
from smsl.bench.counting import ServiceCounter
from smsl.bench.deploy import Function, deployed
from smsl.bench.gathered import Gathered
from smsl.bench.journal import Whereabouts, opened
from smsl.bench.names import Phase, Strategy
from smsl.bench.place import Place
from smsl.bench.plan import Plan
from smsl.bench.run import Counted, Round, Run, Taken
from smsl.bench.sample import Calls
from smsl.lab.account import Lab
from smsl.model.unknown import Unknown

RUN = "0a1b2c3d"
PLAN = Plan(runtimes=("python3.13",), strategies=(Strategy.SDK,), cold=0, warm=25, rotation=False)


def test_the_calls_of_invocations_that_fail_are_counted(lab: Lab, place: Place, tmp_path: Path) -> None:
    """Left out with them, half of all calls would be, and those of the fastest invocations would stay."""
    with (
        opened(tmp_path, Whereabouts(RUN, place.number, place.region, place.endpoint)) as journal,
        deployed(PLAN, place.account, RUN, journal, place.layers, lambda _: None) as deployment,
    ):
        lab.seed(7319)
        lab.set_faults({"kind": "fail", "service": "secretsmanager", "operation": "GetSecretValue", "rate": 0.7})
        gathered = Gathered(deployment.functions, counting=True)
        for event in Run(PLAN, place.account, deployment.functions, ServiceCounter(lab)).measure():
            gathered.add(event)
    (series,) = gathered.series()
    last = [call for call in lab.calls() if call["service"] == "secretsmanager" and call["function"]]

    failed = sum(each.excluded is not None for each in series.samples)
    assert failed > 1
    assert isinstance(series.calls, Calls)
    assert series.calls.warms == 25
    assert series.calls.warm >= 25 + 2 * failed, "each that failed has made three"
    assert {call["status"] for call in last} == {200, 500}


# The order, of an account in which everything works.


REPORT = "REPORT RequestId: r\tDuration: 2.00 ms\tBilled Duration: 2 ms\tMemory Size: 256 MB\tMax Memory Used: 80 MB"


class Works:
    """Stands for an account, and for the counter at its service; each function's environments are numbered."""

    paced = False

    def __init__(self) -> None:
        self.invoked: list[str] = []
        self.started: dict[str, int] = {}
        self.served: dict[tuple[str, int], int] = {}
        self.calls: dict[str, int] = {}

    def set_variables(self, name: str, variables: dict[str, str]) -> None:
        self.started[name] = self.started.get(name, 0) + 1

    def invoke(self, name: str) -> Invoked:
        self.invoked.append(name)
        self.calls[name] = self.calls.get(name, 0) + 1
        environment = (name, self.started.get(name, 0))
        number = self.served[environment] = self.served.get(environment, 0) + 1
        init = "\tInit Duration: 100.00 ms" if number == 1 else ""
        log = f"{REPORT}{init}\t"
        said = {
            "environment": f"{environment}", "invocation": number, "init": {}, "init_ended": 1.0, "started": 1.0,
            "timings": {}, "api_calls": 1, "secrets": [{"version": "v1"}],
        }  # fmt: skip
        return Invoked(said, False, log, 5.0)

    def take(self, function: str) -> int:
        return self.calls.pop(function, 0)


FUNCTIONS = [Function(each.value, each, "python3.13", {}) for each in (Strategy.SDK, Strategy.CACHE, Strategy.ENV)]


def events(plan: Plan, works: Works) -> list[Any]:
    account: Any = works
    return list(Run(plan, account, FUNCTIONS, account).measure())


def test_functions_take_turns() -> None:
    plan = replace(PLAN, cold=4, warm=30, seed=1)
    works = Works()
    found = events(plan, works)

    names = {each.name for each in FUNCTIONS}
    assert {works.invoked[each] for each in range(3)} == names, "a cold start of each before those that count"
    taken = [each for each in found if isinstance(each, Taken)]
    cold = [each.function.name for each in taken if each.sample.phase is Phase.COLD]
    warm = [each.function.name for each in taken if each.sample.phase is Phase.WARM]
    assert [set(cold[each : each + 3]) for each in range(0, 12, 3)] == [names] * 4
    assert [set(warm[each : each + 10]) for each in range(0, 90, 10)] == [{warm[each]} for each in range(0, 90, 10)]
    assert [set(warm[each : each + 30]) for each in range(0, 90, 30)] == [names] * 3
    assert all(each.sample.excluded is None for each in taken)
    rounds = [(each.phase.value, each.done, each.of) for each in found if isinstance(each, Round)]
    assert rounds == [("cold", each, 4) for each in (1, 2, 3, 4)] + [("warm", each, 30) for each in (10, 20, 30)]


def test_the_order_is_the_seed_s() -> None:
    plan = replace(PLAN, cold=20, warm=0)

    def order(seed: int) -> list[str]:
        works = Works()
        events(replace(plan, seed=seed), works)
        return works.invoked

    assert order(1) == order(1)
    assert order(1) != order(2)


def test_calls_before_a_phase_are_not_its_own() -> None:
    """Neither those of the warm-up, nor of the invocations that only settle an environment."""
    found = events(replace(PLAN, cold=3, warm=20, warmup=4), Works())

    counted = [each for each in found if isinstance(each, Counted)]
    assert {each.calls for each in counted if each.phase is Phase.COLD} == {1}
    assert {(each.calls, each.invocations) for each in counted if each.phase is Phase.WARM} == {(10, 10)}


@pytest.mark.parametrize("at_once", [3, 4, 20])
def test_as_many_as_were_asked_for_are_taken_however_many_at_once(at_once: int) -> None:
    plan = replace(PLAN, cold=0, warm=25, at_once=at_once)
    taken = [each for each in events(plan, Works()) if isinstance(each, Taken)]

    assert len(taken) == 25 * len(FUNCTIONS)


def test_a_series_grows_with_its_samples() -> None:
    """A run that is interrupted leaves what it has, and nothing of functions that had no turn."""
    gathered = Gathered(FUNCTIONS, counting=True)
    seen = []
    for event in events(replace(PLAN, cold=1, warm=10), Works()):
        gathered.add(event)
        seen.append([len(each.samples) for each in gathered.series()])

    assert seen[:2] == [[1], [1]], "a sample, then its calls"
    assert seen[-1] == [11, 11, 11]
    assert [each.calls for each in gathered.series()] == [Calls(1, 1, 10, 10, "service")] * 3


def test_without_a_counter_the_handlers_count() -> None:
    account: Any = Works()
    functions = [*FUNCTIONS, Function("extension", Strategy.EXTENSION, "python3.13", {})]
    gathered = Gathered(functions, counting=False)
    for each in functions:
        (sample,) = Run(PLAN, account, functions, account)._invoke(each, Phase.COLD, 1)
        gathered.add(Taken(each, replace(sample, calls=None) if each.name in {"env", "extension"} else sample))
        gathered.add(Taken(each, replace(sample, excluded="failed (ClientError)", calls=None)))

    calls = {each.strategy.value: each.calls for each in gathered.series()}
    assert calls["sdk"] == calls["cache"] == Calls(1, 1, 0, 0, "handler")
    assert calls["env"] == Calls(0, 1, 0, 0, "handler"), "it makes none, and need not see them"
    assert isinstance(calls["extension"], Unknown)
    assert calls["extension"].needs == ("--cloudtrail",)

    gathered.counted_elsewhere({"extension": Calls(2, 1, 0, 0, "cloudtrail")})
    assert {each.strategy.value: each.calls for each in gathered.series()}["extension"] == Calls(
        2, 1, 0, 0, "cloudtrail"
    )
