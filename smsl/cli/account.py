"""Reading an account on behalf of a command: the request, the progress on a terminal, the list of calls."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from smsl.model.errors import SmslError
from smsl.render.neutral import terminal

if TYPE_CHECKING:
    from smsl.sources.aws.capture import Capture
    from smsl.sources.aws.connection import Connection


def read_account(
    functions: Sequence[str],
    connection: Connection,
    *,
    everything: bool = False,
    regions: Sequence[str] = (),
    secrets: Sequence[str] = (),
    notes: bool = False,
    debug: bool = False,
) -> Capture:
    """Return the facts of the functions that the command line names.

    Raises:
        SmslError: No function is named, or nothing can be read.
    """
    from smsl.sources.aws.capture import capture, requested_regions
    from smsl.sources.aws.request import Request, parse_target

    if everything == bool(functions):
        wrong = "Both functions and --all are given." if everything else "No function is named."
        raise SmslError(wrong, "Name functions, or give --all for every function of the region.")
    named = tuple(parse_target(each) for each in functions)
    chosen = requested_regions(connection, tuple(regions), named)
    request = Request(named, everything, chosen, tuple(secrets), notes)
    _open_the_upper_floors()
    with _progress() as tell:
        taken = capture(request, connection, tell)
    if debug:
        for each in taken.timings:
            words = (each.call, each.region, f"{each.seconds * 1000:.0f} ms", each.outcome)
            print(*(terminal(word) for word in words), file=sys.stderr)
    return taken


def _open_the_upper_floors() -> None:
    """Import what judges the facts while AWS is still answering: a tenth of a second that nobody waits for."""
    threading.Thread(target=import_module, args=("smsl.audit",), daemon=True).start()


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show what is going on on stderr, if that is a terminal; elsewhere say nothing."""
    if not sys.stderr.isatty():
        yield lambda _text: None
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status(Text("reading")) as status:
        yield lambda text: status.update(Text(terminal(text)))
