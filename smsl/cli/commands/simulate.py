"""``smsl simulate``: the policy solver by itself."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Annotated

import typer

from smsl.cli.lines import lines_of, write_line


def command(
    file: Annotated[Path, typer.Argument(metavar="[FILE]", help="One JSON object a line; - is stdin.")] = Path("-"),
) -> None:
    """Decide requests against policies as IAM does: one JSON object a line in, one a line out.

    Ends with 3 if a line could not be read.
    """
    from smsl.cli.simulate import run

    # Nothing that a line makes refers back to itself, so walking the remembered patterns for cycles finds none.
    gc.disable()
    with lines_of(file) as lines:
        code = run(lines, write_line)
    raise typer.Exit(code)
