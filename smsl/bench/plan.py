"""What a run of the bench is asked to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from smsl.bench.names import RUNTIMES, Strategy
from smsl.lab.latency import Latency
from smsl.model.errors import InputError

DEFAULT_TTL = 300
"""Seconds: the extension's default and its limit.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
"""
_MOST_SECRETS = 20
"""A function that reads more has other troubles; and their names must fit into 4 KB of environment."""
_MOST_AT_ONCE = 50
_VERSIONS = {"python": re.compile(r"(3\.\d{1,2})?", re.ASCII), "nodejs": re.compile(r"(\d{2}\.x)?", re.ASCII)}
"""How Lambda writes the version behind the name of a runtime's family."""


class Target(Enum):
    """Where functions run."""

    LAB = "lab"
    AWS = "aws"


class Placement(Enum):
    """Where `sdk` and `cache` read the secrets of an environment's first invocation."""

    INIT = "init"
    HANDLER = "handler"


@dataclass(frozen=True, slots=True)
class Plan:
    """A run: which functions, and how often each is invoked.

    Raises:
        InputError: A number makes no sense.
    """

    target: Target = Target.LAB
    strategies: tuple[Strategy, ...] = tuple(Strategy)
    runtimes: tuple[str, ...] = ("python",)
    """Families as in `RUNTIMES`, or Lambda's names: `python3.13`."""
    cold: int = 30
    """Cold starts of each function that count."""
    warm: int = 300
    """Warm invocations of each function that count."""
    warmup: int = 1
    """Cold starts of each function before those that count."""
    at_once: int = 1
    """Environments of a function that start and serve at the same time."""
    secrets: int = 1
    """That each invocation reads."""
    ttl: int = DEFAULT_TTL
    """Seconds that `cache` and `extension` keep a value."""
    placement: Placement = Placement.HANDLER
    memory: int = 256
    """Megabytes."""
    architecture: str = "x86_64"
    seed: int = 0
    rotation: bool = True
    """Whether to measure how long an old value is served."""
    latency: Latency | None = None
    """Of Secrets Manager in the lab; None on AWS."""
    throttled: float = 0.0
    """Share of the calls that the lab throttles."""
    failing: float = 0.0
    """Share of the calls that the lab answers with an error of the service."""
    own_secrets: tuple[str, ...] = ()
    """Secrets of the account to read; empty when the run makes its own."""

    def __post_init__(self) -> None:
        bounds: dict[str, tuple[float, float]] = {
            "cold": (0, 1000), "warm": (0, 100_000), "warmup": (0, 100), "at_once": (1, _MOST_AT_ONCE),
            "secrets": (1, _MOST_SECRETS), "ttl": (0, 86_400), "memory": (128, 10_240),
            "throttled": (0, 0.9), "failing": (0, 0.9),
        }  # fmt: skip
        for name, (least, most) in bounds.items():
            if not least <= getattr(self, name) <= most:
                raise InputError(f"--{name.replace('_', '-')} must be between {least:g} and {most:g}.")
        if not self.strategies:
            raise InputError("There is no strategy to measure.", f"Name one of {', '.join(s.value for s in Strategy)}.")
        for runtime in self.runtimes:
            if family(runtime) not in RUNTIMES:
                raise InputError(
                    "The bench has handlers for Python and Node.js only.",
                    f"Give --runtime {' or '.join(RUNTIMES)}, or a version of them: python3.13, nodejs22.x.",
                )
        if not self.cold + self.warm:
            raise InputError("Neither cold starts nor warm invocations are asked for.", "Give --cold or --warm.")


def family(runtime: str) -> str:
    """Return `python` of `python3.13`, `nodejs` of `nodejs22.x`; empty for any other runtime."""
    for name, version in _VERSIONS.items():
        if runtime.startswith(name) and version.fullmatch(runtime.removeprefix(name)):
            return name
    return ""
