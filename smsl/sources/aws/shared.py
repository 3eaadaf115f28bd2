"""Leaks of several functions that hold one secret: each is told the names of the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from smsl.leaks.same import Seen, together
from smsl.sources.aws.facts import Answer, Call, Failure, answered

_NAMED = 3
"""Other places that are named; the rest are counted."""


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    """A variable of a function, whichever version of it was read: each version has a copy of its own."""

    function: str
    variable: str
    region: str
    account: str

    def told_to(self, other: _Place) -> str:
        """Return how another place calls this one: ``function/VARIABLE``, and where it is if that is elsewhere."""
        away = [part for part, home in ((self.region, other.region), (self.account, other.account)) if part != home]
        return f"{self.function}/{self.variable}" + (f" ({', '.join(away)})" if away else "")


def tell_same(facts: Mapping[Call, Answer], seen: Seen[Call]) -> dict[Call, Answer]:
    """Return the facts with each leak told which other variables hold its secret: the first few by name, and how many.

    Args:
        facts: Of the whole reading.
        seen: The leaks of its configurations, by their calls.
    """
    told: dict[tuple[Call, str], dict[str, Any]] = {}
    for spots, sharing in together(seen):
        places = sorted({_place(facts, each) for each in sharing})
        for spot in spots:
            own = _place(facts, spot)
            if len(places) > 1:
                named = [each.told_to(own) for each in islice((each for each in places if each != own), _NAMED)]
                told[spot] = {"same": named, "more": len(places) - 1 - len(named)}
    calls = {call for call, _ in told}
    return {call: _with(call, answer, told) if call in calls else answer for call, answer in facts.items()}


def _place(facts: Mapping[Call, Answer], spot: tuple[Call, str]) -> _Place:
    call, variable = spot
    row = answered(facts, call)
    parts = str(row.get("FunctionArn", "")).split(":")
    name = parts[6] if len(parts) > 6 else str(call.parameters.get("FunctionName"))
    return _Place(name, variable, call.region, parts[4] if len(parts) > 4 else "")


def _with(call: Call, answer: Answer, told: Mapping[tuple[Call, str], Mapping[str, Any]]) -> Answer:
    if isinstance(answer, Failure):
        return answer
    rows = [
        {**row, "leak": {**row["leak"], **told[call, row["name"]]}} if (call, row["name"]) in told else row
        for row in answer["Environment"]["Holds"]
    ]
    return {**answer, "Environment": {**answer["Environment"], "Holds": rows}}
