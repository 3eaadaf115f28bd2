"""What a value looks like: words, or something drawn at random.

The measure is how often letters follow one another that do in English. Of the pairs of letters in words some nine
in ten are common, of pairs drawn at random about a third: a dozen letters tell the two apart without a dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

_FOLLOWS = (
    "a:bcdgiklmnprstuvwy b:aceilorsuy c:acehiklorstuy d:adeilorsuvy e:acdefgilmnpqrstuvwxy",
    "f:aefilortuy g:aehilnorsuy h:aeiortuy i:abcdefglmnoprstvxz j:aeou",
    "k:aeilnsy l:adeiklmostuy m:abeimnopsuy n:acdefgiknostuvy o:abcdefgiklmnoprstuvwxy",
    "p:aehiloprstuy q:u r:abcdegiklmnoprstuvy s:acehiklmnopqstuwy t:acehiloprstuwy",
    "u:abcdegilmnprst v:aeioy w:aehinors x:aceiptuy y:elmnopst",
    "z:aeioyz",
)
"""Each letter with those that commonly follow it in English."""
_COMMON = frozenset(
    first + second
    for line in _FOLLOWS
    for first, _, seconds in (p.partition(":") for p in line.split())
    for second in seconds
)
_HEX = r"[0-9a-f]+|[0-9A-F]+"
_UUID = r"[0-9a-zA-Z]{8}-(?:[0-9a-zA-Z]{4}-){3}[0-9a-zA-Z]{12}"
_BASE64 = r"[A-Za-z0-9+/]+={0,2}|[A-Za-z0-9_-]+={0,2}"
_RUN = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+"
_LOOK = 512
"""Characters that are looked at: what is drawn at random shows it in its first few."""
_COMMON_PAIR, _RARE_PAIR = 0.9, -1.9
"""Logarithm of how much likelier a pair is in words than in letters drawn at random."""


def is_hex(text: str) -> bool:
    """Tell hexadecimal digits of one case, at least one of them a letter and one a numeral."""
    return bool(re.fullmatch(_HEX, text)) and not text.isalpha() and not text.isdigit()


def is_uuid(text: str) -> bool:
    """Tell the form of a UUID; providers draw keys of that form from more than hexadecimal digits."""
    return len(text) == 36 and bool(re.fullmatch(_UUID, text))


def is_base64(text: str) -> bool:
    """Tell text of the base64 alphabets only."""
    return bool(re.fullmatch(_BASE64, text))


def is_repeated(text: str) -> bool:
    """Tell text of one or two different signs: ``xxxx``, ``0000``, ``xxx-xxx``."""
    return len(set(text)) <= 2 and len(text) > 2


def runs(text: str) -> Iterator[str]:
    """Yield the runs of letters in text, in small letters, parted where camelCase rises."""
    return (run.lower() for run in re.findall(_RUN, text[:_LOOK]))


def wordy(text: str) -> bool:
    """Tell text that is made of words: most of its letters stand in runs of three or more that read as words."""
    total = good = 0
    for run in runs(text):
        total += len(run)
        good += len(run) if len(run) > 2 and _reads(run) > 0 else 0
    return total > 2 and good >= 0.7 * total


def drawn(text: str, odds: float = -2.0) -> bool:
    """Tell text that looks drawn at random: too long and too mixed for words, names or numbers.

    Args:
        text: Any text; its beginning is looked at.
        odds: Logarithm of how much likelier words may be: higher where the name already promises a secret.
    """
    text = text[:_LOOK]
    if len(text) < 8 or len(set(text)) < 5:
        return False
    if len(text) >= 12 and is_hex(text):
        return len(set(text)) >= 6
    return _odds(text) < odds


def _odds(text: str) -> float:
    """Return the logarithm of how much likelier the text is made of words than drawn at random."""
    odds = 2.0
    before = ""
    for sign in text:
        kind = _kind(sign)
        last = _kind(before) if before else ""
        if kind in "ul" and last in "ul" and last and not (last == "l" and kind == "u"):
            odds += _COMMON_PAIR if (before + sign).lower() in _COMMON else _RARE_PAIR
        elif last and kind != last:
            # A word may begin with a capital or end in a number; changes to and fro are what drawing makes.
            odds += -0.9 if "s" not in (kind, last) else 0.0
        elif kind == "d":
            odds += -0.1
        before = sign
    return odds


def _kind(sign: str) -> str:
    if sign.isdigit():
        return "d"
    if sign.isupper():
        return "u"
    return "l" if sign.isalpha() else "s"


def _reads(run: str) -> float:
    pairs = pairwise(run)
    return sum(_COMMON_PAIR if one + two in _COMMON else _RARE_PAIR for one, two in pairs) + 0.9
