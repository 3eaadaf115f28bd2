"""Driving a run: what is asked becomes a plan, its events are shown and saved, its result is printed and judged."""

from __future__ import annotations

import os
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from smsl.bench import cloudtrail
from smsl.bench.deploy import Deployment
from smsl.bench.gathered import Gathered
from smsl.bench.names import Strategy
from smsl.bench.place import Place, aws_runtimes, in_account, in_lab, lab_runtimes, machine
from smsl.bench.plan import Plan
from smsl.bench.prices import Prices
from smsl.bench.report import console, document, table
from smsl.bench.require import Judged, judge, parse_requirement
from smsl.bench.result import Conditions, Result, conclude
from smsl.bench.run import Round
from smsl.bench.sample import Series
from smsl.bench.saved import save, writable
from smsl.bench.session import Aged, Measured, carry_out
from smsl.cli.bench.asked import Asked, journal_directory, plan_of, prices_of, state_directory, traffic_of
from smsl.cli.bench.consent import ask_first
from smsl.cli.bench.view import View, view
from smsl.cli.show import show
from smsl.lab.assumptions import GROUPS
from smsl.lab.functions.runtimes import described
from smsl.lab.latency import SECRETS_MANAGER
from smsl.model.errors import SmslError
from smsl.model.unknown import Answer
from smsl.render.neutral import terminal
from smsl.render.page import listed
from smsl.sources.aws.connection import Connection

_INTERRUPTED = 130
_NOT_MET = 1
_UNDECIDED = 3
_SAVED_EVERY = 5.0
"""Seconds between two results of a run under way: each is worked out anew from all samples."""


def run(asked: Asked) -> int:
    """Carry out what is asked and return the exit code.

    Raises:
        SmslError: It cannot be done.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):  # to leave what follows as Ctrl-C does: with everything removed
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
            signal.signal(number, _interrupt)
    plan = plan_of(asked)
    requirements = [parse_requirement(text) for text in asked.require]
    prices = prices_of(asked)
    traffic_of(asked, plan, 0)  # what is wrong with it is said before the run, not after
    plan = replace(plan, runtimes=aws_runtimes(plan.runtimes) if asked.aws else lab_runtimes(plan.runtimes))
    identifier = secrets.token_hex(4)
    path = asked.save_as or state_directory() / f"{identifier}.json"
    writable(path)
    with _place(asked, plan) as place:
        if asked.aws:
            ask_first(plan, place, prices, agreed=asked.yes, trail=asked.cloudtrail)
        drive = Drive(asked, plan, place, identifier, path, prices)
        drive.run()
    result = drive.result()
    if not result.rows:
        raise drive.failed or SmslError("Nothing was measured: the run was interrupted before its first sample.")
    save(path, document.render(result))
    judged = [judge(each, document.document(result)) for each in requirements]
    _write(asked, result, judged)
    for each in (*drive.notices, f"Saved as {path}"):
        print(each, file=sys.stderr)
    if drive.failed is not None:
        raise drive.failed
    return _INTERRUPTED if drive.interrupted else _exit_code(judged)


@dataclass(slots=True)
class Drive:
    """A run under way."""

    asked: Asked
    plan: Plan
    place: Place
    identifier: str
    path: Path
    prices: Prices
    interrupted: bool = False
    failed: SmslError | None = None
    """Why it did not come to its end. What was measured until then is a result all the same."""
    notices: list[str] = field(default_factory=list)
    """What to say beside the result."""
    _complete: bool = False
    _saved: float = -_SAVED_EVERY
    _started: datetime = field(default_factory=lambda: datetime.now(UTC))
    _deployment: Deployment | None = None
    _gathered: Gathered | None = None
    _measured: Measured | None = None

    def run(self) -> None:
        """Carry it out, saving now and then; Ctrl-C or an error ends it early, and what there is stays."""
        with view() as shown:
            journals = journal_directory()
            try:
                with closing(carry_out(self.plan, self.place, self.identifier, journals, shown.say)) as steps:
                    for step in steps:
                        self._take(step, shown)
                if self.asked.cloudtrail:
                    self._ask_trail(shown)
            except KeyboardInterrupt:
                self.interrupted = True
            except SmslError as error:
                self.failed = error

    def result(self) -> Result:
        """Return what there is so far."""
        secrets_read = self._deployment.secrets if self._deployment else ()
        traffic = traffic_of(self.asked, self.plan, sum(each.key is not None for each in secrets_read))
        return conclude(self.plan, self._conditions(), self._series(), traffic, self.prices)

    def _take(self, step: object, shown: View) -> None:
        match step:
            case Deployment():
                self._deployment = step
                self._gathered = Gathered(step.functions, counting=self.place.lab is not None)
            case Aged(ages):
                self._all().aged(ages)
                save(self.path, document.render(self.result()))
            case Measured():
                self._measured = step
                self._complete = True
            case _:
                self._all().add(step)  # type: ignore[arg-type]  # all that is left are events
                if isinstance(step, Round):
                    self._save_now_and_then()
                    done, of = self._progress()
                    shown.show(self._series, done, of)

    def _save_now_and_then(self) -> None:
        if time.monotonic() - self._saved >= _SAVED_EVERY:
            save(self.path, document.render(self.result()))
            self._saved = time.monotonic()

    def _progress(self) -> tuple[int, int]:
        functions = self._deployment.functions if self._deployment else ()
        done = sum(len(each.samples) for each in self._series())
        return done, max(1, len(functions) * (self.plan.cold + self.plan.warm))

    def _series(self) -> Sequence[Series]:
        return self._gathered.series() if self._gathered else ()

    def _all(self) -> Gathered:
        if self._gathered is None:
            raise RuntimeError("a sample before there are functions")
        return self._gathered

    def _ask_trail(self, shown: View) -> None:
        if self._deployment is None or self._measured is None:
            return
        functions = self._deployment.functions
        try:
            counted = cloudtrail.wait_for_calls(
                self.place.account, functions, self._measured.spans, self._series(), shown.say
            )
        except SmslError as error:
            self.notices.append(f"Calls are as the handlers counted them: {terminal(str(error))}")
            return
        self._all().counted_elsewhere(counted)
        late = [each.strategy.value for each in functions if each.name not in counted]
        if late:
            self.notices.append(f"CloudTrail had not recorded all calls in time of: {listed(late)}")

    def _conditions(self) -> Conditions:
        plan, lab = self.plan, self.place.lab is not None
        extension = ""
        if Strategy.EXTENSION in plan.strategies:
            layer = self._deployment.layer if self._deployment else None
            emulated = "binary" if self.asked.extension_binary else "emulated"
            extension = emulated if lab else str(layer or "")
        assumed = [sentence for _, group in GROUPS for _, sentence in group]
        latency = ""
        if lab:
            latency = f"{plan.latency} (assumed)" if plan.latency == SECRETS_MANAGER else f"{plan.latency} (as asked)"
        return Conditions(
            run=self.identifier,
            started=self._started.isoformat(timespec="seconds").replace("+00:00", "Z"),
            region=self.place.region,
            runtimes={each: described(each) if lab else "Lambda's own" for each in plan.runtimes},
            extension=extension,
            machine=machine() if lab else "",
            assumptions=tuple(assumed) if lab else (),
            latency=latency,
            interrupted=not self._complete,
        )


@contextmanager
def _place(asked: Asked, plan: Plan) -> Iterator[Place]:
    if asked.aws:
        yield in_account(Connection(asked.profile, asked.role_arn, asked.endpoint_url), asked.region)
        return
    for name in ("NO_PROXY", "no_proxy"):  # a proxy would be asked for the lab, which is on this machine
        os.environ[name] = "127.0.0.1"
    with in_lab(plan, asked.extension_binary) as place:
        yield place


def _write(asked: Asked, result: Result, judged: Sequence[Judged]) -> None:
    renderers: dict[str, Callable[[], str]] = {
        "json": lambda: document.render(result),
        "csv": lambda: table.render_csv(result),
        "markdown": lambda: table.render_markdown(result),
    }
    if asked.output in renderers:
        sys.stdout.write(renderers[asked.output]())
        sys.stdout.flush()
        for each in judged:
            print(each.sentence, file=sys.stderr)
        return
    show(console.render(result, notes=asked.notes, judged=judged))


def _exit_code(judged: Sequence[Judged]) -> int:
    answers = {each.met for each in judged}
    if Answer.NO in answers:
        return _NOT_MET
    return _UNDECIDED if Answer.UNKNOWN in answers else 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
