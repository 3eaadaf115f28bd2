"""What a month of each strategy costs, and from how many invocations on one is cheaper than another."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from smsl.bench.names import LONGEST_TTL, Strategy
from smsl.bench.prices import ARCHITECTURES, Prices
from smsl.model.errors import InputError
from smsl.model.unknown import Maybe, Unknown

MONTH = 30 * 86_400
"""Seconds."""
_MB_IN_GB = 1024
NOT_BILLED = Unknown("billed time was not measured, and only AWS bills it", ("--target aws",))
"""What an invocation costs where it did not run on AWS."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """A month of a function.

    Raises:
        InputError: A number makes no sense.
    """

    invocations: float
    """A month."""
    environments: float
    """Kept warm all month: the concurrency."""
    secrets: int = 1
    """That each invocation reads."""
    memory_mb: int = 128
    architecture: str = "x86_64"
    ttl: float = 300
    """Seconds that a value is kept for; 0 keeps none."""
    cold_starts: float = 0
    """A month, beyond the environments that stay warm."""
    keyed_secrets: int = 0
    """How many of the secrets are encrypted with a customer's key, whose use KMS charges for."""

    def __post_init__(self) -> None:
        for name in ("invocations", "environments", "ttl", "cold_starts"):
            if not 0 <= getattr(self, name) < inf:
                raise InputError(f"traffic.{name}: must be a number that is not negative.")
        for name in ("secrets", "memory_mb"):
            if getattr(self, name) < 1:
                raise InputError(f"traffic.{name}: must be at least 1.")
        if not 0 <= self.keyed_secrets <= self.secrets:
            raise InputError("traffic.keyed_secrets: are secrets, and cannot be more than those.")
        if self.cold_starts > self.invocations:
            raise InputError("traffic.cold_starts: are invocations, and cannot be more than those.")
        if self.architecture not in ARCHITECTURES:
            raise InputError(f"traffic.architecture: must be {' or '.join(ARCHITECTURES)}.")


@dataclass(frozen=True, slots=True)
class Billed:
    """What Lambda billed for an invocation, on average: a percentile does not add up to a month. Milliseconds."""

    warm: float
    cold: Maybe[float]
    """With the start of the environment, which Lambda bills too."""


@dataclass(frozen=True, slots=True)
class Cost:
    """A month of one strategy. Amounts in the currency of the prices."""

    strategy: Strategy
    calls: float
    """Of Secrets Manager, as expected, so not always whole."""
    api: float
    """For those calls."""
    kms: float
    """For decrypting what they return; 0 with the AWS-managed key."""
    storage: float
    """Of the secrets, the same whoever reads them."""
    compute: Maybe[float]
    """Requests and GB-seconds of the invocations."""

    @property
    def total(self) -> Maybe[float]:
        """All of it, or why part of it is not known."""
        if isinstance(self.compute, Unknown):
            return self.compute
        return self.api + self.kms + self.storage + self.compute


@dataclass(frozen=True, slots=True)
class BreakEven:
    """From where on one of two strategies pays less for calls."""

    a: Strategy
    b: Strategy
    cheaper: Strategy | None
    """None when both make the same calls, however many invocations there are."""
    invocations: float | None
    """A month: up to here both make the same calls, beyond it `cheaper` makes fewer. None when there is no such number:
    `cheaper` always is, or neither ever is."""


def monthly_calls(traffic: Traffic, strategy: Strategy) -> float:
    """Return how often a strategy calls Secrets Manager in a month.

    A strategy that keeps values reads each secret anew when its time to live is over and in each cold start, but never
    more often than it is invoked.
    """
    return traffic.secrets * min(traffic.invocations, _most_reads(traffic, strategy))


def _most_reads(traffic: Traffic, strategy: Strategy) -> float:
    """Return how often a strategy reads one secret in a month of any number of invocations."""
    match strategy:
        case Strategy.SDK:
            return inf
        case Strategy.ENV:
            return 0  # read once, by the deployment
        case Strategy.CACHE | Strategy.EXTENSION:
            ttl = min(traffic.ttl, LONGEST_TTL) if strategy is Strategy.EXTENSION else traffic.ttl
            return traffic.environments * MONTH / ttl + traffic.cold_starts if ttl > 0 else inf


def monthly_cost(traffic: Traffic, strategy: Strategy, prices: Prices, billed: Maybe[Billed] = NOT_BILLED) -> Cost:
    """Return what a month of a strategy costs."""
    calls = monthly_calls(traffic, strategy)
    return Cost(
        strategy=strategy,
        calls=calls,
        api=prices.secret_calls.of(calls),
        # Secrets Manager decrypts the data key of a secret with each read of it.
        kms=prices.kms_calls.of(calls * traffic.keyed_secrets / traffic.secrets),
        storage=prices.secret_months.of(traffic.secrets),
        compute=_compute(traffic, prices, billed),
    )


def _compute(traffic: Traffic, prices: Prices, billed: Maybe[Billed]) -> Maybe[float]:
    if isinstance(billed, Unknown):
        return billed
    milliseconds = (traffic.invocations - traffic.cold_starts) * billed.warm
    if traffic.cold_starts:
        if isinstance(billed.cold, Unknown):
            return billed.cold
        milliseconds += traffic.cold_starts * billed.cold
    gb_seconds = milliseconds / 1000 * traffic.memory_mb / _MB_IN_GB
    return prices.requests.of(traffic.invocations) + prices.gb_seconds[traffic.architecture].of(gb_seconds)


def break_even(traffic: Traffic, a: Strategy, b: Strategy) -> BreakEven:
    """Return from how many invocations a month on one of two strategies pays less for its calls than the other.

    Each strategy calls for every invocation until it has made all the reads that it can make in a month, so two make
    the same calls up to the smaller of these numbers, whatever the prices are. The traffic's own invocations play no
    part.
    """
    most_a, most_b = _most_reads(traffic, a), _most_reads(traffic, b)
    if most_a == most_b:
        return BreakEven(a, b, cheaper=None, invocations=None)
    least = min(most_a, most_b)
    return BreakEven(a, b, cheaper=a if most_a < most_b else b, invocations=least or None)
