"""What a template silences itself: by comments, and by the metadata of resources."""

from __future__ import annotations

import re
from collections.abc import Iterator

from smsl.model.ignore import parse_comment, parse_metadata
from smsl.model.origin import Origin
from smsl.model.suppression import Suppression
from smsl.sources.cfn.comments import comments
from smsl.sources.cfn.stack import Resource, Stack
from smsl.sources.documents.json_tree import plain
from smsl.sources.documents.tree import Mapping, Node, Scalar, Sequence

_MARK = "smsl:ignore"
_PLACE = re.compile(r"(?:.*?\.Statement\[\d+\]|.*?\.Environment\.Variables\.[^.\[]+)")
"""What findings stand at inside a resource: a statement, a variable."""


def suppressions_of(stacks: list[Stack]) -> Iterator[Suppression]:
    """Yield the suppressions of templates; a comment speaks of what stands on its line, or else on the next one.

    Raises:
        InputError: A suppression gives no reason, or cannot be read; the place is named.
    """
    for stack in stacks:
        text = stack.template.made_of.text
        if _MARK in text:
            yield from _comments(stack, text)
        for resource in stack.resources.values():
            written = resource.members.get("Metadata")
            if written is not None and isinstance(written[1], Mapping):
                yield from parse_metadata(plain(written[1]), Origin(stack.template.file, resource.address, written[0]))


def _comments(stack: Stack, text: str) -> Iterator[Suppression]:
    lines = text.split("\n")
    places: dict[int, str] | None = None
    for line, comment in comments(text):
        if _MARK not in comment:
            continue
        if places is None:
            places = _places(stack)
        alone = lines[line - 1].lstrip().startswith("#")
        after = min((each for each in places if each > line), default=0) if alone else line
        found = parse_comment(comment, Origin(stack.template.file, places.get(after, ""), line))
        if found is not None:
            yield found


def _places(stack: Stack) -> dict[int, str]:
    """Return the address of what begins on each line of the resources."""
    found: dict[int, str] = {}
    for resource in stack.resources.values():
        found.setdefault(resource.line, resource.address)
        for name, (line, node) in resource.members.items():
            _walk(node, f"{resource.address}.{name}", line, resource, found)
    return found


def _walk(node: Node, path: str, line: int, resource: Resource, found: dict[int, str]) -> None:
    waiting = [(node, path, line)]
    while waiting:
        each, where, at = waiting.pop()
        inside = _PLACE.match(where)
        found.setdefault(at, inside.group() if inside else resource.address)
        if isinstance(each, Mapping):
            pairs = [(key, value) for key, value in each.pairs if isinstance(key, Scalar)]
            waiting += [(value, f"{where}.{key.text}", key.line) for key, value in reversed(pairs)]
        elif isinstance(each, Sequence):
            waiting += [(item, f"{where}[{place}]", item.line) for place, item in reversed(list(enumerate(each.items)))]
