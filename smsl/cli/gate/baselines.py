"""Reading and writing a baseline's file."""

from __future__ import annotations

import sys
from pathlib import Path

from smsl.cli.gate.configured import Read
from smsl.cli.whole import write_whole
from smsl.gate.baseline import Baseline
from smsl.gate.baseline_file import parse, text_of
from smsl.model.errors import SmslError
from smsl.render.neutral import terminal
from smsl.render.page import counted


def read_baseline(path: Path, read: Read) -> Baseline:
    """Return what a baseline's file holds.

    Raises:
        SmslError: There is no such file, or it cannot be read.
    """
    text = read(path)
    if text is None:
        raise SmslError("The baseline does not exist.", "Write it first: smsl audit ... --write-baseline FILE")
    return parse(text, str(path))


def write_baseline(path: Path, baseline: Baseline, before: Baseline | None = None) -> None:
    """Write a baseline's file, whole or not at all, and say so on stderr.

    Args:
        path: Where.
        baseline: What is known.
        before: What was known; one that has lost nothing is not written again.

    Raises:
        SmslError: It cannot be written.
    """
    if baseline == before:
        print(f"{terminal(str(path))}: all of it is found still.", file=sys.stderr)
        return
    try:
        write_whole(path, text_of(baseline), 0o644)
    except (OSError, ValueError) as error:  # a NUL in a path is a ValueError
        raise SmslError(f"The baseline cannot be written ({type(error).__name__}).", "Name another file.") from None
    unknowns = len(baseline.unknowns) + len(baseline.gaps)
    parts = [counted(len(baseline.findings), "finding"), counted(unknowns, "unknown")]
    parts += [f"{before.size - baseline.size} dropped"] if before is not None else []
    print(f"Wrote {terminal(str(path))}: {', '.join(parts)}.", file=sys.stderr)
