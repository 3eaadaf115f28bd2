"""Dynamic blocks: the configuration in a plan leaves them out, content and all.

Modules that many use (a function, its role) fill their dynamic blocks from a variable of the block's name.
"""

from __future__ import annotations

import re

from smsl.sources.tfplan.plan import NOTHING, Expression, Module

_WORD = re.compile(r"[a-z0-9]+")


def given_under(module: Module, block: str, attribute: str) -> Expression:
    """Return what a module is given for an attribute of a dynamic block; an empty expression where that is not clear.

    It is the argument that has the attribute's words, ``vpc_subnet_ids`` for ``subnet_ids``, or the block's,
    ``policy_statements`` for ``statement``; of several the one that has most of both.
    """
    wanted, own, outer = _words(f"{block}_{attribute}"), _words(attribute), _words(block)
    found: list[tuple[int, Expression]] = []
    for name in module.inputs:
        words = _words(name)
        if own <= words or (outer <= words and "id" not in own):
            found.append((len(words & wanted), module.inputs[name]))
    if not found:
        return NOTHING
    best = max(score for score, _ in found)
    chosen = [each for score, each in found if score == best]
    return chosen[0] if len(chosen) == 1 else NOTHING


def _words(text: str) -> frozenset[str]:
    """Return the words of a name without their plural, short ones in full."""
    return frozenset(_FULL.get(word, word) for word in (each.removesuffix("s") for each in _WORD.findall(text.lower())))


_FULL = {"env": "environment", "var": "variable"}
