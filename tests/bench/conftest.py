"""An account for the bench: the embedded lab, started once for each process of the tests and emptied for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from smsl.bench.account import Account
from smsl.bench.place import Place
from smsl.lab.account import Lab, embedded
from smsl.lab.stage import REGION, bare_session
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


@pytest.fixture
def ask(lab: Lab) -> Callable[[str], Any]:
    """Return a function from a service to a client of the lab, to look at what there is."""
    session = bare_session()
    return lambda service: session.create_client(service, region_name=REGION, endpoint_url=lab.url)


@pytest.fixture
def account(lab: Lab) -> Account:
    quiet_botocore()
    return Account(Clients(bare_session(), lab.url), REGION, paced=False)


@pytest.fixture
def place(lab: Lab, account: Account) -> Place:
    layers = {"x86_64": str(extension_layers().latest(REGION, "x86_64"))}
    return Place(account, account.number(), REGION, lab.url, layers, lab)
