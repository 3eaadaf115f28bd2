"""YAML as trees with lines, built from the parser's events: no object is ever constructed, whatever tag it bears."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from smsl.model.errors import InputError
from smsl.sources.documents.tree import DEEPEST, LineError, Mapping, Node, Scalar, Sequence

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's parser where PyYAML was built with it
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TEXT_TAGS = "tag:yaml.org,2002:"


def trees(text: str) -> Iterator[Node]:
    """Yield the documents of a YAML stream; an empty one yields nothing.

    Raises:
        InputError: It is not YAML, or deeper than `DEEPEST` levels; the line is named, nothing quoted.
    """
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            document = builder.take(event)
            if document is not None:
                yield document
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise LineError("is not YAML.", mark.line + 1 if mark else 1) from None
    except (yaml.YAMLError, ValueError):  # a sign that YAML does not allow: the reader's message quotes it
        raise InputError("The text is not YAML: it holds a sign that YAML does not allow.") from None


class _Builder:
    """The nodes that are still open; an alias is the node itself, even while it is open."""

    def __init__(self) -> None:
        self.open: list[tuple[Sequence | Mapping, list[Node]]] = []
        self.anchors: dict[str, Node] = {}

    def take(self, event: Any) -> Node | None:
        """Take one event of the parser; return a document when it is whole."""
        line = event.start_mark.line + 1
        match event:  # the most frequent first: a document of some megabytes has a hundred thousand of them
            case yaml.ScalarEvent():
                return self.place(self.named(event, _scalar(event, line)))
            case yaml.MappingStartEvent():
                self.enter(self.named(event, Mapping(line, tag=_tag(event))))
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                node, inside = self.open.pop()
                if isinstance(node, Sequence):
                    node.items.extend(inside)
                else:
                    node.pairs.extend(zip(inside[::2], inside[1::2], strict=True))
                return self.place(node)
            case yaml.SequenceStartEvent():
                self.enter(self.named(event, Sequence(line, tag=_tag(event))))
            case yaml.AliasEvent():
                if event.anchor not in self.anchors:
                    raise LineError("names an anchor that there is not.", line)
                return self.place(self.anchors[event.anchor])
            case yaml.DocumentStartEvent():
                self.anchors.clear()
        return None

    def named(self, event: Any, node: Node) -> Any:
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def enter(self, node: Sequence | Mapping) -> None:
        if len(self.open) >= DEEPEST:
            raise LineError(f"is nested deeper than {DEEPEST} levels.", node.line)
        self.open.append((node, []))

    def place(self, node: Node) -> Node | None:
        """Put a node where it belongs; return it where it is a whole document."""
        if not self.open:
            return node
        self.open[-1][1].append(node)
        return None


def _tag(event: Any) -> str:
    """Return a tag as it is written; empty for none and for those of YAML itself, which say nothing of a text."""
    tag = event.tag or ""
    return "" if tag in {"!", ""} or tag.startswith(_TEXT_TAGS) else str(tag)


def _scalar(event: Any, line: int) -> Scalar:
    quoted = not event.implicit[0]
    null = not quoted and not event.tag and event.value in _NULL
    return Scalar("" if null else str(event.value), line, quoted=quoted, tag=_tag(event))
