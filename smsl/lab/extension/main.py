"""The extension as Lambda starts it: bind, register, wait for events, leave.

What a first request needs (threads, JSON, hashes) is imported after the first event has been asked for: by then the
extension counts as initialised, as the binary does when it has run through the same steps.

Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
"""

from __future__ import annotations

import os

from smsl.lab.extension.log import Log
from smsl.lab.extension.runtime import Runtime
from smsl.lab.extension.settings import Settings, read_settings
from smsl.lab.extension.wire import listen

VERSION = "1.0.94"
"""The version of the extension whose log lines were published; the emulator has none of its own."""


def main() -> None:
    """Run until Lambda says SHUTDOWN, and end the process there and then, whatever its threads are at."""
    try:
        status = _run(dict(os.environ))
    except KeyboardInterrupt:
        status = 130
    os._exit(status)


def _run(environment: dict[str, str]) -> int:
    """Return the exit status."""
    settings, first, lines = read_settings(environment)
    log = Log(settings.level)
    log.open(first)
    for level, text in lines:
        log.write(level, text)
    log.write("INFO", f"Systems Manager Parameter Store and Secrets Manager Lambda Extension {VERSION}")
    try:
        return _live(settings, environment, log)
    except (OSError, ValueError) as lost:
        log.write("ERROR", f"the Extensions API is gone: {lost}")
        return 1


def _live(settings: Settings, environment: dict[str, str], log: Log) -> int:
    """Start and follow the events.

    Raises:
        OSError: The Extensions API is gone.
        ValueError: It says what nobody understands.
    """
    problem = ""
    try:
        listener = listen(settings.port)
        log.write("INFO", f"Serving on port {settings.port}")
    except OSError as taken:
        problem = f"cannot serve on port {settings.port}: {taken.strerror}"
    runtime = Runtime(environment.get("AWS_LAMBDA_RUNTIME_API", ""))
    runtime.register()
    if problem:
        return _give_up(runtime, log, "init", "Extension.PortUnavailable", problem)
    runtime.ask()

    import json

    from smsl.lab.extension.desk import Desk
    from smsl.lab.extension.server import serve

    try:
        desk = Desk(settings, environment, log)
    except (OSError, ValueError) as unusable:
        return _give_up(runtime, log, "exit", "Extension.ConfigurationInvalid", str(unusable))
    serve(listener, desk)
    while True:
        event = json.loads(runtime.event())
        if isinstance(event, dict) and event.get("eventType") == "SHUTDOWN":
            return 0
        if not desk.ready:
            desk.ready = True
            log.write("INFO", "ready to serve traffic")
        runtime.ask()


def _give_up(runtime: Runtime, log: Log, phase: str, kind: str, problem: str) -> int:
    log.write("ERROR", problem)
    runtime.fail(phase, kind)
    return 1
