"""What a run has brought so far, put together from its events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from smsl.bench.deploy import Function
from smsl.bench.names import Phase, Strategy
from smsl.bench.run import Counted, Event, Round, Taken
from smsl.bench.sample import Calls, Sample, Series, Stale
from smsl.model.unknown import Maybe, Unknown

_UNSEEN = Unknown("the extension makes its calls where the handler does not see them", ("--cloudtrail",))


@dataclass(slots=True)
class Gathered:
    """Samples and counts, growing while a run goes on."""

    functions: Sequence[Function]
    counting: bool
    """Whether calls are counted where they arrive."""
    _samples: dict[str, list[Sample]] = field(default_factory=dict)
    _counted: dict[tuple[str, Phase], tuple[int, int]] = field(default_factory=dict)
    _stale: dict[str, Stale] = field(default_factory=dict)
    _elsewhere: dict[str, Calls] = field(default_factory=dict)

    def add(self, event: Event) -> None:
        """Take an event."""
        match event:
            case Taken(function, sample):
                self._samples.setdefault(function.name, []).append(sample)
            case Counted(function, phase, calls, invocations):
                before = self._counted.get((function.name, phase), (0, 0))
                self._counted[function.name, phase] = before[0] + calls, before[1] + invocations
            case Round():
                pass

    def aged(self, ages: Mapping[str, Stale]) -> None:
        """Take how long each function serves an old value."""
        self._stale.update(ages)

    def counted_elsewhere(self, calls: Mapping[str, Calls]) -> None:
        """Take counts that came from another place than the run."""
        self._elsewhere.update(calls)

    def series(self) -> tuple[Series, ...]:
        """Return what there is, a series for each function that has a sample."""
        made = []
        for function in self.functions:
            samples = tuple(self._samples.get(function.name, ()))
            if not samples:
                continue
            series = Series(function.strategy, function.runtime, samples, self._calls(function, samples))
            stale = self._stale.get(function.name)
            made.append(series if stale is None else replace(series, stale=stale))
        return tuple(made)

    def _calls(self, function: Function, samples: Sequence[Sample]) -> Maybe[Calls]:
        if function.name in self._elsewhere:
            return self._elsewhere[function.name]
        if self.counting:
            cold = self._counted.get((function.name, Phase.COLD), (0, 0))
            warm = self._counted.get((function.name, Phase.WARM), (0, 0))
            return Calls(*cold, *warm, "service")
        if function.strategy is Strategy.ENV:
            return _as_seen(samples, {Phase.COLD: 0, Phase.WARM: 0})
        sums = {Phase.COLD: 0, Phase.WARM: 0}
        for sample in samples:
            if sample.excluded is None:
                if sample.calls is None:
                    return _UNSEEN
                sums[sample.phase] += sample.calls
        return _as_seen(samples, sums)


def _as_seen(samples: Sequence[Sample], sums: Mapping[Phase, int]) -> Calls:
    counts = {phase: sum(each.phase is phase and each.excluded is None for each in samples) for phase in Phase}
    return Calls(sums[Phase.COLD], counts[Phase.COLD], sums[Phase.WARM], counts[Phase.WARM], "handler")
