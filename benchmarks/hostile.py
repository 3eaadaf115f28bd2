"""Values that are made to cost: patterns that have hurt parsers elsewhere, and drawn ones, repeated."""

from __future__ import annotations

import random
import string
import time
from dataclasses import dataclass

from smsl.leaks.classify import classify

NOISE = 6.0
"""A growth beyond it is measured again: a neighbour may have disturbed it."""
DRAWN = 100
HOSTILE = (
    "a", "aA1", "{", "[", '{"a":', "'", "=", ":", ";", "a=b;", "a=b ", "://", "a://", "a@b:", "%41", "-----BEGIN ",
    "ghp_", "eyJ", "${", "{{", "<a>b</a>", "--a ", "password ", "A_", "/", "a/", "\\", "aa==", "https://a:b@", "?a=b&",
    "\n", "\ta:\n", "0", "A1b2", "hvs.", "abc_", "sk-", "a.b-", "<|a|>,", "GPG,",
)  # fmt: skip


@dataclass(frozen=True)
class Worst:
    """The worst of all patterns."""

    patterns: int
    pattern: str
    milliseconds: float
    """For 4 KB under three names."""
    growth: float
    """How much more 256 KB cost than 64 KB."""


def hostile() -> Worst:
    """Return what the worst patterns cost, in processor time."""
    source = random.Random(8)  # noqa: S311  -- the same patterns every time
    drawn = ["".join(source.choices(string.printable, k=source.randint(1, 12))) for _ in range(DRAWN)]
    pieces = [*HOSTILE, *drawn]
    least = max(spent(piece, 4096) for piece in pieces)
    shorter = {piece: spent(piece, 1 << 16) for piece in pieces}
    growths = [growth(piece) for piece in pieces]
    return Worst(len(pieces), max(pieces, key=lambda piece: shorter[piece]), 1000 * least, max(growths))


def growth(piece: str) -> float:
    """Return how much more four times the length costs."""
    for runs in (1, 3, 5):
        ratio = spent(piece, 1 << 18, runs) / spent(piece, 1 << 16, runs)
        if ratio <= NOISE:
            break
    return ratio


def filled(piece: str, length: int) -> str:
    """Return a pattern repeated to a length."""
    return (piece * (length // len(piece) + 1))[:length]


def spent(piece: str, length: int, runs: int = 1) -> float:
    """Return the least processor time of classifying a repeated pattern under three names; at least a millisecond."""
    text = filled(piece, length)
    times = []
    for _ in range(runs):
        start = time.process_time()
        classify({"API_KEY": text, "DATABASE_URL": text, "DB_PASSWORD": text})
        times.append(time.process_time() - start)
    return max(min(times), 1e-3)
