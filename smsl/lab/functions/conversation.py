"""What the platform and the processes of one environment say to each other, whoever has the word.

The platform's side waits here for the runtime and the extensions; their requests come in by `smsl.lab.functions.api`,
a thread for each connection. Nothing here knows of HTTP or of processes.

Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html and, where the documentation
is silent, the states of https://github.com/aws/aws-lambda-runtime-interface-emulator (internal/lambda/core).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from uuid import uuid4

MOST_EXTENSIONS = 10
"""Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html"""


@dataclass(frozen=True, slots=True)
class Invocation:
    """One invocation as the processes hear of it."""

    id: str
    payload: bytes
    deadline: float
    """Seconds of the wall clock (Unix time)."""
    arn: str
    """The function as it was invoked, with the qualifier that was asked for."""
    trace: str
    """X-Ray's header."""
    client_context: str | None = None
    """JSON."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the runtime answered."""

    payload: bytes
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """The end of an environment: what Lambda calls it, and its words."""

    kind: str
    """`Runtime.ExitError` and so on."""
    text: str
    payload: bytes | None = None
    """What the runtime itself said of it."""


class Refusal(Enum):
    """Why a request to one of the two APIs is refused."""

    WRONG_ID = "wrong id"
    WRONG_STATE = "wrong state"
    UNKNOWN_EXTENSION = "unknown extension"
    REGISTERED = "registered already"
    NAME_TAKEN = "name taken"
    CLOSED = "registration closed"
    TOO_MANY = "too many extensions"


@dataclass(slots=True)
class Extension:
    """An extension as it stands."""

    name: str
    external: bool
    state: str = "Started"
    """As Lambda's log says it: Started, Registered, Ready, Running, InitError, ExitError, LaunchError."""
    events: tuple[str, ...] = ()
    error: str | None = None
    """The type of its failure."""
    event: Mapping[str, object] | None = None
    """What it is to hear next."""


class RuntimeState(Enum):
    """Where the runtime stands, in the words of a refusal."""

    STARTED = "Started"
    INIT_ERROR = "InitError"
    READY = "Ready"
    RUNNING = "Running"
    RESPONSE_SENT = "RuntimeResponseSentState"


@dataclass(slots=True)
class Conversation:
    """The state of one environment, guarded by one lock; every wait ends with `close`."""

    expected: tuple[str, ...] = ()
    """Names of the external extensions, which register before the runtime starts."""
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _runtime: RuntimeState = RuntimeState.STARTED
    _external: dict[str, Extension] = field(default_factory=dict)
    _identified: dict[str, Extension] = field(default_factory=dict)
    _open: bool = True
    """Whether extensions may register: until the runtime asks for its first invocation."""
    _invocation: Invocation | None = None
    """The current one, until the runtime asks for the next."""
    _answer: Answer | None = None
    _init_error: Failure | None = None
    _failure: Failure | None = None
    _closed: bool = False

    def __post_init__(self) -> None:
        self._external = {name: Extension(name, external=True) for name in self.expected}

    # The platform's side. Deadlines are seconds of the monotonic clock.

    def registered(self, deadline: float) -> bool:
        """Wait until every external extension has registered; tell whether that came before a failure."""
        return self._wait(lambda: all(each.state != "Started" for each in self._external.values()), deadline)

    def ready(self, deadline: float) -> bool:
        """Wait until the runtime and all extensions ask for their next: initialised, or done with an invocation."""
        return self._wait(self._all_ready, deadline)

    def begin(self, invocation: Invocation, event: Mapping[str, object]) -> None:
        """Give an invocation to the runtime, and its event to the extensions that want to hear of it."""
        with self._changed:
            self._invocation, self._answer = invocation, None
            self._runtime = RuntimeState.RUNNING
            self._tell("INVOKE", event)

    def answered(self, deadline: float) -> Answer | None:
        """Wait for the runtime's answer; None when there was a failure or the time is over."""
        self._wait(lambda: self._answer is not None, deadline)
        with self._changed:
            return self._answer

    def fail(self, failure: Failure) -> None:
        """Take note of what is wrong for good, unless something was before: the first says why."""
        with self._changed:
            self._failure = self._failure or failure
            self._changed.notify_all()

    def failure(self) -> Failure | None:
        """Return the first thing that went wrong for good."""
        with self._changed:
            return self._failure

    def tell_shutdown(self, event: Mapping[str, object]) -> tuple[str, ...]:
        """Tell the external extensions that it is over; return the names of those that want to hear it.

        One that is busy hears it when it asks for its next.
        """
        with self._changed:
            return self._tell("SHUTDOWN", event)

    def runtime_ended(self, text: str) -> None:
        """Take note that the runtime's process is gone; what it said while starting says why."""
        with self._changed:
            ended = self._init_error or Failure("Runtime.ExitError", text)
        self.fail(ended)

    def extension_ended(self, name: str, text: str) -> None:
        """Take note that an external extension's process is gone; what it said itself says why."""
        with self._changed:
            extension = self._external[name]
            said = {"InitError": "Extension.InitError", "ExitError": "Extension.ExitError"}
            kind = said.get(extension.state, "Extension.Crash")
        self.fail(Failure(kind, text))

    def launch_failed(self, name: str, kind: str, text: str) -> None:
        """Take note that an external extension could not be started."""
        with self._changed:
            self._external[name].state, self._external[name].error = "LaunchError", kind
        self.fail(Failure("Extension.LaunchError", text))

    def close(self) -> None:
        """Let go of everybody who waits."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def extensions(self) -> tuple[Extension, ...]:
        """Every extension that is known, external ones first."""
        with self._changed:
            internal = [each for each in self._identified.values() if not each.external]
            return (*self._external.values(), *internal)

    # The runtime's side.

    def next_invocation(self) -> Invocation | Refusal | None:
        """Wait for the runtime's next invocation; None when it is over. An unanswered one is given again."""
        with self._changed:
            if self._runtime is RuntimeState.INIT_ERROR:
                return Refusal.WRONG_STATE
            self._open = False
            if self._runtime is not RuntimeState.RUNNING:
                self._runtime, self._invocation = RuntimeState.READY, None
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._closed or self._runtime is RuntimeState.RUNNING)
            return None if self._closed else self._invocation

    def respond(self, identifier: str, answer: Answer) -> Refusal | None:
        """Take the runtime's answer to the invocation that it has."""
        with self._changed:
            if self._invocation is None or self._invocation.id != identifier:
                return Refusal.WRONG_ID
            if self._runtime is not RuntimeState.RUNNING:
                return Refusal.WRONG_STATE
            self._runtime, self._answer = RuntimeState.RESPONSE_SENT, answer
            self._changed.notify_all()
            return None

    def init_failed(self, failure: Failure) -> Refusal | None:
        """Take the runtime's word that it could not start; the end of its process is still to come."""
        with self._changed:
            if self._runtime is not RuntimeState.STARTED:
                return Refusal.WRONG_STATE
            self._runtime, self._init_error = RuntimeState.INIT_ERROR, failure
            return None

    @property
    def runtime_state(self) -> RuntimeState:
        """Where the runtime stands."""
        with self._changed:
            return self._runtime

    # The extensions' side.

    def register(self, name: str, events: tuple[str, ...]) -> str | Refusal:
        """Return the identifier of an extension that registers."""
        with self._changed:
            extension = self._external.get(name)
            if extension is not None and extension.state != "Started":
                return Refusal.REGISTERED
            if extension is None:
                refusal = self._refused_internal(name)
                if refusal is not None:
                    return refusal
                extension = Extension(name, external=False)
            extension.state, extension.events = "Registered", events
            identifier = str(uuid4())
            self._identified[identifier] = extension
            self._changed.notify_all()
            return identifier

    def next_event(self, identifier: str) -> Mapping[str, object] | Refusal | None:
        """Wait for an extension's next event; None when it is over."""
        with self._changed:
            extension = self._identified.get(identifier)
            if extension is None:
                return Refusal.UNKNOWN_EXTENSION
            if extension.state not in {"Registered", "Running"}:
                return Refusal.WRONG_STATE
            if extension.event is None:
                extension.state = "Ready"
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._closed or extension.event is not None)
            event, extension.event = extension.event, None
            return event

    def extension_failed(self, identifier: str, state: str, error: str) -> Refusal | None:
        """Take an extension's word that it cannot start (InitError) or go on (ExitError); the first is kept."""
        with self._changed:
            extension = self._identified.get(identifier)
            if extension is None:
                return Refusal.UNKNOWN_EXTENSION
            allowed = {"Registered"} if state == "InitError" else {"Registered", "Ready", "Running"}
            if extension.state == state:
                return None
            if extension.state not in allowed:
                return Refusal.WRONG_STATE
            extension.state, extension.error = state, error
            internal = not extension.external
        if internal:  # it has no process of its own whose end would say so
            self.fail(Failure(f"Extension.{state}", error))
        return None

    def state_of(self, extension: str) -> str:
        """Return the state of an extension by its identifier or name, for the words of a refusal."""
        with self._changed:
            found = self._identified.get(extension) or self._external.get(extension)
            return found.state if found else "Started"

    # Under the lock.

    def _refused_internal(self, name: str) -> Refusal | None:
        if not self._open:
            return Refusal.CLOSED
        internal = [each for each in self._identified.values() if not each.external]
        if len(self._external) + len(internal) >= MOST_EXTENSIONS:
            return Refusal.TOO_MANY
        return Refusal.NAME_TAKEN if any(each.name == name for each in internal) else None

    def _all_ready(self) -> bool:
        known = (*self._external.values(), *self._identified.values())
        return self._runtime is RuntimeState.READY and all(each.state == "Ready" for each in known)

    def _tell(self, kind: str, event: Mapping[str, object]) -> tuple[str, ...]:
        alive = {"Ready"} if kind == "INVOKE" else {"Registered", "Ready", "Running"}
        told = [each for each in self._identified.values() if kind in each.events and each.state in alive]
        for each in told:
            each.event, each.state = event, "Running"
        self._changed.notify_all()
        return tuple(each.name for each in told if each.external)

    def _wait(self, met: Callable[[], bool], deadline: float) -> bool:
        """Wait until something holds; a failure ends the wait, too."""
        with self._changed:
            self._changed.wait_for(
                lambda: met() or self._failure is not None or self._closed, max(0.0, deadline - time.monotonic())
            )
            return met() and self._failure is None
