"""One AWS CLI command as text: how names are spelled, where lines are broken."""

from __future__ import annotations

import re
from collections.abc import Sequence

WIDTH = 76
"""Columns that a command should fit in; a word that is longer stays whole."""
_LAST_CAPITALS = re.compile(r"[A-Z]{2,}s$")
_CAPITAL_WORD = re.compile(r"(.)([A-Z][a-z]+)")
_CAPITAL_AFTER_SMALL = re.compile(r"([a-z0-9])([A-Z])")


def option(parameter: str) -> str:
    """Return the name of an operation or a parameter as the AWS CLI spells it: ``GroupId`` is ``group-id``.

    Source: https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters.html
    """
    name = parameter
    plural = _LAST_CAPITALS.search(name)
    if plural is not None:
        name = f"{name[: plural.start()]}-{plural[0].lower()}"
    name = _CAPITAL_AFTER_SMALL.sub(r"\1-\2", _CAPITAL_WORD.sub(r"\1-\2", name)).lower()
    return re.sub("-+", "-", name).strip("-")


def wrap(head: str, options: Sequence[str]) -> str:
    """Fill lines up to WIDTH; a line that goes on ends with a backslash."""
    lines, line = [], head
    for each in options:
        used = len(line) - (line.rfind("\n") + 1)
        if used + len(each.partition("\n")[0]) + len("  \\") > WIDTH:
            lines.append(line)
            line = f"  {each}"
        else:
            line = f"{line} {each}"
    return " \\\n".join([*lines, line])
