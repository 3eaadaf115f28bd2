"""What the marks of a table stand for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from smsl.bench.names import Phase
from smsl.bench.result import Row
from smsl.model.unknown import Unknown

UNBOUNDED = "so few samples do not bound it from above"


def absent(rows: Sequence[Row], shown: Sequence[tuple[Phase, Sequence[str]]]) -> Iterator[str]:
    """Yield why percentiles of phases that have samples are not given.

    Args:
        rows: Those of the table.
        shown: Phases, each with the names of its percentiles that the table has.
    """
    found = [
        measured.percentiles[name]
        for row in rows
        for phase, names in shown
        for measured in (row.cold if phase is Phase.COLD else row.warm,)
        if measured.n
        for name in names
    ]
    yield from dict.fromkeys(each.reason for each in found if isinstance(each, Unknown))


def unknown(rows: Sequence[Row]) -> Iterator[str]:
    """Yield why calls, or the age of an old value, are not known, and what it takes to know them."""
    found = [each for row in rows for each in (row.series.calls, row.series.stale) if isinstance(each, Unknown)]
    for each in dict.fromkeys(found):
        needs = f" ({', '.join(each.needs)})" if each.needs else ""
        yield f"{each.reason}{needs}"
