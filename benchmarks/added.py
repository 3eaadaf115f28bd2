"""Add latency to the service and see what each strategy's warm invocation takes more.

Usage: added.py [--check] [--rounds N]
With --check the README is left alone, and a figure over its limit ends the run with exit code 1.

Twenty and a hundred milliseconds are added in turn, a few invocations at a time, so that a machine that slows down
slows all of them: `sdk` must grow by what was added, `cache` and `extension` not at all.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from tabulate import tabulate

from smsl.bench.deploy import deployed
from smsl.bench.journal import Whereabouts, opened
from smsl.bench.names import Phase, Strategy
from smsl.bench.place import Place, in_lab, lab_runtimes
from smsl.bench.plan import Plan
from smsl.bench.run import sample_of
from smsl.model.errors import SmslError

HERE = Path(__file__).parent
README = HERE / "README.md"
ADDED = (0, 20, 100)
"""Milliseconds."""
OFF = 0.10
"""Of what was added: by how much the growth of `sdk` may differ from it."""
NOTHING = 0.02
"""Of what was added: what the others may grow by, for the noise of a machine."""
_BLOCK = 5
_KEPT = {Strategy.CACHE, Strategy.EXTENSION}


def measure(place: Place, plan: Plan, rounds: int) -> dict[tuple[str, Strategy, int], list[float]]:
    """Return warm invocations by runtime, strategy and added latency. Milliseconds."""
    assert place.lab is not None
    found: dict[tuple[str, Strategy, int], list[float]] = defaultdict(list)
    where = Whereabouts("00000001", place.number, place.region, place.endpoint)
    with (
        tempfile.TemporaryDirectory() as journals,
        opened(Path(journals), where) as journal,
        deployed(plan, place.account, where.run, journal, place.layers, lambda _text: None) as deployment,
    ):
        for function in deployment.functions:
            for _ in range(3):
                place.account.invoke(function.name)
        for _ in range(rounds):
            for added in ADDED:
                place.lab.set_latency(added, service="secretsmanager")
                for function in deployment.functions:
                    for _ in range(_BLOCK):
                        sample = sample_of(place.account.invoke(function.name), Phase.WARM)
                        assert sample.excluded is None, sample.excluded
                        found[function.runtime, function.strategy, added].append(sample.took)
    return found


def main() -> None:
    """Measure, then check or record."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    runtimes = lab_runtimes(("python",))
    try:
        runtimes += lab_runtimes(("nodejs",))
    except SmslError as missing:
        print(missing)
    plan = Plan(runtimes=runtimes, strategies=(Strategy.SDK, *sorted(_KEPT, key=lambda each: each.value)))
    with in_lab(plan, None) as place:
        found = measure(place, plan, options.rounds)
    rows, failed = [], []
    for runtime in runtimes:
        for strategy in plan.strategies:
            middle = {added: statistics.median(found[runtime, strategy, added]) for added in ADDED}
            grown = {added: middle[added] - middle[0] for added in ADDED if added}
            figures = [*(f"{middle[each]:.2f}" for each in ADDED), *map("{:+.2f}".format, grown.values())]
            rows.append([runtime, strategy.value, *figures])
            for added, growth in grown.items():
                wanted, allowed = (added, OFF) if strategy is Strategy.SDK else (0, NOTHING)
                if abs(growth - wanted) > allowed * added and (strategy is Strategy.SDK or growth > 0):
                    failed.append(f"{runtime} {strategy.value}: {growth:.2f} ms more with {added} ms added")
    headings = ["runtime", "strategy", *(f"+{each} ms" for each in ADDED), *(f"more with {each}" for each in ADDED[1:])]
    text = tabulate(rows, headings, "github", disable_numparse=True)
    print(text)
    if options.check:
        print("\n".join(failed) or "each grows by what it must")
        sys.exit(bool(failed))
    page = README.read_text()
    head, _, rest = page.partition("<!-- added -->\n")
    _, _, tail = rest.partition("<!-- end added -->")
    said = (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, medians of"
        f" {options.rounds * _BLOCK} warm invocations each, in turn. Milliseconds."
    )
    README.write_text(f"{head}<!-- added -->\n\n{said}\n\n{text}\n\n<!-- end added -->{tail}")


if __name__ == "__main__":
    main()
