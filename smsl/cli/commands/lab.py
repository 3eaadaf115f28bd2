"""``smsl lab``: serve the embedded AWS until it is interrupted."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import Annotated

import typer

from smsl.render.neutral import shell


def command(
    port: Annotated[int, typer.Option(min=0, max=65535, help="On 127.0.0.1; 0 takes a free one.")] = 0,
    sample: Annotated[bool, typer.Option(help="Fill it with the sample functions.")] = True,
) -> None:
    """Serve the embedded AWS on loopback until Ctrl-C, and print what leads other programs to it.

    Everything in it is made up, and gone when it ends.
    """
    from smsl.lab.account import embedded

    signal.signal(signal.SIGTERM, _interrupt)  # to leave the block below, and with it the lab
    try:
        with embedded(sample=sample, port=port) as running:
            for name, value in running.environment.items():
                print(f"export {name}={shell(value)}")
            sys.stdout.flush()
            print("The lab is up; Ctrl-C ends it. Paste the lines above into another shell.", file=sys.stderr)
            while True:
                signal.pause()
    except KeyboardInterrupt:
        return  # the way it is meant to end


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
