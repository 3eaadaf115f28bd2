"""``${NAME}`` in values: a reference, unless it writes down what it falls back to.

Source: https://docs.docker.com/reference/compose-file/interpolation/
https://www.serverless.com/framework/docs/guides/variables
"""

from __future__ import annotations

import re
from collections.abc import Callable

_SIGN = re.compile(r"\$\{|\}")
_SHELL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*:?-(.*)", re.DOTALL)
_LITERAL = re.compile(r"\$?[^'\"]*,\s*(?:'([^']*)'|\"([^\"]*)\")\s*", re.DOTALL)
_DEEPEST = 4


def shell_filled(text: str) -> str:
    """Return the text with ``${NAME:-default}`` and ``${NAME-default}`` replaced by their defaults."""
    return _filled(text, _shell_default) if "${" in text else text


def serverless_filled(text: str) -> str:
    """Return the text with ``${env:NAME, 'default'}`` replaced by its literal default."""
    return _filled(text, _serverless_default) if "${" in text else text


def _shell_default(body: str) -> str | None:
    found = _SHELL.fullmatch(body)
    return found[1] if found else None


def _serverless_default(body: str) -> str | None:
    found = _LITERAL.fullmatch(body)
    return (found[1] if found[1] is not None else found[2]) if found else None


def _filled(text: str, default: Callable[[str], str | None], depth: int = 0) -> str:
    pieces: list[str] = []
    last = 0
    for start, end in _outermost(text):
        inner = default(text[start + 2 : end - 1])
        if inner is not None:
            inner = _filled(inner, default, depth + 1) if depth < _DEEPEST and "${" in inner else inner
        pieces += text[last:start], text[start:end] if inner is None else inner
        last = end
    return "".join([*pieces, text[last:]])


def _outermost(text: str) -> list[tuple[int, int]]:
    """Return where each ``${...}`` that no other holds begins and ends."""
    opened: list[int] = []
    closed: list[tuple[int, int]] = []
    for found in _SIGN.finditer(text):
        if found.group() != "}":
            opened.append(found.start())
        elif opened:
            start = opened.pop()
            while closed and closed[-1][0] > start:
                closed.pop()
            closed.append((start, found.end()))
    return closed
