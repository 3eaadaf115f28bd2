"""The shipped table of codes: what each means and how it is mended."""

from __future__ import annotations

import json
from pathlib import Path
from types import MappingProxyType

_TABLE: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("codes.json").read_text("utf-8"))

MEANING = MappingProxyType({code: row["meaning"] for code, row in _TABLE.items()})
"""Key: code; value: one sentence."""

FIX = MappingProxyType({code: row["fix"] for code, row in _TABLE.items()})
"""Key: code; value: advice, with ``{sg}``, ``{acl}``, ... standing for the members of `Blocker.data`."""


def fix_text(code: str, data: dict[str, str]) -> str:
    """Return the advice for a code with the ids filled in; a name without an id stays as it is."""
    text = FIX[code]
    for name, value in data.items():
        text = text.replace("{" + name + "}", value)
    return text
