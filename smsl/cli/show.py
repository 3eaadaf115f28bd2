"""Printing a report: to a terminal with a few words in colour, elsewhere as it is."""

from __future__ import annotations

import os
import sys

_STYLES = {
    r"\bBLOCKED\b": "bold red",
    r"^(INTERMITTENT|UNKNOWN|NO-SECRET-NAMED|NOTHING)\b|\b(partial|unknown)\b(?=  )": "bold yellow",
    r"^READABLE\b|\bok\b(?=  )": "green",
}


def show(text: str) -> None:
    """Print `text` to stdout as it stands; colour is added on a terminal unless NO_COLOR is set.

    Source: https://no-color.org
    """
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    from rich.console import Console
    from rich.text import Text

    styled = Text(text, end="")
    for pattern, style in _STYLES.items():
        styled.highlight_regex(f"(?m){pattern}", style)
    # Soft wrap leaves the lines alone: a command broken by the terminal's width could not be pasted.
    Console(highlight=False).print(styled, soft_wrap=True, end="")
