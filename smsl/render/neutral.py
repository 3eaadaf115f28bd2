"""Text from outside, made harmless for the place where it is shown.

Names, policies and error codes come from an account, a file or a pull request: whoever wrote them may have
put a terminal escape, markup or a shell command into them. Each function answers for one destination.
"""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

_COMMAND_V1 = "##["
"""Read by a GitHub Actions runner anywhere in a line."""
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&$^=])")
_AUTOLINK = re.compile(r"(?i)(@|://|www\.)")
_RICH_TAG = re.compile(r"(\\*)(\[[a-zA-Z#/@][^\[]*?\])")


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def terminal(text: str) -> str:
    r"""Return `text` with control, bidirectional, invisible and unassigned characters as ``\xNN`` and the like.

    A leading ``::`` and any ``##[`` are broken too: a CI runner takes commands from what a step prints.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    """
    if text.isprintable() and "::" not in text and _COMMAND_V1 not in text:
        return text
    shown = "".join(each if each.isprintable() else _escape(each) for each in text)
    # `::/0`, all of IPv6, is no command: no name of one begins with a slash.
    return re.sub(r"(^|(?<=\s))::(?!/\d)", r"\\x3a:", shown).replace(_COMMAND_V1, "\\x23#[")


def rich(text: str) -> str:
    """Return `text` such that rich prints it literally where markup is on."""
    escaped = _RICH_TAG.sub(r"\1\1\\\2", terminal(text))
    # A last backslash would escape a tag that follows, and show doubled where none does.
    return f"{escaped[:-1]}\\x5c" if escaped.endswith("\\") else escaped


def markdown(text: str) -> str:
    """Return `text` such that GitHub and GitLab show it literally, on one line: no markup, HTML, link or mention.

    Source: https://github.github.com/gfm/#backslash-escapes
    """
    escaped = _MARKDOWN.sub(r"\\\1", terminal(text))
    # A comment parts the word: a mention or a bare link is found in rendered text, where no backslash is left.
    return _AUTOLINK.sub(lambda found: found[0][0] + "<!-- -->" + found[0][1:], escaped.replace("www\\.", "www."))


def markdown_code(text: str) -> str:
    """Return `text` as a code span that its own backticks cannot end; pipes stay harmless in a table."""
    shown = terminal(text).replace("|", "\\x7c")
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") or not shown else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def workflow_data(text: str) -> str:
    """Return `text` for the message of a ``::error::`` command; line ends survive as ``%0A``.

    Source: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
    """
    shown = "".join(each if each.isprintable() or each in "\r\n" else _escape(each) for each in text)
    shown = shown.replace(_COMMAND_V1, "\\x23#[")
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def workflow_property(text: str) -> str:
    """Return `text` for a property (``file=``, ``title=``) of a workflow command."""
    return workflow_data(text).replace(":", "%3A").replace(",", "%2C")


def shell(text: str) -> str:
    r"""Return `text` as one word of bash or zsh, pasteable and harmless on a terminal.

    A word with unprintable characters is written ``$'...'`` with its bytes as ``\xNN``.
    """
    if text.isprintable() and _COMMAND_V1 not in text:
        # shlex leaves `::` and `=ls` bare: a runner reads the first as a command, zsh expands the second.
        quoted = shlex.quote(text)
        return f"'{text}'" if quoted == text and text.startswith((":", "=")) else quoted
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace(_COMMAND_V1, "\\x23#[")
    return "$'" + "".join(each if each.isprintable() else _bytes(each) for each in escaped) + "'"


def _bytes(character: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))


def json_text(value: Any, *, indent: int | None = None) -> str:
    """Return `value` as JSON in printable ASCII that no runner takes for a command, and that means the same."""
    separators = (",", ":") if indent is None else (",", ": ")
    text = json.dumps(value, indent=indent, separators=separators, ensure_ascii=True)
    # Outside strings JSON has neither of the two, so both stand inside one.
    return text.replace("\x7f", "\\u007f").replace(_COMMAND_V1, "#\\u0023[")
