"""Which strategy to choose, in one sentence with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from smsl.bench.compare import Comparison, compare
from smsl.bench.cost import Cost
from smsl.bench.money import money
from smsl.bench.names import Strategy
from smsl.model.unknown import Unknown

_SAME = 1.0
"""Currency units a month below which a difference in cost decides nothing."""
_SAME_SHARE = 0.05
"""Of the cheapest: as much is within what traffic differs by from one month to the next."""
_SIMPLEST = (Strategy.SDK, Strategy.CACHE, Strategy.EXTENSION)
"""From what needs least to what needs most beside the function's own code."""
_LAYER = "needs a layer"
_OLD_VALUE = "serves an old value for a while after a rotation"
_KEEPS_NOTHING = "keeps nothing with a TTL of 0"
"""What speaks against one that is no better than a simpler one."""
_SHOWN = 0.05
"""Milliseconds that are not 0.0 when they are written."""

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


def recommend(
    costs: Sequence[Cost], cold: Times, warm: Times, *, lab: bool, ttl: float, currency: str
) -> Recommendation:
    """Return the strategy to choose: what costs clearly less, then what is clearly faster, then what is simplest.

    Args:
        costs: Of a month, by strategy.
        cold: Cold starts by strategy.
        warm: Warm invocations by strategy.
        lab: Whether it ran in the lab, where only calls are sure and the extension is an emulation.
        ttl: Seconds that values are kept.
        currency: Of the costs.
    """
    costs = [each for each in costs if each.strategy in _SIMPLEST]
    whole = not any(isinstance(each.total, Unknown) for each in costs)
    amounts = {each.strategy: _amount(each, whole=whole) for each in costs}
    if not amounts:
        return Recommendation(None, "env alone was measured, a floor to compare with and no way to keep a secret", ())
    undecided = ["compute cost", "memory"] if lab else []
    if lab and Strategy.EXTENSION in amounts:
        undecided.append("the speed of the real extension")
    left = _cheapest(amounts)
    slower: list[tuple[str, Times, Strategy]] = []
    for phase, times in (("a warm invocation", warm), ("a cold start", cold)):
        left, slowest = _fastest(left, times, lab=lab)
        if slowest is not None:
            slower.append((phase, times, slowest))
    chosen, *others = left
    reasons = [
        *_saved(amounts, chosen, currency, whole=whole),
        *(_faster(phase, times, chosen, slowest) for phase, times, slowest in slower),
        *(_no_better(each, lab=lab, ttl=ttl) for each in others),
    ]
    said = "; ".join(filter(None, reasons)) or "no other to choose was measured"
    return Recommendation(chosen, said, tuple(undecided))


def _amount(cost: Cost, *, whole: bool) -> float:
    """Return what a month costs, or its calls and secrets where compute is not known of all."""
    total = cost.total
    return total if whole and not isinstance(total, Unknown) else cost.api + cost.kms + cost.storage


def _cheapest(amounts: Mapping[Strategy, float]) -> list[Strategy]:
    """Return the strategies than which none is clearly cheaper, the simplest first."""
    least = min(amounts.values())
    limit = least + max(_SAME, _SAME_SHARE * least)
    return [each for each in _SIMPLEST if each in amounts and amounts[each] <= limit]


def _fastest(candidates: Sequence[Strategy], times: Times, *, lab: bool) -> tuple[list[Strategy], Strategy | None]:
    """Return the candidates than which none is significantly faster, and the slowest of the others.

    In the lab the extension's times decide nothing: they are an emulation's.
    """
    counted = [each for each in candidates if times.get(each) and not (lab and each is Strategy.EXTENSION)]
    if len(counted) < 2:
        return list(candidates), None
    first = min(counted, key=lambda each: median(times[each]))
    slower = [each for each in counted if each is not first and _is_slower(times[each], times[first])]
    left = [each for each in candidates if each not in slower]
    return left, max(slower, key=lambda each: median(times[each]), default=None)


def _saved(amounts: Mapping[Strategy, float], chosen: Strategy, currency: str, *, whole: bool) -> list[str]:
    """Return what the chosen one costs less than the dearest."""
    if len(amounts) < 2:
        return []
    dearest = max(amounts, key=lambda each: amounts[each])
    if dearest in _cheapest(amounts):
        return ["a month costs about the same with each" if whole else "the calls cost about the same with each"]
    saved = money(amounts[dearest] - amounts[chosen], currency)
    return [f"{'it costs' if whole else 'its calls cost'} {saved} a month less than with {dearest.value}"]


def _faster(phase: str, times: Times, chosen: Strategy, slowest: Strategy) -> str:
    """Return what the chosen one saves on the slowest; empty where its own times do not count or do not show it."""
    saved = median(times[slowest]) - median(times[chosen]) if times.get(chosen) else 0.0
    return f"{phase} takes {saved:.1f} ms less than with {slowest.value}" if saved >= _SHOWN else ""


def _no_better(other: Strategy, *, lab: bool, ttl: float) -> str:
    if lab and other is Strategy.EXTENSION:
        return f"extension's calls cost no less, and it {_LAYER}"
    against = _LAYER if other is Strategy.EXTENSION else _OLD_VALUE if ttl > 0 else _KEEPS_NOTHING
    return f"nothing measured speaks for {other.value}, which {against}"


def _is_slower(times: Sequence[float], others: Sequence[float]) -> bool:
    found = compare(("one", times), ("other", others))
    return isinstance(found, Comparison) and found.significant and found.ratio > 1
