"""The comments of a template in YAML, with their lines.

YAML's parser drops them: they are what stands between its tokens behind a number sign. What looks like a comment inside
a text, such as a function's inline code, is none.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def comments(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each comment, from its number sign on; none for JSON, and none where YAML ends.

    Args:
        text: The whole of a template.
    """
    if "#" not in text or text.lstrip().startswith("{"):
        return
    lines = text.split("\n")
    at = (0, 0)
    try:
        for token in yaml.scan(text, Loader=_LOADER):
            start, end = token.start_mark, token.end_mark
            yield from _between(lines, at, (start.line, start.column))
            at = max(at, (end.line, end.column))
    except (yaml.YAMLError, ValueError):
        return
    yield from _between(lines, at, (len(lines), 0))


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> Iterator[tuple[int, str]]:
    """Yield the comments between two places, each of a line and a column from 0."""
    for number in range(start[0], min(end[0] + 1, len(lines))):
        first = start[1] if number == start[0] else 0
        gap = lines[number][first : end[1] if number == end[0] else None]
        sign = gap.find("#")
        if sign >= 0 and (sign == 0 or gap[sign - 1].isspace()):
            yield number + 1, gap[sign:].rstrip()
