"""Names for what is settled only when it is deployed, inside texts that are otherwise known.

``⟨aws_kms_key.db⟩`` stands for what AWS draws for a resource of its own: an id, a suffix. It equals itself, and nothing
that is written down elsewhere. ``⟪Parameters.KeyArn⟫`` stands for what somebody else decides: it equals itself, and
may equal anything.
"""

from __future__ import annotations

import re

_DRAWN = ("⟨", "⟩")
_OPEN = ("⟪", "⟫")
_MARKS = str.maketrans(dict.fromkeys((*_DRAWN, *_OPEN), "\ufffd"))
_OPEN_PATTERN = re.compile("⟪([^⟫]*)⟫")
_UNNAMED = re.compile("^(?:⟪[^⟫]*⟫-)?(?:[A-Za-z0-9-]*-)?⟨([^⟩]+)⟩$")
_ANY_PATTERN = re.compile("⟪[^⟫]*⟫|⟨[^⟩]*⟩")
SUFFIX = "-??????"
"""The end of a secret's ARN before Secrets Manager has drawn it: six letters and digits."""


def drawn(address: str) -> str:
    """Return the stand-in for what AWS draws for the resource at an address."""
    return f"{_DRAWN[0]}{plain(address)}{_DRAWN[1]}"


def unsettled(cause: str) -> str:
    """Return the stand-in for a text that `cause` decides: a parameter, an export, another resource's attribute."""
    return f"{_OPEN[0]}{plain(cause)}{_OPEN[1]}"


def plain(text: str) -> str:
    """Return a text from outside without the marks of stand-ins, so that none can be written by hand."""
    return text if text.isascii() else text.translate(_MARKS)


def is_unsettled(text: str) -> bool:
    """Tell whether a text has a part that may be anything."""
    return _OPEN[0] in text


def ends_unsettled(text: str) -> bool:
    """Tell whether a text ends in a part that may be anything: of an ARN or a name, also its last six characters."""
    return text.endswith(_OPEN[1])


def is_drawn(text: str) -> bool:
    """Tell whether a text has a part that AWS draws at deployment."""
    return _DRAWN[0] in text


def differ(one: str, other: str) -> bool:
    """Tell whether two texts are not the same, whatever their unsettled parts come to be."""
    return one != other and not is_unsettled(one) and not is_unsettled(other)


def causes(text: str) -> tuple[str, ...]:
    """Return what decides the parts of a text that may be anything, each once."""
    return tuple(dict.fromkeys(_OPEN_PATTERN.findall(text)))


def as_pattern(text: str, anything: str) -> str:
    """Return a text with `anything` in place of each part that may be anything."""
    return _OPEN_PATTERN.sub(anything, text)


def called(text: str) -> str:
    """Return how a reader calls what is given no name: as the file does, ``Fn`` or ``aws_lambda_function.fn``."""
    found = _UNNAMED.search(text)
    return text if found is None else found[1]


def blanked(text: str, blank: str) -> str:
    """Return a text with `blank` in place of each stand-in of either kind."""
    return _ANY_PATTERN.sub(blank, text)
