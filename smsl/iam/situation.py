"""The context of a request while it is judged: what its keys hold, and what is supposed about the unknown ones."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from smsl.iam.request import ContextValue
from smsl.iam.truth import Truth
from smsl.model.unknown import Unknown


@dataclass(slots=True)
class Open:
    """What a judgement met and could not settle, in the order met."""

    keys: dict[str, None] = field(default_factory=dict)
    """Unknown keys of which nothing is supposed yet."""
    tests: dict[Hashable, None] = field(default_factory=dict)
    """Tests of which nothing is supposed yet, though something is of each of their keys."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Keys are in lower case; `names` holds them as the request spells them."""

    keys: Mapping[str, ContextValue]
    names: Mapping[str, str]
    other_than: Mapping[str, frozenset[str]]
    """Unknown keys supposed to be present with none of these values."""
    supposed: Mapping[Hashable, bool]
    """Tests supposed to come out this way."""
    open: Open

    def suppose_absent(self, key: str) -> Situation:
        """Return the situation in which an unknown key is not in the request."""
        return replace(self, keys={k: v for k, v in self.keys.items() if k != key}, open=Open())

    def suppose_value(self, key: str, value: str) -> Situation:
        """Return the situation in which an unknown key holds a value."""
        return replace(self, keys={**self.keys, key: value}, open=Open())

    def suppose_other(self, key: str, values: frozenset[str]) -> Situation:
        """Return the situation in which an unknown key is present and holds none of the values."""
        return replace(self, other_than={**self.other_than, key: values}, open=Open())

    def suppose_test(self, test: Hashable, outcome: bool) -> Situation:
        """Return the situation in which a test comes out as told."""
        return replace(self, supposed={**self.supposed, test: outcome}, open=Open())

    def unsettled(self, test: Hashable, keys: Iterable[str]) -> Truth:
        """Return what is supposed about a test; else note that it, or the keys it hangs on, are open.

        Args:
            test: All that decides the test apart from what is unknown; equal tests have equal outcomes.
            keys: The unknown keys in lower case, or ``resource``.
        """
        if test in self.supposed:
            return self.supposed[test]
        keys = tuple(keys)
        unsplit = [key for key in keys if key in self.keys and key not in self.other_than]
        for key in unsplit:
            self.open.keys[key] = None
        if not unsplit:
            self.open.tests[test] = None
        needs = tuple(self.names.get(key, key) for key in keys)
        return Unknown(f"depends on {', '.join(needs)}", needs)


def situation_of(context: Mapping[str, ContextValue]) -> Situation:
    """Return the situation of a request before anything is supposed."""
    names = {name.lower(): name for name in context}
    return Situation(
        # An empty list is the same to IAM as no value.
        keys={key: context[name] for key, name in names.items() if context[name] != ()},
        names=names,
        other_than={},
        supposed={},
        open=Open(),
    )
