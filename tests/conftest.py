"""What holds for every test: how fast a machine is says nothing about the code, and nothing is read twice in vain."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

import pytest
from hypothesis import HealthCheck, settings

from smsl.lab.account import Lab, embedded

settings.register_profile("smsl", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("smsl")


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as of what a shell runs in the background; children inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers() -> int:
    """Take half as many workers again as there are processors: many tests wait for a process or a delay."""
    processors = os.cpu_count() or 1
    return processors + processors // 2


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Of a test marked ``every(n)``, leave each n-th row to the normal run and the others to the verification run."""
    rows: Counter[str] = Counter()
    for item in items:
        if (mark := item.get_closest_marker("every")) is not None:
            test = item.nodeid.partition("[")[0]
            if rows[test] % mark.args[0]:
                item.add_marker("verify")
            rows[test] += 1


@pytest.fixture(scope="session", autouse=True)
def _services_described_once() -> Iterator[None]:
    """Let all sessions of this process share what botocore has read of its descriptions of AWS's services.

    A process of smsl makes one session, a process of tests hundreds: to parse the same files for each of them would
    take most of an audit's time.
    """
    import botocore.session

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", cache(botocore.session.create_loader))
        yield


@pytest.fixture(scope="session")
def spare_lab() -> Iterator[Lab]:
    """A lab for accounts that live no longer than a module: who uses it empties it first."""
    with embedded(sample=False) as running:
        yield running
