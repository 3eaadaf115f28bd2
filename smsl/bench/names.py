"""What is measured, by name: strategies, phases and the percentiles of a result."""

from __future__ import annotations

from enum import Enum


class Strategy(Enum):
    """A way for a function to get at its secret."""

    SDK = "sdk"
    """Calls Secrets Manager in every invocation."""
    CACHE = "cache"
    """Keeps the value in the process until its time to live ends."""
    EXTENSION = "extension"
    """Asks the AWS Parameters and Secrets Lambda Extension, which keeps the value."""
    ENV = "env"
    """Finds the value in an environment variable: the floor of what reading can take, and no way to keep a secret."""


class Phase(Enum):
    """Whether an invocation had to start its environment."""

    COLD = "cold"
    WARM = "warm"


PERCENTILES: tuple[float, ...] = (50, 90, 95, 99)
"""Percent; which of them a result holds depends on its count."""

RUNTIMES = ("python", "nodejs")
"""As Lambda spells them, without the version."""

API_CALLS = ("per_cold_start", "per_100_warm", "total")
"""The counts of calls to Secrets Manager in a result."""

LONGEST_TTL = 300
"""Seconds. The extension takes no longer time to live, and keeps a value this long when it is told one.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
"""
