"""The common form of vendors' tokens: a short prefix, a sign, and a long body drawn at random."""

from __future__ import annotations

import re

from smsl.leaks.shapes import drawn, is_uuid, runs, wordy

_PREFIX = r"([a-z][a-z0-9]{1,9}|[A-Z]{2,5}|[0-9]{6,12}(?=:))([_:.-])"
_BODY = r"[A-Za-z0-9_-]{20,200}"
_SEGMENTS = r"[A-Za-z0-9_-]{12,200}(?:\.[A-Za-z0-9_-]{12,200}){1,3}"
_MOST_PREFIXES = 3
_LONGEST = 250
_LEAST, _LEAST_SAID = 30, 20
"""Signs of a body: ids of resources have the form too (``proj_``, ``cus_``), and are shorter; where the prefix says
that a secret follows, fewer are enough."""
_SAYING = frozenset({"sk", "sec", "secret", "pat", "tok", "tk", "priv", "private", "apikey"})
_WORDS_AT_MOST = 0.25
"""Share of a body's letters that may stand in words: names with a stamp behind them have more."""


def is_vendor_token(text: str) -> bool:
    """Tell the form of an unknown vendor's token: ``abc_...``, ``abc-live-...``, ``ABC.x.y``, ``1234567:...``."""
    if len(text) > _LONGEST or not text.isascii():
        return False
    said, rest = False, text
    for _ in range(_MOST_PREFIXES):
        prefix = re.match(_PREFIX, rest)
        if prefix is None:
            return False
        said = said or prefix[1] in _SAYING or prefix[1].endswith(("key", "token"))
        rest = rest[prefix.end() :]
        if _is_body(rest, prefix[2], said):
            return True
    return False


def _is_body(body: str, sign: str, said: bool) -> bool:
    if len(body) < (_LEAST_SAID if said else _LEAST) or is_uuid(body) or not drawn(body):
        return False
    if sign == "_":
        return bool(re.fullmatch(_BODY, body))
    whole = re.fullmatch(_BODY, body) or (sign == "." and re.fullmatch(_SEGMENTS, body))
    return bool(whole) and (said or _is_mixed(body)) and _words(body) <= _WORDS_AT_MOST


def _is_mixed(body: str) -> bool:
    return any(map(str.isupper, body)) and any(map(str.islower, body)) and any(map(str.isdigit, body))


def _words(body: str) -> float:
    """Return the share of letters that stand in runs of four or more that read as words."""
    letters = reading = 0
    for run in runs(body):
        letters += len(run)
        reading += len(run) if len(run) > 3 and wordy(run) else 0
    return reading / letters if letters else 0.0
