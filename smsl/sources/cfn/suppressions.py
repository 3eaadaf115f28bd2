"""What a template says of findings that somebody lives with: comments, and the metadata of resources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from smsl.model.ignore import parse_comment, parse_metadata
from smsl.model.origin import Origin
from smsl.model.suppression import Suppression
from smsl.sources.cfn.stack import World
from smsl.sources.cfn.template import TemplateFile, entries
from smsl.sources.cfn.values import Items, Object, Value
from smsl.sources.declared.pieces import Piece
from smsl.sources.documents.tree import Node, Scalar
from smsl.sources.documents.tree import Sequence as Listed

_MARK = "smsl"
_DEEPEST = 60
_PLACE = re.compile(r".*?\.Statement\[\d+\]|.*?\.Environment\.Variables\.[^.\[]+")
"""What findings stand at inside a resource: a statement, a variable."""


def suppressions_of(files: Iterable[TemplateFile], world: World, pieces: Sequence[Piece]) -> tuple[Suppression, ...]:
    """Return the suppressions of templates in the order of their lines.

    A comment speaks of what stands on its line, or where it has a line to itself on the next one that says something.

    Raises:
        InputError: One cannot be read or gives no reason.
    """
    marked = [file for file in files if _MARK in file.text]
    if not marked:
        return ()
    places = _places(pieces)
    found = [each for file in marked for each in _comments(file, world, places)]
    return tuple(sorted([*found, *_metadata(world)], key=lambda each: (each.origin.file, each.origin.line or 0)))


def _places(pieces: Iterable[Piece]) -> dict[tuple[str, int], str]:
    """Return the address of what is declared at each file's line: the outermost."""
    found: dict[tuple[str, int], str] = {}
    for piece in pieces:
        origins: list[Origin] = [piece.origin, *getattr(piece, "statements", ())]
        for member in ("variables", "places"):
            origins += getattr(piece, member, {}).values()
        for origin in origins:
            key = (origin.file, origin.line or 0)
            if key not in found or len(origin.address) < len(found[key]):
                found[key] = origin.address
    return found


def _comments(file: TemplateFile, world: World, places: dict[tuple[str, int], str]) -> Iterator[Suppression]:
    from smsl.sources.cfn.comments import comments

    lines = file.text.split("\n")
    for line, text in comments(file.text):
        if "smsl:ignore" not in text:
            continue
        at = _meant(lines, line)
        address = places.get((file.name, at)) or _address(world, file.name, at)
        suppression = parse_comment(text, Origin(file.name, address, line))
        if suppression is not None:
            yield suppression


def _meant(lines: list[str], line: int) -> int:
    """Return the line that a comment speaks of."""
    while line <= len(lines) and (not lines[line - 1].strip() or lines[line - 1].lstrip().startswith("#")):
        line += 1
    return line


def _address(world: World, file: str, line: int) -> str:
    """Return the path to what is written on a line of a resource; a line that is none of a resource's has none.

    An empty address would speak of the whole file, so that such a line speaks of itself.
    """
    for stack in world.stacks:
        if stack.template.file != file:
            continue
        for resource in stack.resources.values():
            path = _path(resource.members, line, 0)
            if path is not None:
                inside = _PLACE.match(path)
                return f"{resource.place}{inside.group() if inside else ''}"
    return f"line {line}"


def _path(members: dict[str, tuple[int, Node]], line: int, depth: int) -> str | None:
    for name, (at, node) in members.items():
        inner = "" if at == line else _inside(node, line, depth)
        if inner is not None:
            return f".{name}{inner}"
    return None


def _inside(node: Node, line: int, depth: int) -> str | None:
    if depth > _DEEPEST or isinstance(node, Scalar):
        return None
    if isinstance(node, Listed):
        for number, item in enumerate(node.items):
            inner = "" if item.line == line else _inside(item, line, depth + 1)
            if inner is not None:
                return f"[{number}]{inner}"
        return None
    members = {key.text: (key.line, value) for key, value in node.pairs if isinstance(key, Scalar)}
    return _path(members, line, depth + 1)


def _metadata(world: World) -> Iterator[Suppression]:
    for stack in world.stacks:
        for resource in stack.resources.values():
            if resource.owner is not None or "Metadata" not in resource.members:
                continue
            line, node = resource.members["Metadata"]
            own = entries(node, stack.budget).get(_MARK)
            if own is not None:
                value = {_MARK: _plain(stack.resolve(own[1]))}
                yield from parse_metadata(value, Origin(stack.template.file, resource.place, own[0] or line))


def _plain(value: Value) -> object:
    match value:
        case Items():
            return [_plain(item) for item in value]
        case Object():
            return {name: _plain(inner) for name, inner in value.items()}
    return value
