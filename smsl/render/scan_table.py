"""A scan of files as a table for a person: what holds a secret, where, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from smsl.model.scan import Scan, Scanned
from smsl.render.neutral import terminal
from smsl.render.page import counted, wrapped

_HEADINGS = ("variable", "where", "kind", "confidence", "place")
_GAP = "  "
_NARROWEST = 12
_SEPARATORS = " /._-:"
_FLEXIBLE = (0, 4, 2, 1)
"""The columns that give way where a row is too long: the longest of them first, in doubt in this order."""


def render(scan: Scan, *, debatable: bool = False, width: int = 80) -> str:
    """Return the table with a final line end.

    Args:
        scan: What was found.
        debatable: Whether debatable leaks are shown too.
        width: Columns.
    """
    shown = [each for each in scan.leaks if each.flagged or debatable]
    rows = list(dict.fromkeys(map(_cells, shown)))  # an alias gives several functions the variables of one place
    lines = [*_table(rows, width), ""] if rows else []
    return "\n".join([*lines, *_summary(scan, debatable, width)]) + "\n"


def _cells(found: Scanned) -> tuple[str, ...]:
    leak = found.leak
    where = found.file or "standard input"
    if found.line is not None:
        where = f"{where}:{found.line}"
    kind, confidence, place = (leak.kind, leak.confidence.value, leak.place or "") if leak else ("", "", "")
    return tuple(map(terminal, (found.variable.name, where, kind, confidence, place)))


def _table(rows: Sequence[Sequence[str]], width: int) -> list[str]:
    cells = [_HEADINGS, *rows] if any(row[4] for row in rows) else [each[:4] for each in (_HEADINGS, *rows)]
    sizes = _sizes(cells, width)
    ruled = [cells[0], ["-" * size for size in sizes], *cells[1:]]
    return [line for row in ruled for line in _lines(row, sizes)]


def _sizes(cells: Sequence[Sequence[str]], width: int) -> list[int]:
    sizes = [max(map(len, column)) for column in zip(*cells, strict=True)]
    room = width - len(_GAP) * (len(sizes) - 1)
    flexible = [place for place in _FLEXIBLE if place < len(sizes)]
    while sum(sizes) > room:
        widest = max(flexible, key=lambda place: sizes[place])
        if sizes[widest] <= _NARROWEST:
            break
        others = max((sizes[place] for place in flexible if place != widest), default=0)
        # Down to the next widest in one step: a name may be as long as a file allows.
        sizes[widest] = max(_NARROWEST, sizes[widest] - (sum(sizes) - room), min(others, sizes[widest] - 1))
    return sizes


def _lines(row: Sequence[str], sizes: Sequence[int]) -> list[str]:
    """Return one row: a cell that is too long goes on under itself."""
    pieces = [_pieces(cell, size) for cell, size in zip(row, sizes, strict=True)]
    return [
        _GAP.join(
            (piece[at] if at < len(piece) else "").ljust(size) for piece, size in zip(pieces, sizes, strict=True)
        ).rstrip()
        for at in range(max(map(len, pieces)))
    ]


def _pieces(cell: str, size: int) -> list[str]:
    """Return a cell in pieces of at most `size` signs, broken behind a separator where the second half has one."""
    pieces: list[str] = []
    at = 0
    while len(cell) - at > size:
        cut = max(cell.rfind(sign, at + size // 2, at + size) for sign in _SEPARATORS) + 1
        pieces.append(cell[at : cut or at + size].rstrip())
        at = cut or at + size
    return [*pieces, cell[at:]]


def _summary(scan: Scan, debatable: bool, width: int) -> list[str]:
    flagged = sum(each.flagged for each in scan.leaks)
    rest = len(scan.leaks) - flagged
    judged, where = counted(scan.variables, "variable"), counted(scan.files, "file")
    text = f"No secret in plain text in {judged} of {where}."
    if flagged:
        text = f"{flagged} of {judged} in {where} {'holds' if flagged == 1 else 'hold'} a secret in plain text."
    places = len({(each.file, each.line, each.variable.name) for each in scan.leaks if each.flagged})
    if places < flagged:
        text = f"{text[:-1]}, at {counted(places, 'place')}: aliases repeat them."
    if rest and not debatable:
        text += f" {counted(rest, 'debatable one')} not shown (--debatable)."
    if scan.missed:
        text += f" {counted(len(scan.missed), 'place')} could not be read: the answer is not complete."
    lines = wrapped(text, width)
    if flagged:
        lines += wrapped(
            "Next: keep each value in Secrets Manager, put the secret's ARN in its place, and change the value that was"
            " exposed: it stays in the history of the file. More: smsl explain plaintext-secret",
            width,
        )
    return lines
