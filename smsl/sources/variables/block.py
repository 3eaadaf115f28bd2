"""One environment of a document: a map of names to values, a list of ``NAME=value``, or one of names with values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from smsl.sources.documents.tree import Allowance, Mapping, Node, Scalar, Sequence, members, written
from smsl.sources.variables.entry import Entry, Item, Note, Unread
from smsl.sources.variables.intrinsics import intrinsic, texts

_DEEPEST = 8
_NAME = re.compile(r"\w[\w.-]*")
_NO_STRING = "A value is not a string."


@dataclass(frozen=True, slots=True)
class Block:
    """One place that holds variables."""

    node: Node
    owner: str | None = None
    beside: str | None = None
    """The owner of the block that all functions have too."""
    filled: Callable[[str], str] = str
    """What the dialect makes of a value's text."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Variables that another file holds."""

    text: str
    line: int


def variables_of(block: Block, group: str, budget: Allowance, depth: int = 0) -> Iterator[Item]:
    """Yield the variables of a block: a map, or a list of ``NAME=value`` or of ``{name, value}``."""
    function, argument = intrinsic(block.node)
    if function == "If" and isinstance(argument, Sequence) and depth < _DEEPEST:
        for branch in argument.items[1:]:
            yield from variables_of(replace(block, node=branch), group, budget, depth + 1)
        return
    match block.node:
        case Mapping() if not function:
            for key, value in members(block.node, budget):
                yield from _keyed(block, group, key, value, budget)
        case Sequence() if not function:
            for item in block.node.items:
                yield from _listed(block, group, item, budget)
        case Scalar(text="") | Scalar(text="AWS::NoValue"):
            return
        case node:
            yield Note("an environment comes from elsewhere, which is not followed", node.line)


def _keyed(block: Block, group: str, key: Scalar, value: Node, budget: Allowance) -> Iterator[Item]:
    """Yield one pair of a map; where ``{NAME=value}`` or ``{NAME:value}`` makes a key of both, it is none to print."""
    empty = isinstance(value, Scalar) and not value.text and not value.quoted
    if empty and "=" in key.text:
        yield from _listed(block, group, key, budget)
    elif "=" in key.text or (empty and ":" in key.text and not key.quoted):
        yield Unread(f"Line {key.line} has no name before its value.", key.line)
    else:
        yield from _variable(block, group, key.text, value, key.line, budget)


def _listed(block: Block, group: str, item: Node, budget: Allowance) -> Iterator[Item]:
    if isinstance(item, Scalar):
        name, _, value = item.text.partition("=")
        if _NAME.fullmatch(name):
            yield from _variable(block, group, name, Scalar(value, item.line), item.line, budget)
        elif item.text:
            yield Unread(f"Line {item.line} is not NAME=VALUE.", item.line)
        return
    pairs = {key.text.lower(): value for key, value in members(item, budget)} if isinstance(item, Mapping) else {}
    name_of = written(pairs.get("name"))
    if name_of is None:
        yield Unread(f"Line {item.line} is not a name with a value.", item.line)
        return
    value_of = pairs.get("value", Scalar("", item.line))  # valueFrom and the like refer to it
    yield from _variable(block, group, name_of, value_of, item.line, budget)


def _variable(block: Block, group: str, name: str, value: Node, line: int, budget: Allowance) -> Iterator[Item]:
    budget.spend(len(name))
    found = texts(value, budget)
    if found is None:
        yield Unread(_NO_STRING, line, {"name": name})
        return
    for text, at in found:
        yield Entry(
            group=f"{group}.{block.owner}",
            name=name,
            value=block.filled(text),
            line=line if len(found) == 1 else at,
            owner=block.owner,
            beside=None if block.beside is None else f"{group}.{block.beside}",
        )
