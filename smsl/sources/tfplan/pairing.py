"""Which of a map's values is which of its expression's references: a plan has one list of them for the whole map."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from smsl.sources.tfplan.ends import Attribute, Leaf, Open

_WORD = re.compile(r"[a-z]+|\d+")
_MOST = 10_000
"""Pairs that are weighed."""


def paired(keys: Sequence[str], ends: Sequence[Leaf]) -> Mapping[str, Leaf]:
    """Return the reference of each key, for those that have one.

    Where there are as many references as keys, each has one: by what their names have in common, else in order. Where
    there is one, it is that of all. Else a key has one that it shares more words with than with any other.
    """
    different = list(dict.fromkeys(ends))
    if len(different) == 1:
        return dict.fromkeys(keys, different[0])
    pool = list(ends) if len(ends) == len(keys) else different
    if not pool or len(keys) * len(pool) > _MOST:
        return {}
    weights = [[len(_words(key) & _named(end)) for end in pool] for key in keys]
    return _all(keys, pool, weights) if len(ends) == len(keys) else _clear(keys, pool, weights)


def _all(keys: Sequence[str], pool: Sequence[Leaf], weights: Sequence[Sequence[int]]) -> Mapping[str, Leaf]:
    """Give each key a reference of its own, those first that have most in common."""
    found: dict[str, Leaf] = {}
    taken: set[int] = set()
    for _, i, j in sorted((-weight, i, j) for i, row in enumerate(weights) for j, weight in enumerate(row)):
        if keys[i] not in found and j not in taken:
            found[keys[i]] = pool[j]
            taken.add(j)
    return found


def _clear(keys: Sequence[str], pool: Sequence[Leaf], weights: Sequence[Sequence[int]]) -> Mapping[str, Leaf]:
    """Give those keys a reference that have most in common with one alone."""
    return {
        key: pool[row.index(max(row))]
        for key, row in zip(keys, weights, strict=True)
        if max(row) and row.count(max(row)) == 1
    }


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def _named(leaf: Leaf) -> set[str]:
    match leaf:
        case Attribute(resource, path):
            return _words(" ".join((resource.address, *map(str, path))))
        case Open(cause):
            return _words(cause)
        case _:
            return set()
