"""An account for the bench: the embedded lab, started once for each process of the tests and emptied for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from smsl.bench.account import Account
from smsl.bench.cost import Traffic
from smsl.bench.names import Phase, Strategy
from smsl.bench.place import Place
from smsl.bench.plan import Plan, Target
from smsl.bench.prices import Prices, shipped_prices
from smsl.bench.result import Conditions, Result, conclude
from smsl.bench.sample import Calls, Own, Sample, Series, Stale
from smsl.lab.account import Lab, embedded
from smsl.lab.latency import SECRETS_MANAGER
from smsl.lab.stage import REGION, bare_session
from smsl.model.unknown import Maybe
from smsl.sources.aws.connection import Clients, quiet_botocore
from smsl.sources.tables import extension_layers


@pytest.fixture(scope="session")
def running_lab() -> Iterator[Lab]:
    with embedded(sample=False) as lab:
        yield lab


@pytest.fixture
def lab(running_lab: Lab) -> Iterator[Lab]:
    """Return the lab with nothing in it."""
    yield running_lab
    running_lab.clear_faults()
    running_lab.empty()
    running_lab.forget_calls()


@pytest.fixture(scope="session")
def clients(running_lab: Lab) -> Clients:
    """Return clients of the lab; to make them takes longer than most calls."""
    quiet_botocore()
    return Clients(bare_session(), running_lab.url)


@pytest.fixture(scope="session")
def _account(clients: Clients) -> Account:
    return Account(clients, REGION, paced=False)


@pytest.fixture
def ask(lab: Lab, clients: Clients) -> Callable[[str], Any]:
    """Return a function from a service to a client of the lab, to look at what there is."""
    return lambda service: clients.client(service, REGION)


@pytest.fixture
def account(lab: Lab, _account: Account) -> Account:
    return _account


@pytest.fixture
def place(lab: Lab, account: Account) -> Place:
    layers = {"x86_64": str(extension_layers().latest(REGION, "x86_64"))}
    return Place(account, account.number(), REGION, lab.url, layers, lab)


# Results made by hand.

PYTHON = "python3.13"
LAYER = "arn:aws:lambda:eu-west-1:015030872274:layer:AWS-Parameters-and-Secrets-Lambda-Extension:99"
CALLS = {
    Strategy.SDK: (1, 1), Strategy.CACHE: (1, 0), Strategy.EXTENSION: (1, 0), Strategy.ENV: (0, 0),
}  # fmt: skip
"""Of a cold start, and of a warm invocation."""
STALE = {
    Strategy.SDK: Stale("never", None, 0.4),
    Strategy.CACHE: Stale("within", 299.2, 301.3),
    Strategy.EXTENSION: Stale("within", 298.9, 301.1),
    Strategy.ENV: Stale("deployment", 2_592_000.5),
}


@dataclass(frozen=True)
class Built:
    """Makes series and results."""

    lab: Conditions
    aws: Conditions

    def sample(self, phase: Phase, took: float, **changes: Any) -> Sample:
        """Return a sample that took so long; of a cold start all but 30 ms are its initialisation."""
        cold = phase is Phase.COLD
        made = Sample(
            phase=phase,
            duration=30.0 if cold else took,
            init=took - 30.0 if cold else None,
            seen=took + 5,
            billed=float(round(took + 0.5)),
            memory_used=80,
            own=Own(imports=200.0, client=100.0, fetch=20.5, init=300.0) if cold else Own(0, 0, 0, 0),
            calls=1 if cold else 0,
            environment="aa01",
            invocation=1 if cold else 7,
            versions=("v1",),
            stale=False,
        )
        return replace(made, **changes)

    def series(
        self,
        strategy: Strategy,
        cold: Sequence[float] = (),
        warm: Sequence[float] = (),
        runtime: str = PYTHON,
        calls: Maybe[Calls] | None = None,
        stale: Maybe[Stale] | None = None,
        more: Sequence[Sample] = (),
    ) -> Series:
        """Return a series of samples that took these times, with the calls that the strategy makes."""
        each = CALLS[strategy]
        samples = [self.sample(Phase.COLD, took) for took in cold] + [self.sample(Phase.WARM, took) for took in warm]
        counted = Calls(each[0] * len(cold), len(cold), each[1] * len(warm), len(warm), "service")
        return Series(strategy, runtime, (*samples, *more), calls or counted, stale or STALE[strategy])

    def result(
        self,
        *series: Series,
        conditions: Conditions | None = None,
        traffic: Traffic | None = None,
        prices: Prices | None = None,
        **plan: Any,
    ) -> Result:
        """Return what the series say, in the lab unless the plan's target is another."""
        asked = Plan(**{"latency": SECRETS_MANAGER, "seed": 7319, **plan})
        around = self.lab if asked.target is Target.LAB else self.aws
        if conditions is None:
            runtimes = dict.fromkeys((each.runtime for each in series), around.runtimes[PYTHON])
            conditions = replace(around, runtimes=runtimes)
        traffic = traffic or Traffic(10_000_000, 50, asked.secrets, asked.memory, asked.architecture, asked.ttl)
        return conclude(asked, conditions, series, traffic, prices or shipped_prices())


@pytest.fixture(scope="session")
def built() -> Built:
    lab = Conditions(
        run="0a1b2c3d",
        started="2026-11-27T10:00:00Z",
        region=REGION,
        runtimes={PYTHON: "Python 3.13.1, awslambdaric 4.2.2"},
        extension="emulated",
        machine="2 processors, Linux x86_64",
        assumptions=("The first.", "The second."),
        latency="20ms..100ms (assumed)",
    )
    aws = replace(lab, runtimes={PYTHON: "Lambda's own"}, extension=LAYER, machine="", assumptions=(), latency="")
    return Built(lab, aws)
