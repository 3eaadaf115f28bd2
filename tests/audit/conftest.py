"""One lab with the sample account for each worker; tests of other accounts, or that change it, have the spare one."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from smsl.lab.account import Lab, embedded


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """A running lab, with the environment that leads to it set for the whole worker."""
    with embedded() as running:
        before = dict(os.environ)
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ.update(running.environment)
        yield running
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="module")
def other_account(lab: Lab, spare_lab: Lab) -> Iterator[Lab]:
    """The spare lab, empty, with the environment that leads to it set for the whole module."""
    spare_lab.empty()
    before = dict(os.environ)
    os.environ.update(spare_lab.environment)
    yield spare_lab
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(autouse=True)
def _undisturbed(lab: Lab) -> Iterator[None]:
    yield
    lab.clear_faults()
    lab.set_latency(0)
