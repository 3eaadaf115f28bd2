"""Logic in three values, where what is not known says what would tell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from smsl.model.unknown import Unknown

Truth: TypeAlias = bool | Unknown


def negate(truth: Truth) -> Truth:
    """Return the opposite; the opposite of not knowing is not knowing."""
    return truth if isinstance(truth, Unknown) else not truth


def any_of(truths: Iterable[Truth]) -> Truth:
    """Return whether one holds: True beats Unknown, Unknown beats False."""
    open_: list[Unknown] = []
    for truth in truths:
        if truth is True:
            return True
        if truth is not False:
            open_.append(truth)
    return _merge(open_) if open_ else False


def all_of(truths: Iterable[Truth]) -> Truth:
    """Return whether all hold: False beats Unknown, Unknown beats True."""
    open_: list[Unknown] = []
    for truth in truths:
        if truth is False:
            return False
        if truth is not True:
            open_.append(truth)
    return _merge(open_) if open_ else True


def either(one: Truth, other: Truth, unless: Unknown) -> Truth:
    """Return what two readings of the same thing agree on; without agreement, add `unless` to what they need."""
    if isinstance(one, bool) and one is other:
        return one
    return _merge([each for each in (one, other, unless) if isinstance(each, Unknown)])


def _merge(open_: list[Unknown]) -> Unknown:
    if len(open_) == 1:
        return open_[0]
    needs = dict.fromkeys(need for each in open_ for need in each.needs)
    return Unknown(open_[0].reason, tuple(needs))
