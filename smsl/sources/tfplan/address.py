"""Terraform's addresses and references: ``module.a["k"].aws_subnet.b[0].id``.

Source: https://developer.hashicorp.com/terraform/cli/state/resource-addressing
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

Step: TypeAlias = str | int
"""An attribute, a key or an index on the way into a value."""

_TOKEN = re.compile(r'\.?([\w-]+)|\["((?:[^"\\]|\\.)*)"\]|\[(\d{1,9})\]')
LONGEST = 2000
"""Letters of a reference; a longer one is not followed."""


class Key(str):
    """A text in brackets, ``["k"]``: a key and not an attribute."""

    __slots__ = ()


@lru_cache(maxsize=4096)
def steps(reference: str) -> tuple[Step, ...]:
    """Return the parts of a reference, keys as `Key` and indexes as int; empty for what is none."""
    if len(reference) > LONGEST:
        return ()
    found: list[Step] = []
    at = 0
    while at < len(reference):
        token = _TOKEN.match(reference, at)
        if token is None:
            return ()
        name, key, index = token.groups()
        if name is not None:
            found.append(name)
        elif index is not None:
            found.append(int(index))
        else:
            try:
                found.append(Key(json.loads(f'"{key}"')))
            except ValueError:
                found.append(Key(key))
        at = token.end()
    return tuple(found)


def instance(key: str | int | None) -> str:
    """Return how an address ends for an instance: ``[0]``, ``["k"]``, or nothing."""
    if key is None:
        return ""
    return f"[{key}]" if isinstance(key, int) else f"[{json.dumps(key, ensure_ascii=False)}]"


def written(references: Iterable[object]) -> list[str]:
    """Return the references as they were written: Terraform lists each with what leads to it beside it.

    ``aws_a.b[0].id``, ``aws_a.b[0]``, ``aws_a.b`` is one; the same one twice stays two.
    """
    found: list[str] = []
    for each in references:
        if not isinstance(each, str) or not each:
            continue
        if found and _leads(each, found[-1]):
            continue
        if found and found[-1] != each and _leads(found[-1], each):
            found.pop()
        found.append(each)
    return found


def _leads(short: str, long: str) -> bool:
    return len(short) < len(long) and long.startswith(short) and long[len(short)] in ".["
