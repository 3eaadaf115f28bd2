"""A run from beginning to end: what it needs is made, everything is measured, and all is removed again."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path

from smsl.bench import rotation
from smsl.bench.cloudtrail import Spans
from smsl.bench.counting import ServiceCounter
from smsl.bench.deploy import Deployment, Tell, deployed
from smsl.bench.journal import Whereabouts, opened
from smsl.bench.place import Place
from smsl.bench.plan import Plan
from smsl.bench.run import Event, Run
from smsl.bench.sample import Stale


@dataclass(frozen=True, slots=True)
class Aged:
    """How long each function serves an old value, by its name."""

    ages: Mapping[str, Stale]


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything has been measured."""

    spans: Spans
    """When each phase was."""


Step = Deployment | Event | Aged | Measured


def carry_out(plan: Plan, place: Place, run: str, journals: Path, tell: Tell) -> Generator[Step, None, None]:
    """Yield what is made, then each event, then the ages, then that this was all; closing it early removes it all, too.

    Args:
        plan: What to measure; its runtimes are Lambda's names.
        place: Where.
        run: Identifier of the run.
        journals: Where its journal is kept while it lasts.
        tell: Told in a few words what is being done.

    Raises:
        SmslError: It cannot go on; what was made is removed.
    """
    where = Whereabouts(run, place.number, place.region, place.endpoint, passing=place.lab is not None)
    with (
        opened(journals, where) as journal,
        deployed(plan, place.account, run, journal, place.layers, tell) as deployment,
    ):
        yield deployment
        counter = ServiceCounter(place.lab) if place.lab else None
        running = Run(plan, place.account, deployment.functions, counter)
        tell("waiting until every function works")
        running.probe()
        yield from running.measure()
        if plan.rotation and deployment.secrets[0].made:
            yield Aged(_ages(plan, place, deployment, running, tell))
        yield Measured(running.spans)


def _ages(plan: Plan, place: Place, deployment: Deployment, running: Run, tell: Tell) -> Mapping[str, Stale]:
    lab = place.lab
    if lab is not None:
        lab.clear_faults()  # a value that is served because of one is another matter
    return rotation.measure(
        place.account,
        deployment.functions,
        deployment.secrets[0],
        running.start_anew,
        rotation.waited if lab is None else lambda: rotation.stepped(lab),
        rotation.ages_to_wait(plan.ttl) if lab is None else rotation.ages_to_step(plan.ttl),
        plan.ttl,
        tell,
    )
