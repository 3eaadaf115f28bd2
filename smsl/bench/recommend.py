"""Which strategy to choose, in one sentence with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from smsl.bench.compare import Comparison, compare
from smsl.bench.cost import Cost
from smsl.bench.names import Strategy
from smsl.model.unknown import Unknown

_SAME = 1.0
"""Currency units a month below which a difference in cost decides nothing."""
_SAME_SHARE = 0.05
"""Of the cheapest: as much is within what traffic differs by from one month to the next."""
_SIMPLEST = (Strategy.SDK, Strategy.CACHE, Strategy.EXTENSION)
"""From what needs least to what needs most beside the function's own code."""
_BUT = {
    Strategy.CACHE: "serves an old value for a while after a rotation",
    Strategy.EXTENSION: "needs a layer",
}
"""What speaks against one that is no better than a simpler one."""

Times = Mapping[Strategy, Sequence[float]]
"""Milliseconds."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What to choose."""

    strategy: Strategy | None
    """None when nothing was measured that could be recommended."""
    reason: str
    undecided: tuple[str, ...]
    """What this run cannot tell."""


def recommend(costs: Sequence[Cost], cold: Times, warm: Times, *, lab: bool) -> Recommendation:
    """Return the strategy to choose: what costs clearly less, then what is clearly faster, then what is simplest.

    Args:
        costs: Of a month, by strategy.
        cold: Cold starts by strategy.
        warm: Warm invocations by strategy.
        lab: Whether it ran in the lab, where only calls are sure and the extension is an emulation.
    """
    undecided = ("compute cost", "memory", "the cold start of the real extension") if lab else ()
    amounts = {each.strategy: _amount(each) for each in costs if each.strategy in _SIMPLEST}
    if not amounts:
        return Recommendation(None, "no strategy that should be used was measured", undecided)
    left, reasons = _cheapest(amounts, lab=lab)
    for times, phase in ((warm, "a warm invocation"), (cold, "a cold start")):
        left, faster = _fastest(left, times, phase, lab=lab)
        reasons += faster
    chosen, *others = left
    reasons += [f"{each.value} does no better and {_BUT[each]}" for each in others]
    return Recommendation(chosen, "; ".join(reasons) or "nothing else was measured", undecided)


def _cheapest(amounts: Mapping[Strategy, float], *, lab: bool) -> tuple[list[Strategy], list[str]]:
    """Return the strategies than which none is clearly cheaper, the simplest first, and what that saves."""
    least = min(amounts.values())
    limit = least + max(_SAME, _SAME_SHARE * least)
    cheap = [each for each in _SIMPLEST if each in amounts and amounts[each] <= limit]
    what = "its calls cost" if lab else "it costs"
    dear = max(amounts, key=lambda each: amounts[each])
    if dear not in cheap:
        return cheap, [f"{what} ${amounts[dear] - least:,.2f} a month less than with {dear.value}"]
    return cheap, [f"{what} about as much as with the others"] if len(cheap) > 1 else []


def _amount(cost: Cost) -> float:
    total = cost.total
    return cost.api + cost.kms + cost.storage if isinstance(total, Unknown) else total


def _fastest(
    candidates: Sequence[Strategy], times: Times, phase: str, *, lab: bool
) -> tuple[list[Strategy], list[str]]:
    """Return the candidates than which none is significantly faster, and what that saves.

    In the lab the extension's times decide nothing: they are an emulation's.
    """
    counted = [each for each in candidates if times.get(each) and not (lab and each is Strategy.EXTENSION)]
    if len(counted) < 2:
        return list(candidates), []
    first = min(counted, key=lambda each: median(times[each]))
    slower = [each for each in counted if each is not first and _is_slower(times[each], times[first])]
    left = [each for each in candidates if each not in slower]
    if not slower:
        return left, []
    worst = max(slower, key=lambda each: median(times[each]))
    saved = median(times[worst]) - median(times[first])
    return left, [f"{phase} takes {saved:.1f} ms less with {first.value} than with {worst.value}"]


def _is_slower(times: Sequence[float], others: Sequence[float]) -> bool:
    found = compare(("one", times), ("other", others))
    return isinstance(found, Comparison) and found.significant and found.ratio > 1
