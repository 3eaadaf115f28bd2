"""``smsl baseline``: the care of a baseline that a gate compares with."""

from __future__ import annotations

from functools import wraps
from typing import Any

import typer

from smsl.cli.commands import audit

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


@app.callback()
def command() -> None:
    """Write a baseline with: smsl audit ... --write-baseline FILE; compare with it by --baseline FILE."""


@wraps(audit.command)
def _prune(**options: Any) -> None:
    audit.command(**{**options, "prune_baseline": True})


_prune.__doc__ = """Audit as smsl audit does, with its options, and take out of --baseline FILE what is no longer found.

Nothing is ever added. Name the same sources as for the audit: with functions named, the entries of others stay.
"""
app.command("prune")(_prune)
