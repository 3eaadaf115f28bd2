"""The command line: the only room that parses arguments, reads the environment, prints and exits.

Importing it imports no command: ``smsl --version`` loads typer and nothing else.
"""

from __future__ import annotations


def main() -> None:
    """Run the command line and exit: 0 clean, 1 findings, 2 could not run, 3 undecided, 130 interrupted."""
    from smsl.cli.program import run

    run()


def entry() -> None:
    """Run the command line as a process of its own, and end it without taking its memory apart.

    A tenth of a second of every command would go into freeing what the operating system frees at once.

    Nor is much of it looked through for what can be freed while it runs: that takes a fifth of a short command, which
    makes hardly anything but what it keeps.
    """
    import gc
    import os
    import sys

    from smsl.cli.later import compile_when_called

    gc.set_threshold(200_000, 20, 20)
    compile_when_called()
    code: object = 0
    try:
        main()
    except SystemExit as ending:
        code = ending.code
    if isinstance(code, str):
        sys.stderr.write(f"{code}\n")
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # the reader has gone away: nothing is left to say to it
        code = code or 1
    os._exit(code if isinstance(code, int) else int(code is not None))
