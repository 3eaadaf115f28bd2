"""Counting calls to Secrets Manager where they arrive: exact, whatever made them."""

from __future__ import annotations

from collections import Counter

from smsl.lab.account import Lab


class ServiceCounter:
    """Counts at the lab's front, which knows by a caller's credentials which function it is."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._seen = 0
        self._counts: Counter[str] = Counter()

    def take(self, function: str) -> int:
        """Return the calls that a function has made since it was last asked about."""
        for call in self._lab.calls(self._seen):
            self._seen = max(self._seen, call["n"])
            if call["service"] == "secretsmanager" and call["function"]:
                self._counts[call["function"].rpartition(":")[2]] += 1
        return self._counts.pop(function, 0)
