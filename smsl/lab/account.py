"""The embedded account: start it, use it, and it leaves without a trace.

with embedded() as lab:
    client = boto3.client("lambda", endpoint_url=lab.url, ...)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from smsl.model.errors import SmslError

REGION = "eu-west-1"
"""The region of the sample account."""
_ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"
"""The access key id of AWS's documentation: valid in form, nobody's."""
_SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
_PATIENCE = 10.0
"""Seconds for a control call, and for the process to leave."""


@dataclass(frozen=True, slots=True)
class Lab:
    """A running lab: its address, the environment that leads clients to it, and its controls."""

    url: str
    environment: Mapping[str, str]
    """What to add to the environment of a process that shall talk to the lab."""

    def calls(self, since: int = 0) -> list[dict[str, Any]]:
        """Return the calls so far, oldest first, all or those after number `since`.

        Each has n, service, operation, region, caller (the access key id), function, version and environment
        (of the lab's that made it; None for a caller from outside), key (equal for equal calls), started and
        ended (seconds of the monotonic clock; ended is None while the call lasts), status.
        """
        calls: list[dict[str, Any]] = self._control("GET", f"calls?since={since}")
        return calls

    def environments(self) -> dict[str, int]:
        """Return how many execution environments stand, by the function version's ARN."""
        standing: dict[str, int] = self._control("GET", "environments")
        return standing

    def runtimes(self) -> dict[str, str]:
        """Return in words what runs the functions of `python` and `nodejs` runtimes here."""
        described: dict[str, str] = self._control("GET", "runtimes")
        return described

    def forget_calls(self) -> None:
        """Empty the list of calls."""
        self._control("DELETE", "calls")

    def set_faults(self, *faults: Mapping[str, Any]) -> None:
        """Spoil calls from now on, in place of the faults so far.

        A fault has a kind (refuse, throttle, fail, hang, garbage) and may have service, operation, seconds (of a
        hang) and rate (the share of calls that it spoils).

        Raises:
            SmslError: A fault has another form.
        """
        self._control("PUT", "faults", list(map(dict, faults)))

    def clear_faults(self) -> None:
        """Answer every call again, and let go of those that hang."""
        self._control("DELETE", "faults")

    def set_latency(self, milliseconds: float, p99: float | None = None, service: str = "*") -> None:
        """Have every call of a service, or of all, take this many milliseconds more.

        With a 99th percentile, the first is the median of a log-normal distribution.
        """
        self._control("PUT", "latency", {"milliseconds": milliseconds, "p99": p99, "service": service})

    def seed(self, number: int) -> None:
        """Draw delays and faults from a seed on, the same for the same calls in the same order."""
        self._control("PUT", "seed", {"seed": number})

    def set_clock(self, seconds: float) -> None:
        """Set the clock of functions and their extension ahead of this machine's, so that no test need sleep.

        The first time it makes clocks steppable, and every environment that stands is replaced.
        """
        self._control("PUT", "clock", {"seconds": seconds})

    def empty(self) -> None:
        """Forget everything that the account holds, so that another can be built in its place."""
        self._control("DELETE", "account")

    def _control(self, method: str, what: str, content: object = None) -> Any:
        address = urlsplit(self.url)
        connection = HTTPConnection(address.hostname or "", address.port, timeout=_PATIENCE)
        try:
            body = None if content is None else json.dumps(content)
            connection.request(method, f"/_lab/{what}", body, {"connection": "close"})
            answered = connection.getresponse()
            text = answered.read()
        finally:
            connection.close()
        if answered.status != 200:
            raise SmslError(
                f"The lab refused to set its {what}.", "A fault has kind, service, operation, seconds, rate."
            )
        return json.loads(text)


def check_extension(binary: Path | None) -> None:
    """Make sure that the extension's binary can be started, if one is given.

    Raises:
        SmslError: It cannot.
    """
    if binary is not None and not (binary.is_file() and os.access(binary, os.X_OK)):
        raise SmslError("The extension's binary is not there, or not executable.", "Check --extension-binary.")


@contextmanager
def embedded(sample: bool = True, port: int = 0, extension: Path | None = None) -> Iterator[Lab]:
    """Run the embedded AWS, with the sample account in it, for the length of a with block.

    Args:
        sample: Whether to fill the account with the sample functions.
        port: Port on 127.0.0.1; 0 takes a free one.
        extension: AWS's own extension binary, to run in place of the emulated one.

    Raises:
        SmslError: moto is not installed, or the port is taken.
    """
    if find_spec("moto") is None:
        raise SmslError("The embedded AWS needs moto.", "Install the extra: smsl-aws[lab].")
    process = _start(port, extension)
    try:
        if sample:
            import boto3  # noqa: F401 - imported while the other process imports moto
        lab = _ready(process)
        if sample:
            from smsl.lab.sample import seed

            seed(lab.url)
            lab.forget_calls()
        yield lab
    finally:
        _stop(process)


def _start(port: int, extension: Path | None) -> subprocess.Popen[bytes]:
    """Start the lab's process with the modules of this one, deaf to the terminal's interrupts."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    command = [sys.executable, "-P", "-W", "ignore", "-m", "smsl.lab.serve", str(port)]
    if extension is not None:
        command.append(str(extension.absolute()))
    return subprocess.Popen(  # noqa: S603 - this interpreter and a module of this package
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )


def _ready(process: subprocess.Popen[bytes]) -> Lab:
    line = process.stdout.readline() if process.stdout else b""
    said = json.loads(line) if line.strip() else {"error": "it ended without a word"}
    if "port" not in said:
        raise SmslError(f"The embedded AWS did not start: {said['error']}.", "Try another port.")
    url = f"http://127.0.0.1:{said['port']}"
    environment = {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": _ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": _SECRET_KEY,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "no_proxy": "127.0.0.1",  # where both are there, this one counts
        "NO_PROXY": "127.0.0.1",
    }
    return Lab(url, MappingProxyType(environment))


def _stop(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream:
            stream.close()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
