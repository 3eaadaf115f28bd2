"""Rows of a text table, as narrow as their cells: a terminal has 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def aligned(rows: Sequence[Sequence[str]], to_left: Sequence[int] = (0,)) -> Iterator[str]:
    """Yield the rows, headings among them, with two blanks between columns.

    Args:
        rows: Of one length.
        to_left: The columns that are aligned to the left; all others are numbers.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            cell.ljust(width) if place in to_left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()
