"""A fix in a plain text report: what it does, the commands, the way back, the warnings."""

from __future__ import annotations

from smsl.model.finding import Fix
from smsl.render.fix import awscli
from smsl.render.page import indented, wrapped


def fix_lines(fix: Fix, width: int) -> list[str]:
    """Return a fix in lines; its commands can be pasted as they stand."""
    if not fix.steps:
        lines = wrapped(f"No command to paste: {fix.summary}", width, "", "  ")
    else:
        turns = f" Assessed again with it: {fix.turns}." if fix.turns else ""
        lines = wrapped(f"Fix: {_sentence(fix.summary)}{turns}", width, "", "  ")
        lines += indented(awscli.render(fix))
        if fix.undo:
            lines += ["Undo:", *indented(awscli.render_undo(fix))]
        elif fix.no_undo:
            lines += wrapped(f"No undo: {fix.no_undo}", width, "", "  ")
    for note in fix.notes:
        lines += wrapped(f"Mind: {note}", width, "", "  ")
    return lines


def _sentence(text: str) -> str:
    return text if text.endswith((".", ":", "!")) else f"{text}."
