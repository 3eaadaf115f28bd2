"""What is measured: one invocation, and all of a function's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from smsl.bench.names import Phase, Strategy
from smsl.model.unknown import Maybe, Unknown


@dataclass(frozen=True, slots=True)
class Own:
    """What the handler measured of itself. Milliseconds; a step that was not taken took none."""

    imports: float
    client: float
    fetch: float
    init: float
    """Of the three, what was part of initialisation."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One invocation."""

    phase: Phase
    duration: float
    """What Lambda reports. Milliseconds; of a cold start without its initialisation."""
    init: float | None
    """Initialisation as Lambda reports it; None when it reports none. Milliseconds."""
    seen: float
    """From the caller's request to its answer, the way there and back included. Milliseconds."""
    billed: float
    """Milliseconds."""
    memory_used: int
    """Megabytes."""
    own: Own
    calls: int | None
    """To Secrets Manager, as the handler counted them, initialisation's included; None where it cannot see them."""
    environment: str
    invocation: int
    """The how manieth of its environment."""
    versions: tuple[str, ...]
    """Of the secrets that it got."""
    stale: bool
    """Whether a value was served beyond its time because Secrets Manager could not be asked."""
    excluded: str | None = None
    """Why it does not count; None for a sample that does."""
    of_phase: bool = True
    """Whether it surely is of its phase, so that its calls are: also one that failed may be."""

    @property
    def took(self) -> float:
        """The time that is compared: a cold start's with its initialisation. Milliseconds."""
        return self.duration + (self.init or 0.0)


@dataclass(frozen=True, slots=True)
class Stale:
    """How long a rotated secret's old value is served, counted from when the value was read."""

    kind: str
    """`never` (the next invocation sees the new one), `within` (up to so many seconds), `deployment` (until then)."""
    old_at: float | None = None
    """Age at which the old value was still served. Seconds."""
    new_at: float | None = None
    """Age at which the new one was. Seconds."""


NOT_MEASURED = Unknown("how long a rotated secret's old value is served was not measured", ("--rotation",))


@dataclass(frozen=True, slots=True)
class Series:
    """One function's samples, in the order in which they were taken."""

    strategy: Strategy
    runtime: str
    """`python3.11`, `nodejs20.x`."""
    samples: tuple[Sample, ...]
    calls: Maybe[Calls]
    stale: Maybe[Stale] = NOT_MEASURED

    def of(self, phase: Phase) -> Iterator[Sample]:
        """Yield the samples of a phase that count."""
        return (each for each in self.samples if each.phase is phase and each.excluded is None)

    def times(self, phase: Phase) -> list[float]:
        """Return what the samples of a phase that count took. Milliseconds."""
        return [each.took for each in self.of(phase)]


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls to Secrets Manager and how they were counted."""

    cold: int
    """In all cold starts that were made while counting."""
    colds: int
    warm: int
    """In all warm invocations that were made while counting."""
    warms: int
    basis: str
    """`service` (counted where they arrive, exact), `handler` (as the handlers saw them), `cloudtrail`."""

    @property
    def per_cold_start(self) -> float | None:
        """None without cold starts."""
        return self.cold / self.colds if self.colds else None

    @property
    def per_100_warm(self) -> float | None:
        """None without warm invocations."""
        return 100 * self.warm / self.warms if self.warms else None
