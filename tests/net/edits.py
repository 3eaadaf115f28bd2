"""Small edits to a base network, as data: ``[verb, path, value]``.

A step of a path is a member's name, or for a list the index of an element or any text that one of its members equals.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def base(name: str) -> dict[str, Any]:
    """Return a fresh copy of a base network."""
    found: dict[str, Any] = json.loads((HERE / "bases" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def step(node: Any, key: Any) -> Any:
    """Return the key of a child as Python wants it."""
    if isinstance(node, list) and isinstance(key, str):
        return next(i for i, row in enumerate(node) if isinstance(row, dict) and key in row.values())
    return key


def edited(case: dict[str, Any], edits: list[list[Any]]) -> dict[str, Any]:
    """Return a case with the edits made to a copy of it."""
    case = copy.deepcopy(case)
    for verb, path, *value in edits:
        node: Any = case
        for key in path[:-1]:
            node = node[step(node, key)]
        last = step(node, path[-1])
        if verb == "set":
            node[last] = value[0]
        elif verb == "drop":
            del node[last]
        elif verb == "add":
            node[last].append(value[0])
        else:
            raise AssertionError(verb)
    return case
