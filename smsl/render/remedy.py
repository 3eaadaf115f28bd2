"""A fix in a plain text report: what it does, the commands or blocks, the way back, the warnings."""

from __future__ import annotations

from dataclasses import replace

from smsl.model.finding import Dialect, Fix, Move
from smsl.render.page import indented, wrapped


def moves(fix: Fix | None) -> Move | None:
    """Return the variable that a fix takes out of an environment; None for any other fix."""
    steps = () if fix is None else (*fix.steps, *fix.later)
    return next((step.move for step in steps if step.move is not None), None)


def _alike(move: Move, other: Move) -> bool:
    """Tell whether two moves differ in the variable's name alone, wherever it stands."""
    swapped = replace(
        other,
        variable=move.variable,
        reference=other.reference.replace(other.variable, move.variable),
        secret=other.secret.replace(f"/{other.variable}", f"/{move.variable}"),
    )
    return swapped == move


def fix_lines(fix: Fix, width: int, dialect: Dialect = Dialect.AWSCLI, like: Move | None = None) -> list[str]:
    """Return a fix in lines; its commands or blocks can be pasted as they stand.

    Args:
        fix: What to show.
        width: Columns.
        dialect: How its steps are written.
        like: A variable of the same function whose fix was shown: of another one's, only what differs is said.
    """
    from smsl.render.fix import written  # many a report has nothing to mend, and is read all the sooner

    move = moves(fix)
    if move is not None and like is not None and _alike(move, like):
        text = f"Fix: the same as for {like.variable}, with {move.variable} in its place everywhere."
        return wrapped(text, width, "", "  ")
    if not fix.steps and fix.later:
        lines = wrapped(sentence(fix.summary), width, "", "  ")
    elif not fix.steps:
        lines = wrapped(f"No command to paste: {fix.summary}", width, "", "  ")
    else:
        turns = f" Assessed again with it: {fix.turns}." if fix.turns else ""
        lines = wrapped(f"Fix: {sentence(fix.summary)}{turns}", width, "", "  ")
        lines += [*indented(written.steps(fix, dialect)), *_undo(fix, width, dialect)]
        if fix.no_undo:
            lines += wrapped(f"No undo: {fix.no_undo}", width, "", "  ")
    for note in fix.notes:
        lines += wrapped(f"Mind: {note}", width, "", "  ")
    if fix.ways:
        lines += ["Then read it in one of these ways:"]
    for way in fix.ways:
        lines += wrapped(way, width, "  ", "    ")
    if fix.later:
        lines += ["Later, once the deployed code reads it:", *indented(written.later(fix, dialect))]
    return lines


def _undo(fix: Fix, width: int, dialect: Dialect) -> list[str]:
    if not fix.undo:
        return []
    from smsl.render.fix import awscli, written

    words = written.undo_in_words(fix, dialect)
    return wrapped(f"Undo: {words}.", width, "", "  ") if words else ["Undo:", *indented(awscli.render_undo(fix))]


def sentence(text: str) -> str:
    """Return `text` with a full stop where it has no end."""
    return text if text.endswith((".", ":", "!")) else f"{text}."
