"""Lines of a plain text report: wrapped, aligned, and with text from outside made harmless."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from smsl.render.neutral import terminal


def wrapped(text: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    """Return `text` in lines of at most `width` columns; a word that is longer stays whole, to be copied.

    Args:
        text: Possibly from outside.
        width: Columns.
        first: What the first line begins with.
        rest: What the other lines begin with; None means as many blanks as `first` is long.
    """
    return textwrap.wrap(
        terminal(text),
        width,
        initial_indent=first,
        subsequent_indent=" " * len(first) if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first.rstrip()]


def filled(parts: Iterable[str], width: int) -> list[str]:
    """Return the parts in lines of at most `width` columns, no part broken."""
    lines: list[str] = []
    for part in map(terminal, parts):
        if lines and len(lines[-1]) + 1 + len(part) <= width:
            lines[-1] += f" {part}"
        else:
            lines.append(part)
    return lines


def rows(cells: Sequence[Sequence[str]], width: int, indent: str = "  ") -> list[str]:
    """Return aligned rows; the last cell of each is wrapped under itself."""
    if not cells:
        return []
    widths = [max(len(terminal(row[i])) for row in cells) for i in range(len(cells[0]) - 1)]
    lines: list[str] = []
    for row in cells:
        padded = (terminal(cell).ljust(size) for cell, size in zip(row, widths, strict=False))
        lines += wrapped(row[-1], width, indent + "".join(f"{cell}  " for cell in padded))
    return lines


def indented(block: str, indent: str = "  ") -> list[str]:
    """Return the lines of commands, shifted but otherwise as they are: they stay pasteable."""
    return [indent + line for line in block.split("\n")]


def counted(number: int, noun: str) -> str:
    """Return ``1 note`` or ``5 notes``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(texts: Iterable[str], limit: int = 4) -> str:
    """Return the texts joined by commas, and how many more there are beyond `limit`."""
    each = list(dict.fromkeys(texts))
    more = f" and {len(each) - limit} more" if len(each) > limit else ""
    return ", ".join(each[:limit]) + more
