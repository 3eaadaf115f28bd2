"""A run while it goes on, on stderr: a live table on a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING, Protocol

from smsl.bench.names import Phase
from smsl.bench.report.words import milliseconds
from smsl.bench.sample import Series
from smsl.render.neutral import terminal

if TYPE_CHECKING:
    from rich.live import Live

_APART = 10.0
"""Seconds between two lines where there is no terminal."""


class View(Protocol):
    """Shows how far a run is."""

    def say(self, text: str) -> None:
        """Show in a few words what is being done."""

    def show(self, series: Callable[[], Sequence[Series]], done: int, of: int, /) -> None:
        """Show what there is so far, and how much of all samples that is."""


class _Lines:
    """For a log."""

    def __init__(self) -> None:
        self._next = time.monotonic() + _APART

    def say(self, text: str) -> None:
        self._line(text)

    def show(self, _series: Callable[[], Sequence[Series]], done: int, of: int) -> None:
        self._line(f"{done} of {of} invocations")

    def _line(self, text: str) -> None:
        now = time.monotonic()
        if now >= self._next:
            print(f"smsl bench: {terminal(text)}", file=sys.stderr, flush=True)
            self._next = now + _APART


class _Live:
    """For a terminal."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._text = "starting"
        self._series: Sequence[Series] = ()
        self._done, self._of = 0, 1

    def say(self, text: str) -> None:
        self._text = text
        self._draw()

    def show(self, series: Callable[[], Sequence[Series]], done: int, of: int) -> None:
        self._series, self._done, self._of = series(), done, of
        self._text = f"{done} of {of} invocations"
        self._draw()

    def _draw(self) -> None:
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False)
        for heading in ("strategy", "runtime", "cold n", "p50, ms", "warm n", "p50, ms"):
            table.add_column(heading, justify="left" if heading in {"strategy", "runtime"} else "right")
        for each in self._series:
            cells = [each.strategy.value, each.runtime]
            for phase in Phase:
                times = each.times(phase)
                cells += [str(len(times)), milliseconds(median(times)) if times else ""]
            table.add_row(*cells)
        bar = ProgressBar(total=self._of, completed=self._done, width=50)
        text = Text(f" {terminal(self._text)}")  # behind the bar, which ends no line
        self._live.update(Group(table, bar, text) if self._series else Group(bar, text))


@contextmanager
def view() -> Iterator[View]:
    """Show a run for the length of a with block."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.live import Live

    with Live(console=Console(stderr=True), transient=True, refresh_per_second=8) as live:
        yield _Live(live)
