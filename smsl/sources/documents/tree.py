"""What JSON and YAML have in common, with lines: scalars as their source text, sequences and mappings.

Nothing is constructed from a tag, and no alias is copied: a node that is named twice is one object, so a document may
hold itself. Whoever walks one pays from an `Allowance`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from smsl.model.errors import InputError

DEEPEST = 200
"""Levels; a deeper document is refused, as nobody writes one by hand."""
_MERGE = "<<"


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """A text; a number, a boolean and the like is its source text, null the empty one."""

    text: str = field(repr=False)
    line: int
    quoted: bool = True
    """False for what the document writes without quotes."""
    tag: str = ""
    """``!Sub`` and the like; empty where none is written."""


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """A list."""

    line: int
    items: list[Node] = field(default_factory=list, repr=False)
    tag: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """Pairs in order; a key may stand there twice."""

    line: int
    pairs: list[tuple[Node, Node]] = field(default_factory=list, repr=False)
    tag: str = ""


Node: TypeAlias = Scalar | Sequence | Mapping


class LineError(InputError):
    """A document that cannot be read on from a line.

    Args:
        message: What is wrong, after "Line N ".
        line: From 1.
    """

    def __init__(self, message: str, line: int) -> None:
        super().__init__(f"Line {line} {message}")
        self.line = line
        self.problem = message


@dataclass(slots=True)
class Allowance:
    """What may still be spent on walking one document: aliases let a short text stand for an endless one."""

    left: int
    """Characters and nodes together."""

    def spend(self, amount: int) -> None:
        """Take `amount` away.

        Raises:
            InputError: Nothing is left.
        """
        self.left -= amount
        if self.left < 0:
            raise InputError("The aliases of the document unfold to far more than its text.", "Write it without them.")


def allowance(text: str) -> Allowance:
    """Return what a document of this text may cost: some ten times its length, which no hand-written one needs."""
    return Allowance(250_000 + 10 * len(text))


def members(mapping: Mapping, budget: Allowance) -> Iterator[tuple[Scalar, Node]]:
    """Yield key and value of each pair, those of merged mappings (``<<``) after its own, which hide them.

    Source: https://yaml.org/type/merge.html
    """
    seen: set[str] = set()
    visited: set[int] = set()
    waiting: list[Node] = [mapping]
    while waiting:
        each = waiting.pop()
        if id(each) in visited or not isinstance(each, Mapping):
            continue
        visited.add(id(each))
        budget.spend(1 + len(each.pairs))
        names: list[str] = []
        merged: list[Node] = []
        for key, value in each.pairs:
            if not isinstance(key, Scalar):
                continue
            if key.text == _MERGE:
                merged += value.items if isinstance(value, Sequence) else [value]
            elif key.text not in seen:
                names.append(key.text)
                yield key, value
        seen.update(names)
        budget.spend(len(merged))
        waiting += reversed(merged)


def member(node: Node | None, name: str, budget: Allowance) -> Node | None:
    """Return the value under a key; None where there is none, or `node` is no mapping."""
    if not isinstance(node, Mapping):
        return None
    return next((value for key, value in members(node, budget) if key.text == name), None)


def written(node: Node | None) -> str | None:
    """Return the text of a scalar; None for all else."""
    return node.text if isinstance(node, Scalar) else None
