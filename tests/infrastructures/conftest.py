"""The account that infrastructures are deployed to: the spare lab, with the environment that leads to it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from smsl.lab.account import Lab


@pytest.fixture(scope="module")
def account(spare_lab: Lab) -> Iterator[Lab]:
    """The spare lab, with the environment that leads to it set for the whole module; who deploys empties it first."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        for name, value in spare_lab.environment.items():
            patch.setenv(name, value)
        yield spare_lab
