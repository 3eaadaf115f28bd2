"""JSON as a tree with lines.

The library's decoder tells no lines, drops all but the last of equal members, and quotes the text in its errors.

Source: https://datatracker.ietf.org/doc/html/rfc8259
"""

from __future__ import annotations

import json
import re

from smsl.sources.documents.tree import DEEPEST, LineError, Mapping, Node, Scalar, Sequence

_BLANK = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_LITERAL = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|(?:true|false|null)(?!\w)")
_DECODER = json.JSONDecoder(strict=False)


def tree(text: str, line: int = 1) -> Node:
    """Return the document.

    Args:
        text: One JSON document.
        line: The number of its first line.

    Raises:
        LineError: It is not JSON, or deeper than `DEEPEST` levels; the line is named, nothing quoted.
    """
    cursor = _Cursor(text, line)
    node = cursor.value(0)
    if cursor.peek():
        raise cursor.refusal()
    return node


class _Cursor:
    """A place in a text that moves on."""

    def __init__(self, text: str, line: int) -> None:
        self.text, self.at, self.line = text, 0, line

    def refusal(self) -> LineError:
        return LineError("is not JSON.", self.line)

    def peek(self) -> str:
        """Pass blanks and return the next sign; empty at the end."""
        self.move(_end(_BLANK.match(self.text, self.at)))
        return self.text[self.at : self.at + 1]

    def move(self, end: int) -> None:
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def take(self, signs: str) -> str:
        sign = self.peek()
        if not sign or sign not in signs:
            raise self.refusal()
        self.at += 1
        return sign

    def value(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise LineError(f"is nested deeper than {DEEPEST} levels.", self.line)
        sign = self.peek()
        if sign == "{":
            return self.mapping(depth)
        if sign == "[":
            return self.sequence(depth)
        return self.string() if sign == '"' else self.literal()

    def mapping(self, depth: int) -> Mapping:
        node = Mapping(self.line)
        self.at += 1
        if self.peek() == "}":
            self.at += 1
            return node
        while True:
            self.peek()
            key = self.string()
            self.take(":")
            node.pairs.append((key, self.value(depth + 1)))
            if self.take(",}") == "}":
                return node

    def sequence(self, depth: int) -> Sequence:
        node = Sequence(self.line)
        self.at += 1
        if self.peek() == "]":
            self.at += 1
            return node
        while True:
            node.items.append(self.value(depth + 1))
            if self.take(",]") == "]":
                return node

    def string(self) -> Scalar:
        found = _STRING.match(self.text, self.at)
        if found is None:
            raise self.refusal()
        try:
            text = _DECODER.decode(found.group())
        except ValueError:  # a wrong escape: the decoder's message would quote it
            raise self.refusal() from None
        node = Scalar(str(text), self.line)
        self.move(found.end())
        return node

    def literal(self) -> Scalar:
        found = _LITERAL.match(self.text, self.at)
        if found is None:
            raise self.refusal()
        self.at = found.end()
        return Scalar("" if found.group() == "null" else found.group(), self.line, quoted=False)


def _end(found: re.Match[str] | None) -> int:
    return found.end() if found else 0


def plain(node: Node) -> object:
    """Return what Python's own decoder makes of a document: of equal members the last."""
    match node:
        case Mapping():
            return {key.text: plain(value) for key, value in node.pairs if isinstance(key, Scalar)}
        case Sequence():
            return [plain(item) for item in node.items]
        case Scalar(quoted=True):
            return node.text
        case Scalar():
            try:
                return json.loads(node.text or "null")
            except ValueError:  # more digits than Python makes a number of
                return node.text
