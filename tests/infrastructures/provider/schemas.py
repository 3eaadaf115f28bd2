"""The schemas of schemas.txt, as Terraform's plugin protocol wants them and as the planner reads them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).with_name("schemas.txt")
_WRITE_ONLY = b"\x58\x01"
"""Field 11 of tfplugin6's Schema.Attribute, set: newer than the protocol definition that the framework ships."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute."""

    name: str
    type: Any
    """A cty type, as its JSON is written."""
    required: bool
    optional: bool
    computed: bool
    sensitive: bool
    write_only: bool
    replaces: bool
    default: Any
    """None means that there is none."""


@dataclass(slots=True)
class Block:
    """The body of a resource, of a data source, or of a block in it."""

    attributes: dict[str, Attribute] = field(default_factory=dict)
    blocks: dict[str, Nested] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Nested:
    """A kind of blocks."""

    mode: str
    """list, set, or single (for `timeouts`)."""
    most: int
    """0 means any number."""
    computed: bool
    body: Block


Line = tuple[int, str, str]
"""Depth, name and the rest of a line."""


def load(major: int) -> dict[tuple[str, str], Block]:
    """Return the schemas by kind (resource, data, provider) and type, of the provider's major version 5 or 6."""
    found: dict[tuple[str, str], Block] = {}
    for text in re.split(r"\n(?=\w)", SCHEMAS.read_text()):
        head, *rest = text.splitlines()
        if head.startswith("#"):
            continue
        kind, name = head.split()
        lines = [_split(line) for line in rest]
        if major < 6 and kind != "provider":
            lines = [
                line for line in lines if line[:2] != (1, "region")
            ]  # an argument of whatever is regional since 6.0
        found[kind, name] = _block(lines)
    return found


def _split(line: str) -> Line:
    name, rest = line.strip().split(":", 1)
    return (len(line) - len(line.lstrip())) // 2, name, rest.strip()


def _block(lines: list[Line]) -> Block:
    block = Block()
    for name, rest, within in _grouped(lines):
        kind, mode, *words = [*rest.split(), ""]
        if kind == "block":
            most = 1 if "max=1" in words else 0
            block.blocks[name] = Nested(mode, most, "computed" in words, _block(within))
        else:
            block.attributes[name] = _attribute(name, rest, within)
    return block


def _grouped(lines: list[Line]) -> list[tuple[str, str, list[Line]]]:
    """Put the deeper lines with the line above them."""
    groups: list[tuple[str, str, list[Line]]] = []
    for depth, name, rest in lines:
        if depth == lines[0][0]:
            groups.append((name, rest, []))
        else:
            groups[-1][2].append((depth, name, rest))
    return groups


def _attribute(name: str, rest: str, within: list[Line]) -> Attribute:
    rest, _, default = rest.partition(" =")
    words = rest.split()
    return Attribute(
        name=name,
        type=_type(rest, within),
        required="required" in words,
        optional="optional" in words,
        computed="computed" in words,
        sensitive="sensitive" in words,
        write_only="write-only" in words,
        replaces="replaces" in words,
        default=json.loads(default) if default else None,
    )


def _type(rest: str, within: list[Line]) -> Any:
    kind, *words = rest.split()
    if kind == "objects":
        return [words[0], ["object", {name: _type(inner, deeper) for name, inner, deeper in _grouped(within)}]]
    if "(" in kind:
        outer, inner = kind.rstrip(")").split("(")
        return [outer, inner]
    return kind


def message(block: Block, protocol: Any) -> Any:
    """Return a block as the protocol's message."""
    nesting = protocol.Schema.NestedBlock.NestingMode
    made = protocol.Schema.Block(version=0)
    for each in block.attributes.values():
        attribute = made.attributes.add(
            name=each.name,
            type=json.dumps(each.type).encode(),
            required=each.required,
            optional=each.optional,
            computed=each.computed,
            sensitive=each.sensitive,
        )
        if each.write_only:
            attribute.MergeFromString(_WRITE_ONLY)
    for name, nested in block.blocks.items():
        made.block_types.add(
            type_name=name,
            block=message(nested.body, protocol),
            nesting=nesting.Value(nested.mode.upper()),
            max_items=nested.most if nested.mode == "list" else 0,
        )
    return made
