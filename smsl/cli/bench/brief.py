"""A bench in a few lines, for the demo."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tabulate import tabulate

from smsl.bench.deploy import Deployment
from smsl.bench.gathered import Gathered
from smsl.bench.names import Phase
from smsl.bench.place import Place
from smsl.bench.plan import Plan
from smsl.bench.report.words import NOTHING, milliseconds, per_cold, per_warm
from smsl.bench.run import Counted, Round, Taken
from smsl.bench.session import carry_out
from smsl.cli.bench.view import view


def brief(plan: Plan, place: Place) -> str:
    """Run a plan in the lab and return its calls and fastest times, with a final line end."""
    gathered: Gathered | None = None
    with tempfile.TemporaryDirectory() as journals, view() as shown:
        for step in carry_out(plan, place, "00000000", Path(journals), shown.say):
            match step:
                case Deployment():
                    gathered = Gathered(step.functions, counting=True)
                case Taken() | Counted() | Round():
                    if gathered is not None:
                        gathered.add(step)
    rows = [
        [
            each.strategy.value,
            per_cold(each.calls),
            per_warm(each.calls),
            *(milliseconds(min(times)) if (times := each.times(phase)) else NOTHING for phase in Phase),
        ]
        for each in (gathered.series() if gathered else ())
    ]
    said = f"Ways to read a secret, the fastest of {plan.cold} cold starts and {plan.warm} warm calls each:"
    headings = ["strategy", "calls, cold", "per 100 warm", "cold, ms", "warm, ms"]
    text = tabulate(rows, headings, "plain", disable_numparse=True, colalign=("left", *["right"] * 4))
    return f"{said}\n{text}\nIn full, with intervals and cost: smsl bench\n"
