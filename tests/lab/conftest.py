"""One empty lab for each test module, and clients that talk to it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.config import Config

from smsl.lab.account import Lab

Connect = Callable[..., Any]


@pytest.fixture(scope="module")
def lab(spare_lab: Lab) -> Lab:
    spare_lab.empty()
    spare_lab.forget_calls()
    return spare_lab


@pytest.fixture(scope="module")
def connect(lab: Lab) -> Connect:
    """Return a function from service (and region) to a client of the lab."""
    nowhere = (None, None, os.devnull, None)
    bare = botocore.session.Session(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": nowhere,
            "credentials_file": nowhere,
        }
    )
    made: dict[tuple[str, str, str], Any] = {}

    def client(service: str, region: str = "eu-west-1", caller: str = "AKIAIOSFODNN7EXAMPLE") -> Any:
        wanted = (service, region, caller)
        if wanted not in made:
            session = boto3.session.Session(caller, "nothing", region_name=region, botocore_session=bare)
            config = Config(proxies={}, retries={"total_max_attempts": 1}, read_timeout=10)
            made[wanted] = session.client(service, endpoint_url=lab.url, config=config)
        return made[wanted]

    return client


@pytest.fixture(autouse=True)
def _undisturbed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Leave no fault and no delay behind for the next test of the module."""
    yield
    if "lab" in request.fixturenames:
        running = request.getfixturevalue("lab")
        running.clear_faults()
        running.set_latency(0)
