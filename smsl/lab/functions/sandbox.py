"""The processes of one execution environment and the APIs they speak to: started, shut down, or killed."""

from __future__ import annotations

import signal
import threading
import time
from dataclasses import dataclass, field

from smsl.lab.exchange import ACCOUNT
from smsl.lab.functions import ending
from smsl.lab.functions.api import Api, Registrant
from smsl.lab.functions.conversation import MOST_EXTENSIONS, Conversation, Failure
from smsl.lab.functions.deployed import Deployed
from smsl.lab.functions.log import Log
from smsl.lab.functions.package import Program, Unpacked
from smsl.lab.functions.processes import Process, Processes
from smsl.lab.functions.runtimes import UnsupportedError, command
from smsl.lab.functions.variables import Surroundings, extension_variables, runtime_variables
from smsl.lab.wire import HOST, Server

_EXTERNAL_BUDGET = 2.0
"""Seconds to shut down when there are external extensions.

Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-shutdown
"""
_INTERNAL_BUDGET = 0.5
"""Seconds to shut down when all extensions are within the runtime."""
_RUNTIME_SHARE = 0.3
"""Of the budget, for the runtime to end after SIGTERM: that of AWS's emulator of the runtime interface."""
_GONE = 5.0
"""Seconds for a killed process to be reported as gone."""


@dataclass(slots=True)
class Sandbox:
    """One set of processes. Start it once; after `shut_down` it is of no more use."""

    deployed: Deployed
    files: Unpacked
    around: Surroundings
    processes: Processes
    log: Log
    conversation: Conversation = field(init=False)
    _server: Server = field(init=False)
    _runtime: Process | None = None
    _extensions: dict[str, Process] = field(default_factory=dict)
    _ending: bool = False

    def __post_init__(self) -> None:
        self.conversation = Conversation(tuple(each.name for each in self.files.extensions))
        registrant = Registrant(self.deployed.name, self.deployed.version, self.deployed.handler, ACCOUNT)
        self._server = Server(Api(self.conversation, registrant).answer)
        threading.Thread(target=self._server.serve, daemon=True).start()

    def start(self, deadline: float) -> Failure | None:
        """Start extensions, then the runtime, and wait until all are ready.

        Args:
            deadline: Of the monotonic clock.

        Returns:
            Why it did not come to that; of kind `timeout` when only the time was over.

        Raises:
            KeeperError: There can be no processes.
        """
        api = f"{HOST}:{self._server.port}"
        theirs = extension_variables(self.deployed, self.files, self.around, api)
        for number, program in enumerate(self.files.extensions):
            if number == MOST_EXTENSIONS:
                self.conversation.launch_failed(program.name, "TooManyExtensions", "ErrTooManyExtensions")
            if self.conversation.failure() is not None:
                break
            self._start_extension(program, theirs)
        if self.conversation.registered(deadline):
            self._start_runtime(runtime_variables(self.deployed, self.files, self.around, api))
        if self.conversation.ready(deadline):
            return None
        return self.conversation.failure() or Failure("timeout", "")

    def shut_down(self, reason: str) -> None:
        """End all processes as Lambda does, and the APIs with them.

        Args:
            reason: spindown, timeout or failure.
        """
        self._ending = True
        external = [each.name for each in self.conversation.extensions if each.external]
        budget = 0.0
        if self.conversation.extensions:
            budget = _EXTERNAL_BUDGET if external else _INTERNAL_BUDGET
        deadline = time.monotonic() + budget
        if self._runtime is not None and self._runtime.status is None:
            if budget:
                self._runtime.signal(signal.SIGTERM)
                self._runtime.wait(budget * _RUNTIME_SHARE)
            self._runtime.signal()
        if self._extensions:
            self._shut_extensions(reason, deadline)
        self.kill()

    def kill(self) -> None:
        """End all processes at once, and the APIs with them."""
        self._ending = True
        started = [each for each in (self._runtime, *self._extensions.values()) if each is not None]
        for process in started:
            process.signal()
        self.conversation.close()
        self._server.close()
        for process in started:
            process.wait(_GONE)

    def peak(self) -> int:
        """Return the most memory that its processes have had resident, in bytes."""
        started = (self._runtime, *self._extensions.values())
        return sum(process.peak() for process in started if process is not None)

    def _start_extension(self, program: Program, variables: dict[str, str]) -> None:
        def ended(status: int) -> None:
            if not self._ending:
                self.conversation.extension_ended(program.name, ending.of_extension(status))

        try:
            process = self.processes.start(program.argv, variables, self.files.opt, self.log.output, ended)
        except OSError as failed:
            kind = "PermissionDenied" if isinstance(failed, PermissionError) else "UnknownError"
            self.conversation.launch_failed(program.name, kind, self._worded(program.argv[0], failed))
        else:
            self._extensions[program.name] = process

    def _start_runtime(self, variables: dict[str, str]) -> None:
        def ended(status: int) -> None:
            if not self._ending:
                self.conversation.runtime_ended(ending.of_runtime(status))

        files, stepped = self.files, self.around.clock is not None
        try:
            runtime, handler = self.deployed.runtime, self.deployed.handler
            options = self.deployed.variables.get("NODE_OPTIONS", "")
            argv = command(runtime, handler, files.task, files.opt, node_options=options, stepped=stepped)
        except UnsupportedError as reason:
            self.conversation.fail(Failure("Runtime.InvalidEntrypoint", str(reason)))
            return
        try:
            self._runtime = self.processes.start(argv, variables, files.task, self.log.output, ended)
        except OSError as failed:
            self.conversation.fail(Failure("Runtime.InvalidEntrypoint", self._worded(argv[0], failed)))

    def _worded(self, program: str, failed: OSError) -> str:
        """Say in Go's words why a program could not be started, by its place on Lambda."""
        place = program.replace(str(self.files.task), "/var/task").replace(str(self.files.opt), "/opt")
        return f"fork/exec {place}: {(failed.strerror or '').lower()}"

    def _shut_extensions(self, reason: str, deadline: float) -> None:
        """Tell those that want to hear it, and kill each at the deadline at the latest."""
        event = {"eventType": "SHUTDOWN", "deadlineMs": self._wall_ms(deadline), "shutdownReason": reason}
        told = self.conversation.tell_shutdown(event)
        for name, process in self._extensions.items():
            if name not in told:
                process.signal()
        for name in told:
            process = self._extensions[name]
            process.wait(max(0.0, deadline - time.monotonic()))
            process.signal()

    def _wall_ms(self, deadline: float) -> int:
        """Return a time of the monotonic clock as milliseconds of Unix time, by the clock of the processes."""
        return round((time.time() + self.around.ahead() + deadline - time.monotonic()) * 1000)
