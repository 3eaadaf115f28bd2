"""``smsl lab``: serve the embedded AWS until it is interrupted."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated, Optional

import typer

from smsl.render.neutral import shell


def command(
    port: Annotated[int, typer.Option(min=0, max=65535, help="On 127.0.0.1; 0 takes a free one.")] = 0,
    sample: Annotated[bool, typer.Option(help="Fill it with the sample functions.")] = True,
    service_latency: Annotated[
        Optional[str],  # noqa: UP045  -- typer reads the annotation when the program runs
        typer.Option(metavar="TIME", help="Of Secrets Manager: 20ms, or 20ms..100ms; none by default."),
    ] = None,
    extension_binary: Annotated[
        Optional[Path],  # noqa: UP045  -- as above
        typer.Option(metavar="FILE", help="AWS's own extension, in place of the emulated one."),
    ] = None,
) -> None:
    """Serve the embedded AWS on loopback until Ctrl-C, and print what leads other programs to it.

    Functions made in it run: Python and Node.js under this machine's interpreters. Everything is gone when it ends.
    """
    from smsl.lab.account import check_extension, embedded
    from smsl.lab.latency import parse

    latency = parse(service_latency) if service_latency else None
    check_extension(extension_binary)

    signal.signal(signal.SIGTERM, _interrupt)  # to leave the block below, and with it the lab
    try:
        with embedded(sample=sample, port=port, extension=extension_binary) as running:
            if latency is not None:
                running.set_latency(latency.median, latency.p99, "secretsmanager")
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
