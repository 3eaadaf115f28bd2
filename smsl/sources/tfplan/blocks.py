"""Which of the configuration's blocks is which of a resource's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from smsl.sources.tfplan.plan import NOTHING, Expression, mapping


def block_expressions(
    written: object, values: Sequence[Mapping[str, Any]], parts: Sequence[object]
) -> list[Mapping[str, Expression]]:
    """Return the expressions of each block, by attribute: a set's order need not be the configuration's.

    Args:
        written: What the configuration has under the blocks' name.
        values: The blocks as they will be.
        parts: What of each is known only after apply.
    """
    if isinstance(written, dict) and "references" not in written and "constant_value" not in written:
        written = [written]
    if not isinstance(written, list):
        whole = mapping(written)  # blocks that are an attribute: the references are those of all of them
        if not whole:
            return [NOTHING] * len(values)
        return [dict.fromkeys((*each, *mapping(part)), whole) for each, part in zip(values, parts, strict=True)]
    left = [each for each in written if isinstance(each, dict)]
    found: list[Mapping[str, Any]] = []
    for value in values:
        fitting = [each for each in left if _fits(value, each)]
        if not fitting or (len(left) < len(values) and len(fitting) > 1):
            found.append(NOTHING)  # of a dynamic block, which the configuration in a plan lacks
            continue
        left = [each for each in left if each is not fitting[0]]
        found.append(fitting[0])
    return found


def _fits(values: Mapping[str, Any], written: Mapping[str, Any]) -> bool:
    """Tell whether a block may be what the configuration writes: each constant in it is the same."""
    for name, expression in written.items():
        if isinstance(expression, dict) and "constant_value" in expression and name in values:
            one, other = expression["constant_value"], values[name]
            if isinstance(one, list) and isinstance(other, list):
                if sorted(map(str, one)) != sorted(map(str, other)):
                    return False
            elif not isinstance(one, (list, dict)) and str(one) != str(other):
                return False
    return True
