"""``smsl scan-env``: the plaintext detector by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from smsl.cli.lines import lines_of, write_line


def command(
    file: Annotated[
        Path, typer.Argument(metavar="[FILE]", help=".env, JSON, or a JSON object a line; - is stdin.")
    ] = Path("-"),
) -> None:
    """Say which variables hold a secret in plain text: one JSON object a line out, never a value."""
    from smsl.cli.scan_env import run

    with lines_of(file) as lines:
        code = run(lines, write_line)
    raise typer.Exit(code)
