"""``smsl reach``: the network solver by itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from smsl.cli.lines import write_line
from smsl.render.neutral import terminal


def command(
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE_OR_DIR", help="Describe answers, as boto3 returns them.")
    ],
) -> None:
    """Say whether a function's packets reach Secrets Manager: a case in, a JSON object a line out.

    Ends with 3 if a case could not be read.
    """
    from smsl.cli.reach import run

    code = run(paths, write_line, lambda text: print(terminal(text), file=sys.stderr))
    raise typer.Exit(code)
