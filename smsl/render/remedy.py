"""A fix in a plain text report: what it does, the commands or blocks, the way back, the warnings."""

from __future__ import annotations

from smsl.model.finding import Dialect, Fix
from smsl.render.fix import awscli, terraform
from smsl.render.page import indented, wrapped


def fix_lines(fix: Fix, width: int, dialect: Dialect = Dialect.AWSCLI) -> list[str]:
    """Return a fix in lines; its commands or blocks can be pasted as they stand."""
    if not fix.steps:
        lines = wrapped(f"No command to paste: {fix.summary}", width, "", "  ")
    else:
        turns = f" Assessed again with it: {fix.turns}." if fix.turns else ""
        lines = wrapped(f"Fix: {_sentence(fix.summary)}{turns}", width, "", "  ")
        lines += _terraform(fix, width) if dialect is Dialect.TERRAFORM else _awscli(fix)
        if fix.no_undo:
            lines += wrapped(f"No undo: {fix.no_undo}", width, "", "  ")
    for note in fix.notes:
        lines += wrapped(f"Mind: {note}", width, "", "  ")
    return lines


def _awscli(fix: Fix) -> list[str]:
    undo = ["Undo:", *indented(awscli.render_undo(fix))] if fix.undo else []
    return [*indented(awscli.render(fix)), *undo]


def _terraform(fix: Fix, width: int) -> list[str]:
    undo = wrapped(f"Undo: {terraform.undo(fix)}.", width, "", "  ") if fix.undo else []
    return [*indented(terraform.render(fix)), *undo]


def _sentence(text: str) -> str:
    return text if text.endswith((".", ":", "!")) else f"{text}."
