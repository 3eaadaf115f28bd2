"""Two saved results side by side, as text and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from smsl.bench.compare import Comparison, compare
from smsl.bench.percentiles import percentile
from smsl.bench.report.differing import differing, remarked
from smsl.bench.report.document import comparison
from smsl.bench.report.legend import UNBOUNDED
from smsl.bench.report.words import OPEN, number
from smsl.bench.report.words import percentile as written
from smsl.bench.saved import Saved, Times
from smsl.model.unknown import Maybe, Unknown
from smsl.render.page import rows, wrapped

SCHEMA = "smsl.bench-comparison/1"


def compared(old: Saved, new: Saved) -> Iterator[tuple[Times, Times, Maybe[Comparison]]]:
    """Yield what both results have, the new one's times over the old one's."""
    before = {(each.runtime, each.strategy, each.phase): each for each in old.times if each.milliseconds}
    for times in new.times:
        other = before.get((times.runtime, times.strategy, times.phase))
        if other is not None and times.milliseconds:
            yield other, times, compare(("new", times.milliseconds), ("old", other.milliseconds))


def render(old: Saved, new: Saved, width: int = 80) -> str:
    """Return the comparison for a person, what changed first."""
    found = list(compared(old, new))
    moved = [each for each in found if isinstance(each[2], Comparison) and each[2].significant]
    lines = [*_headline([each[2] for each in found], len(moved), width)]
    if old.target != new.target:
        text = f"{old.target} against {new.target}: what differs is the place, not the strategy"
        lines += wrapped(text, width, "NOTE       ", " " * 11)
    lines += [line for text in remarked(old, new) for line in wrapped(text, width, "NOTE       ", " " * 11)]
    cells = [_cells(*each) for each in sorted(found, key=lambda each: each not in moved)]
    lines += rows(cells, width)
    if any(OPEN in each[1] for each in cells):
        lines.append(f"  {OPEN} at least: {UNBOUNDED}")
    lines += [line for text in _calls(old, new) for line in wrapped(text, width, "  ", "    ")]
    return "\n".join(lines) + "\n"


def document(old: Saved, new: Saved) -> dict[str, Any]:
    """Return the comparison as plain data; a ratio above one says that the new one is slower."""
    return {
        "schema": SCHEMA,
        "old": {"run": old.run, "target": old.target},
        "new": {"run": new.run, "target": new.target},
        "conditions_differ": {
            name: {"old": before, "new": after} for name, (before, after) in differing(old, new).items()
        },
        "comparisons": [
            {"runtime": times.runtime, "strategy": times.strategy, "phase": times.phase.value, **comparison(found)}
            for _, times, found in compared(old, new)
        ],
        "api_calls": [
            {
                "strategy": strategy,
                "runtime": runtime,
                "old": {
                    "per_cold_start": old.calls[strategy, runtime][0],
                    "per_100_warm": old.calls[strategy, runtime][1],
                },
                "new": {"per_cold_start": cold, "per_100_warm": warm},
            }
            for (strategy, runtime), (cold, warm) in new.calls.items()
            if (strategy, runtime) in old.calls
        ],
    }


def _headline(found: Sequence[Maybe[Comparison]], moved: int, width: int) -> list[str]:
    known = sum(isinstance(each, Comparison) for each in found)
    if not found:
        label, said = "NOTHING", "the two results have no strategy, runtime and phase in common"
    elif not known:
        label, said = "UNDECIDED", "what they have in common cannot be compared"
    elif not moved:
        label, said = "SAME", f"none of {known} comparisons is significant"
    else:
        label, said = "CHANGED", f"{moved} of {known} comparisons {'is' if moved == 1 else 'are'} significant"
    return wrapped(said, width, f"{label:11}", " " * 11)


def _cells(old: Times, new: Times, found: Maybe[Comparison]) -> list[str]:
    name = f"{new.strategy} {new.phase.value} {new.runtime}"
    if isinstance(found, Unknown):
        return [name, "", "", found.reason]
    medians = (written(percentile(sorted(each.milliseconds), 50)) for each in (old, new))
    verdict = "unclear" if not found.significant else "slower" if found.ratio > 1 else "faster"
    return [name, " -> ".join(medians) + " ms", verdict, f"ratio {found.ratio:.2f} [{found.low:.2f}, {found.high:.2f}]"]


def _calls(old: Saved, new: Saved) -> Iterator[str]:
    for key, (cold, warm) in new.calls.items():
        before = old.calls.get(key)
        if before is not None and before != (cold, warm):
            strategy, runtime = key
            yield (
                f"{strategy} {runtime}, calls: {number(before[0])} -> {number(cold)} per cold start,"
                f" {number(before[1])} -> {number(warm)} per 100 warm"
            )
