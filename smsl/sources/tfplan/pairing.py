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
    there is one, it is that of all. Else only a key that shares a word with a reference has it.
    """
    different = list(dict.fromkeys(ends))
    if len(different) == 1:
        return dict.fromkeys(keys, different[0])
    pool = list(ends) if len(ends) == len(keys) else different
    if not pool or len(keys) * len(pool) > _MOST:
        return {}
    weighed = sorted(
        ((-len(_words(key) & _named(end)), i, j) for i, key in enumerate(keys) for j, end in enumerate(pool)),
    )
    found: dict[str, Leaf] = {}
    taken: set[int] = set()
    whole = len(pool) == len(keys)
    for weight, i, j in weighed:
        if keys[i] not in found and j not in taken and (weight or whole):
            found[keys[i]] = pool[j]
            taken.add(j)
    return found


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
