"""Settings that are no secrets, and credentials of vendors that no table knows: two sets of each, written before a run.

A value is written as a form (`smsl.leaks.providers`), so that no text in the tree looks like anybody's credential, and
its drawn parts can be drawn again.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from smsl.leaks.classify import classify, flagged
from smsl.leaks.formats import example
from smsl.model.variable import Confidence

HERE = Path(__file__).parent
SETS = ("", "_2")
DRAWS = range(3)
RECALL = 0.97


def _read(stem: str) -> list[dict[str, str]]:
    """Return the rows of both sets; a group of one is none of the other."""
    return [
        {**row, "group": f"{row.get('group')}{which}"}
        for which in SETS
        for row in map(json.loads, (HERE / f"{stem}{which}.jsonl").read_text().splitlines())
    ]


SETTINGS, CREDENTIALS = _read("negatives"), _read("unseen")


def test_settings_are_many_and_of_many_frameworks() -> None:
    assert len(SETTINGS) >= 500
    assert len({row["framework"] for row in SETTINGS}) >= 10
    assert all(row["source"] for row in SETTINGS)
    assert max(Counter((row["group"], row["name"]) for row in SETTINGS).values()) == 1


@pytest.mark.parametrize("draw", DRAWS)
def test_settings_are_no_secrets(draw: int) -> None:
    groups: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in SETTINGS:
        groups[row["group"]][row["name"]] = example(row["value"], draw)
    found = [
        (variable.name, leak)
        for variables in groups.values()
        for variable in classify(variables)
        if (leak := flagged(variable))
    ]
    assert sum(leak.confidence is Confidence.HIGH for _, leak in found) <= 1, found
    assert len(found) <= len(SETTINGS) // 200, found


@pytest.mark.parametrize("draw", DRAWS)
def test_credentials_of_unknown_vendors_are_found(draw: int) -> None:
    assert len(CREDENTIALS) >= 200
    missed = [
        row["name"] for row in CREDENTIALS if flagged(classify({row["name"]: example(row["value"], draw)})[0]) is None
    ]
    assert len(missed) <= (1 - RECALL) * len(CREDENTIALS), missed
