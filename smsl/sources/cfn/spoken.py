"""Stand-ins inside a cause: a cause is a text of its own, which holds none."""

from __future__ import annotations

import re

from smsl.model.standin import drawn, unsettled

_PAIRS = (unsettled(""), drawn(""))
"""The sign that opens a stand-in and the one that closes it."""
_STAND_INS = re.compile("|".join(f"{pair[0]}([^{pair[1]}]*){pair[1]}" for pair in _PAIRS))
_LONGEST = 200
_NAME = re.compile(r"[A-Za-z0-9:.]{1,128}")
"""Logical ids, parameters, conditions and functions have no other signs."""


def spoken(text: str) -> str:
    """Return a text with its stand-ins written ``${...}``, as a cause or a reason names them."""
    return _STAND_INS.sub(lambda found: f"${{{found[1] or found[2] or ''}}}", text)[:_LONGEST]


def identifier(text: str) -> str:
    """Return a name for a reason, where it is one: what is none may be a value that stands in the wrong place."""
    return text if _NAME.fullmatch(text) else "a name that is none"
