"""Measure what the detector finds without knowing its providers: rows of the table disabled, a quarter of kinds a time.

Usage: generalise.py [--check] [--data FILE]
The kinds of `smsl.leaks.providers.FORMS` that occur in the data are shuffled with five seeds. For each seed the forms
of the first quarter are taken out of the table, and the recall is measured on the variables that those forms recognise:
what is still found is found by names, shapes and context. With --check the README is left alone, and an average under
its limit ends the run with exit code 1. FILE holds JSON lines of {name, value, label or secret}; without it, the
variables that ship with the tests are taken.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tabulate import tabulate

from smsl.leaks import formats, providers
from smsl.leaks.classify import classify, flagged

HERE = Path(__file__).parent
README = HERE / "README.md"
SHIPPED = HERE.parent / "tests" / "leaks" / "dev_sample.jsonl"
SEEDS = range(1, 6)
LIMIT = 0.90
FORMS = providers.FORMS


@dataclass(frozen=True)
class Row:
    """One labelled variable."""

    name: str
    value: str
    secret: bool


def read(path: Path) -> list[Row]:
    """Return the rows of a file that are labelled secret or not; debatable ones are left out.

    The tests' settings and credentials, which have no label, are each of one kind, and written as forms.
    """
    rows = []
    for line in path.read_text().splitlines():
        row = json.loads(line)
        label = row.get("label", "secret" if row.get("secret") or "manner" in row else "not_secret")
        is_form = "manner" in row or "framework" in row
        if label != "debatable":
            value = formats.example(row["value"]) if is_form else "".join(row["value"])
            rows.append(Row(row["name"], value, label == "secret"))
    return rows


@contextmanager
def without(kinds: Collection[str]) -> Iterator[None]:
    """Take the forms of some kinds out of the table for a while."""
    providers.FORMS = tuple(form for form in FORMS if form[0] not in kinds)
    formats._indexed.cache_clear()  # noqa: SLF001  -- the product itself never changes its table
    try:
        yield
    finally:
        providers.FORMS = FORMS
        formats._indexed.cache_clear()  # noqa: SLF001  -- as above


def found(row: Row) -> str | None:
    """Return the kind of leak that a variable is flagged as."""
    leak = flagged(classify({row.name: row.value})[0])
    return leak.kind if leak else None


def by_kind(rows: list[Row]) -> dict[str, list[Row]]:
    """Return the secrets that a form of the table recognises, by its kind."""
    known = {kind for kind, _, _ in FORMS}
    kinds: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.secret and (kind := found(row)) in known and kind is not None:
            kinds[kind].append(row)
    return dict(kinds)


def measure(rows: list[Row], seed: int) -> tuple[dict[str, tuple[int, int]], int]:
    """Return found and all variables of each disabled kind, and how many that are no secrets are flagged meanwhile."""
    kinds = by_kind(rows)
    order = sorted(kinds)
    random.Random(seed).shuffle(order)  # noqa: S311  -- the same quarter every time
    disabled = order[: max(1, len(order) // 4)]
    with without(disabled):
        outcome = {kind: (sum(found(row) is not None for row in kinds[kind]), len(kinds[kind])) for kind in disabled}
        false = sum(found(row) is not None for row in rows if not row.secret)
    return outcome, false


def main() -> int:
    """Measure, and record or check."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--data", type=Path, default=SHIPPED, help="JSON lines of {name, value, label or secret}")
    options = parser.parse_args()
    rows = read(options.data)
    recalls, table, detail = [], [], []
    for seed in SEEDS:
        outcome, false = measure(rows, seed)
        good, total = (sum(column) for column in zip(*outcome.values(), strict=True))
        recalls.append(good / total)
        missed = ", ".join(f"{kind} {n - hits} of {n}" for kind, (hits, n) in sorted(outcome.items()) if hits < n)
        table.append([str(seed), str(len(outcome)), str(total), f"{good / total:.3f}", str(false), missed or "none"])
        detail += [[str(seed), kind, str(hits), str(n)] for kind, (hits, n) in sorted(outcome.items())]
    average = sum(recalls) / len(recalls)
    print(tabulate(detail, ["seed", "kind disabled", "found", "of"], tablefmt="github", disable_numparse=True))
    headers = ["seed", "kinds disabled", "variables", "recall", "false alarms", "missed"]
    text = tabulate(table, headers, tablefmt="github", disable_numparse=True)
    summary = f"Average recall on kinds whose forms are not known: {average:.3f} (at least {LIMIT:.2f})."
    print(text, summary, sep="\n\n")
    if not options.check and options.data == SHIPPED:
        from run import between

        stamp = f"{datetime.now(UTC):%Y-%m-%d}, over {len(rows)} labelled variables that ship with the tests."
        README.write_text(between(README.read_text(), "generalise", f"{stamp}\n\n{text}\n\n{summary}"))
    return 1 if average < LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
