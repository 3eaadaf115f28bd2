"""Stand-ins inside a cause: a cause is a text of its own, which holds none.

The signs are those of `smsl.model.standin`.
"""

from __future__ import annotations

import re

_OPEN = re.compile("\u2039([^\u203a]*)\u203a")
_DRAWN = re.compile("\u27e8([^\u27e9]*)\u27e9")
_LONGEST = 200


def spoken(text: str) -> str:
    """Return a text with its stand-ins written ``${...}``, as a cause or a reason names them."""
    return _DRAWN.sub(r"${\1}", _OPEN.sub(r"${\1}", text))[:_LONGEST]
