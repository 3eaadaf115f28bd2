"""The detector against labelled variables of a hundred kinds, made up and kept in pieces of six signs."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from smsl.leaks.classify import classify, flagged

RECALL, PRECISION = 0.985, 0.995
ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in (Path(__file__).parent / "dev_sample.jsonl").read_text().splitlines()
]


def test_recall_and_precision() -> None:
    outcomes: Counter[tuple[bool, bool]] = Counter()
    wrong: list[str] = []
    for row in ROWS:
        [variable] = classify({row["name"]: "".join(row["value"])})
        found = flagged(variable) is not None
        outcomes[row["secret"], found] += 1
        if found != row["secret"]:
            wrong.append(f"{row['kind']} {row['name']}")
    assert outcomes[True, True] >= RECALL * (outcomes[True, True] + outcomes[True, False]), wrong
    assert outcomes[True, True] >= PRECISION * (outcomes[True, True] + outcomes[False, True]), wrong


def test_sample_is_large_and_of_both_labels() -> None:
    labels = Counter(row["secret"] for row in ROWS)
    assert labels[True] > 500
    assert labels[False] > 400
    assert all(len(piece) <= 6 for row in ROWS for piece in row["value"])
