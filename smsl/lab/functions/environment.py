"""One execution environment: it initialises with its first invocation, serves one after the other, and ends.

Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

from __future__ import annotations

import json
import math
import queue
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from smsl.lab.functions.conversation import Answer, Failure, Invocation
from smsl.lab.functions.deployed import Deployed
from smsl.lab.functions.log import Log
from smsl.lab.functions.package import Unpacked
from smsl.lab.functions.processes import Processes
from smsl.lab.functions.sandbox import Sandbox
from smsl.lab.functions.variables import Surroundings
from smsl.model.report_line import InitReportLine, ReportLine

INIT_LIMIT = 10.0
"""Seconds to initialise before the first invocation; what fails then is tried again within it."""
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Order:
    """An invocation that a caller wants to have made."""

    id: str
    payload: bytes
    arn: str
    """As it was asked for, with its qualifier."""
    trace: str
    client_context: str | None
    wants_log: bool
    """Whether the answer waits for the end of the log; else it goes out as soon as the runtime has answered."""
    outcome: Future[Outcome] = field(default_factory=Future)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the caller gets."""

    payload: bytes
    failed: bool
    log: bytes
    """The end of the log, if it was wanted."""
    version: str


class Owner(Protocol):
    """Who gives an environment its invocations, and is told how it stands."""

    def finishing(self, environment: Environment) -> None:
        """The invocation is answered, but the environment not yet done with it."""

    def idle(self, environment: Environment) -> None:
        """The environment can take the next invocation."""

    def gone(self, environment: Environment) -> None:
        """The environment takes no more invocations."""


class Environment:
    """One environment of a function version, a thread of its own as long as it lives."""

    def __init__(
        self,
        deployed: Deployed,
        files: Unpacked,
        around: Surroundings,
        processes: Processes,
        owner: Owner,
    ) -> None:
        self.deployed = deployed
        self.around = around
        self._owner = owner
        self._log = Log()
        self._make: Callable[[], Sandbox] = partial(Sandbox, deployed, files, around, processes, self._log)
        self._missing = files.missing
        self._sandbox: Sandbox | None = None
        self._reason = "failure"
        """Why it ends, when it does not spin down."""
        self._orders: queue.SimpleQueue[Order | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def serve(self, order: Order) -> None:
        """Take an invocation; the environment must be idle."""
        self._orders.put(order)

    def stop(self) -> None:
        """End, once what is under way is done."""
        self._orders.put(None)

    def join(self, seconds: float) -> None:
        """Wait for its end."""
        self._thread.join(seconds)

    @property
    def is_alive(self) -> bool:
        """Whether nothing has gone wrong with it, as far as is known."""
        return self._sandbox is None or self._sandbox.conversation.failure() is None

    def _live(self) -> None:
        try:
            while (order := self._orders.get()) is not None:
                try:
                    if not self._serve(order):
                        return
                except Exception as error:  # noqa: BLE001 -- a caller must get an answer, whatever failed in the lab
                    if not order.outcome.done():
                        order.outcome.set_exception(error)
                    return
            self._end("spindown")
        finally:
            self._owner.gone(self)
            self._end(self._reason)
            self._log.close()
            shutil.rmtree(self.around.temporary, ignore_errors=True)
            if self.around.extension_port is not None:
                self.around.extension_port.let_go()

    def _end(self, reason: str) -> None:
        sandbox, self._sandbox = self._sandbox, None
        if sandbox is not None:
            sandbox.shut_down(reason)

    def _serve(self, order: Order) -> bool:
        """Make one invocation; tell whether the environment lives on."""
        self._log.start()
        begun = time.monotonic()
        init: float | None = None
        if self._sandbox is None:
            failure, init = self._initialise(begun)
            if failure is not None:
                begun = time.monotonic()
                failure = self._make_up(begun)
                init = None
                if failure is not None:
                    return self._could_not_start(order, failure, begun)
            else:
                begun = time.monotonic()
                self._log.start()  # as recorded, the tail of a first invocation begins with START
        return self._run(order, begun, init).make()

    def _run(self, order: Order, begun: float, init: float | None) -> _Run:
        if self._sandbox is None:
            raise RuntimeError("an environment without processes serves nothing")
        return _Run(order, self, self._sandbox, self._log, begun, init)

    def _initialise(self, begun: float) -> tuple[Failure | None, float]:
        """Return why initialisation failed, if it did, and its milliseconds."""
        for arn in self._missing:
            self._log.say(f"LAB\tLayer {arn} is another account's: the function runs without it")
        self._sandbox = self._make()
        failure = self._sandbox.start(begun + INIT_LIMIT)
        took = _milliseconds(begun)
        for extension in self._sandbox.conversation.extensions:
            events = ", ".join(extension.events)
            more = f"\tError Type: {extension.error}" if extension.error else ""
            self._log.say(f"EXTENSION\tName: {extension.name}\tState: {extension.state}\tEvents: [{events}]{more}")
        if failure is not None:
            self._log.say(str(InitReportLine(took, "init", *_status_of(failure))))
            self._end(_reason_of(failure))
        return failure, took

    def _make_up(self, begun: float) -> Failure | None:
        """Initialise again within the invocation, as Lambda does after a failure, under the function's time limit."""
        self._sandbox = self._make()
        failure = self._sandbox.start(begun + self.deployed.timeout)
        if failure is not None and failure.kind != "timeout":
            self._log.say(str(InitReportLine(_milliseconds(begun), "invoke", *_status_of(failure))))
        return failure

    def _could_not_start(self, order: Order, failure: Failure, begun: float) -> bool:
        self._run(order, begun, None).fail(failure)
        return False

    def finishing(self) -> None:
        """Tell that the present invocation is answered."""
        self._owner.finishing(self)

    def done(self) -> None:
        """Tell that the present invocation is over, and the environment free."""
        self._owner.idle(self)

    def broken(self, reason: str) -> None:
        """Tell that the present invocation was the last; extensions hear the reason, failure or timeout."""
        self._reason = reason
        self._owner.gone(self)


@dataclass(slots=True)
class _Run:
    """One invocation in an initialised sandbox."""

    order: Order
    environment: Environment
    sandbox: Sandbox
    log: Log
    begun: float
    init: float | None
    """Milliseconds of the initialisation before it; None for all but the first."""

    def make(self) -> bool:
        """Make the invocation, answer it, and tell whether the environment lives on."""
        deadline = self.begun + self.deployed.timeout
        wall = time.time() + self.environment.around.ahead() + deadline - time.monotonic()
        order, conversation = self.order, self.sandbox.conversation
        invocation = Invocation(order.id, order.payload, wall, order.arn, order.trace, order.client_context)
        self.log.say(f"START RequestId: {order.id} Version: {self.deployed.version}")
        conversation.begin(invocation, _event(invocation))
        answer = conversation.answered(deadline)
        if answer is not None and not order.wants_log:
            self.environment.finishing()
            self._reply(answer, b"")
        if answer is not None and conversation.ready(deadline):
            tail = self._report(None)
            self.environment.done()  # before the answer: who has it may come with the next at once
            self._reply(answer, tail)
            return True
        self._finish(conversation.failure(), answer)
        return False

    @property
    def deployed(self) -> Deployed:
        """The function."""
        return self.environment.deployed

    def fail(self, failure: Failure) -> None:
        """Answer for an initialisation that failed."""
        self.log.say(f"START RequestId: {self.order.id} Version: {self.deployed.version}")
        self._finish(None if failure.kind == "timeout" else failure)

    def _finish(self, failure: Failure | None, answer: Answer | None = None) -> None:
        """Report a failure, and answer with it unless the runtime had answered before: that answer stands.

        Args:
            failure: None is that the time was over.
            answer: The runtime's.
        """
        why = failure or Failure("timeout", "")
        tail = self._report(why)
        self.environment.broken(_reason_of(why))
        if answer is not None:
            self._reply(answer, tail)
            return
        if failure is None:
            text = f"Task timed out after {self.deployed.timeout:.2f} seconds"
            payload = self._worded("Sandbox.Timedout", text)
        elif failure.payload is not None:
            payload = failure.payload
        else:
            payload = self._worded(failure.kind, failure.text)
        self._reply(Answer(payload, failed=True), tail)

    def _worded(self, kind: str, text: str) -> bytes:
        said = {"errorType": kind, "errorMessage": f"RequestId: {self.order.id} Error: {text}"}
        return json.dumps(said, separators=(",", ":")).encode()

    def _reply(self, answer: Answer, log: bytes) -> None:
        if not self.order.outcome.done():
            self.order.outcome.set_result(Outcome(answer.payload, answer.failed, log, self.deployed.version))

    def _report(self, failure: Failure | None) -> bytes:
        """Write END and REPORT, and return the end of the log up to them."""
        timed_out = failure is not None and failure.kind == "timeout"
        duration = self.deployed.timeout * 1000.0 if timed_out else _milliseconds(self.begun)
        status = _status_of(failure) if failure else (None, None)
        used = math.ceil(self.sandbox.peak() / _MEGABYTE)
        billed = math.ceil(duration + (self.init or 0.0))
        memory = self.deployed.memory
        report = ReportLine(self.order.id, duration, billed, memory, used, self.init, None, *status)
        return self.log.say(f"END RequestId: {self.order.id}", str(report))


def _event(invocation: Invocation) -> Mapping[str, object]:
    """Write what extensions hear of an invocation."""
    return {
        "eventType": "INVOKE",
        "deadlineMs": round(invocation.deadline * 1000),
        "requestId": invocation.id,
        "invokedFunctionArn": invocation.arn,
        "tracing": {"type": "X-Amzn-Trace-Id", "value": invocation.trace},
    }


def _reason_of(failure: Failure) -> str:
    return "timeout" if failure.kind == "timeout" else "failure"


def _status_of(failure: Failure) -> tuple[str, str | None]:
    return ("timeout", None) if failure.kind == "timeout" else ("error", failure.kind)


def _milliseconds(begun: float) -> float:
    return (time.monotonic() - begun) * 1000
