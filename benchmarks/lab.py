"""Measure the lab's Lambda beside the bare runtime client, and AWS's own runtime interface emulator, in one run.

Usage: lab.py [--check] [--runs N] [--rie PATH | --rie get]
With --check the README is left alone, and a figure over its limit ends the run with exit code 1.
With --rie AWS's emulator is measured, too: PATH is its binary; `get` takes it out of the wheel of aws-sam-cli.

The floor is the same runtime client on the same handler, started by hand, with nothing of Lambda about it: a socket
that hands it an event and waits for its answer. Cold is from the start of the process, or from the request that makes
Lambda start one, to the answer; warm from the event, or the request, to the answer. All are asked in turn, so a
machine that slows down slows all of them.
"""

from __future__ import annotations

import argparse
import http.client
import io
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from machine import allowed
from tabulate import tabulate

from smsl.lab.account import Lab, embedded
from smsl.lab.functions.runtimes import has_aws_client
from smsl.lab.stage import make_role, open_stage

HERE = Path(__file__).parent
README = HERE / "README.md"
COLD_LIMIT = 1.2
"""Of the bare client's cold start."""
WARM_LIMIT = 2.0
"""Milliseconds more than the bare client's warm invocation, on a machine as fast as usual."""
HANDLERS = {
    "hello": "def handler(event, context):\n    return {'ok': True}\n",
    "imports boto3": "import boto3\n\ndef handler(event, context):\n    return {'ok': True}\n",
}
RUNTIME = "python3.12"
"""From 3.12 on the client waits for its next event in another way; a variable of Lambda's tells it its runtime."""
SCOPE = "AKIAIOSFODNN7EXAMPLE/20261127/eu-west-1/lambda/aws4_request"
EVENT = b'{"a": 1}'


@dataclass
class Times:
    """What was measured of one way to run a handler. Seconds."""

    cold: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)


class Bare:
    """A runtime client started by hand, and a socket that speaks just enough of the Runtime API to it."""

    def __init__(self, directory: Path) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self._environment = environment(directory) | {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}"}
        self._directory = directory
        self._connections: list[tuple[socket.socket, io.BufferedReader]] = []

    def cold(self) -> float:
        """Start it, give it an event, and return the seconds to its answer."""
        start = time.perf_counter()
        self._process = subprocess.Popen(command(), cwd=self._directory, env=self._environment)
        self._ask()
        return time.perf_counter() - start

    def warm(self) -> float:
        """Give it an event and return the seconds to its answer."""
        self._await_next()
        start = time.perf_counter()
        self._give()
        self._await_answer()
        return time.perf_counter() - start

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        for connection, reader in self._connections:
            reader.close()
            connection.close()
        self._connections = []

    def close(self) -> None:
        """Close the socket."""
        self._listener.close()

    def _ask(self) -> None:
        self._accept()
        self._await_next()
        self._give()
        self._await_answer()

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connections.append((connection, connection.makefile("rb")))

    def _await_next(self) -> None:
        first, _ = self._request()
        assert first.startswith("GET"), first

    def _give(self) -> None:
        head = (
            "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n"
            f"Lambda-Runtime-Deadline-Ms: {int(time.time() * 1000) + 10000}\r\n"
            "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-west-1:123456789012:function:bare\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(EVENT)}\r\n\r\n"
        )
        self._connections[-1][0].sendall(head.encode() + EVENT)

    def _await_answer(self) -> None:
        first, _ = self._request()
        assert "/response" in first, first
        body = b'{"status":"OK"}'
        head = f"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self._connections[-1][0].sendall(head.encode() + body)

    def _request(self) -> tuple[str, bytes]:
        """Read a request from the last connection; the client may open a new one for it."""
        reader = self._connections[-1][1]
        first = reader.readline().decode()
        if not first:
            self._accept()
            return self._request()
        length = 0
        while line := reader.readline().strip():
            name, _, value = line.decode().partition(":")
            length = int(value) if name.lower() == "content-length" else length
        return first, reader.read(length)


class InLab:
    """The same handler, deployed in the lab and invoked through its front."""

    def __init__(self, lab: Lab, name: str, code: str) -> None:
        self._functions = open_stage(lab.url).functions
        self._name = name
        self._number = 0
        port = int(lab.url.rpartition(":")[2])
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._functions.create_function(
            FunctionName=name, Role="arn:aws:iam::123456789012:role/bench", Runtime=RUNTIME,
            Handler="app.handler", Code={"ZipFile": zipped(code)}, Timeout=30,
        )  # fmt: skip

    def cold(self) -> float:
        """Have it started anew and return the seconds from the request to its answer."""
        self._number += 1
        variables = {"NUMBER": str(self._number)}
        self._functions.update_function_configuration(FunctionName=self._name, Environment={"Variables": variables})
        return self.warm()

    def warm(self) -> float:
        """Invoke it and return the seconds from the request to its answer."""
        start = time.perf_counter()
        self._connection.request(
            "POST", f"/2015-03-31/functions/{self._name}/invocations", EVENT,
            {"Authorization": f"AWS4-HMAC-SHA256 Credential={SCOPE}"},
        )  # fmt: skip
        answer = self._connection.getresponse()
        body = answer.read()
        took = time.perf_counter() - start
        assert (answer.status, answer.getheader("X-Amz-Function-Error")) == (200, None), body
        return took

    def stop(self) -> None:
        """Nothing: the next cold start ends it."""

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class Rie:
    """The same handler under AWS's own emulator of the runtime interface."""

    def __init__(self, binary: Path, directory: Path) -> None:
        self._binary, self._directory = binary, directory

    def cold(self) -> float:
        """Start the emulator, which starts the handler with the first request; return the seconds from that."""
        self._port, api = free_port(), free_port()
        self._process = subprocess.Popen(
            [
                self._binary, "--runtime-interface-emulator-address", f"127.0.0.1:{self._port}",
                "--runtime-api-address", f"127.0.0.1:{api}", *command(),
            ],
            cwd=self._directory, env=environment(self._directory),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    break
            time.sleep(0.01)
        self._connection = http.client.HTTPConnection("127.0.0.1", self._port)
        return self.warm()

    def warm(self) -> float:
        """Invoke it and return the seconds from the request to its answer."""
        start = time.perf_counter()
        self._connection.request("POST", "/2015-03-31/functions/function/invocations", EVENT)
        body = self._connection.getresponse().read()
        took = time.perf_counter() - start
        assert b"ok" in body, body
        return took

    def stop(self) -> None:
        """End it."""
        self._connection.close()
        self._process.kill()
        self._process.wait()
        subprocess.run(["pkill", "-9", "-f", "awslambdaric app.handler"], check=False)

    def close(self) -> None:
        """Nothing."""


def command() -> list[str]:
    """Return what starts the runtime client."""
    return [sys.executable, "-m", "awslambdaric", "app.handler"]


def environment(directory: Path) -> dict[str, str]:
    """Return what the client needs, and nothing of this process's own."""
    return {
        "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(directory), "PYTHONDONTWRITEBYTECODE": "1",
        "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", ""), "_HANDLER": "app.handler",
        "AWS_REGION": "eu-west-1", "AWS_EXECUTION_ENV": f"AWS_Lambda_{RUNTIME}",
        "AWS_LAMBDA_FUNCTION_NAME": "bare", "LAMBDA_TASK_ROOT": str(directory),
    }  # fmt: skip


def zipped(code: str) -> bytes:
    """Return a package of one module."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo("app.py", (2026, 1, 1, 0, 0, 0)), code)
    return file.getvalue()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def rie_binary(asked: str, directory: Path) -> Path:
    """Return AWS's emulator: a file, or out of the wheel of aws-sam-cli."""
    if asked != "get":
        return Path(asked)
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", directory, "aws-sam-cli"],
        check=True,
    )
    (wheel,) = directory.glob("aws_sam_cli-*.whl")
    name = f"samcli/local/rapid/aws-lambda-rie-{ {'aarch64': 'arm64'}.get(platform.machine(), platform.machine()) }"
    with zipfile.ZipFile(wheel) as archive:
        binary = Path(archive.extract(name, directory))
    binary.chmod(0o755)
    return binary


@contextmanager
def runners(lab: Lab, name: str, code: str, rie: Path | None) -> Iterator[dict[str, Bare | InLab | Rie]]:
    """Make each way to run a handler ready."""
    with tempfile.TemporaryDirectory() as made:
        directory = Path(made)
        (directory / "app.py").write_text(code)
        ways: dict[str, Bare | InLab | Rie] = {
            "bare runtime client": Bare(directory),
            "lab": InLab(lab, name.replace(" ", "-"), code),
        }
        if rie is not None:
            ways["AWS's RIE"] = Rie(rie, directory)
        yield ways
        for way in ways.values():
            way.close()


def measure(lab: Lab, name: str, code: str, rie: Path | None, runs: int) -> dict[str, Times]:
    """Return the times of every way to run a handler, measured in turn."""
    with runners(lab, name, code, rie) as ways:
        found = {each: Times() for each in ways}
        for number in range(runs + 1):
            for each, way in ways.items():
                cold = way.cold()
                warm = [way.warm() for _ in range(20)]
                if number:  # the first fills the file system's caches
                    found[each].cold.append(cold)
                    found[each].warm += warm[5:]
                way.stop()
        return found


def ratio(ours: list[float], others: list[float]) -> float:
    """Return the median of the ratios, pair by pair."""
    return statistics.median(one / other for one, other in zip(ours, others, strict=True))


def main() -> None:
    """Measure, then check or record."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--rie")
    options = parser.parse_args()
    if not has_aws_client():
        print("AWS's runtime client has no build for this machine: there is nothing to measure the lab against.")
        return
    rows, failed, warm_limit = [], [], allowed(WARM_LIMIT)
    with ExitStack() as stack:
        lab = stack.enter_context(embedded(sample=False))
        make_role(open_stage(lab.url), "bench")
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        rie = rie_binary(options.rie, scratch) if options.rie else None
        for name, code in HANDLERS.items():
            found = measure(lab, name, code, rie, options.runs)
            floor = found["bare runtime client"]
            for way, times in found.items():
                cold, warm = ratio(times.cold, floor.cold), statistics.median(times.warm) * 1000
                more = warm - statistics.median(floor.warm) * 1000
                middle = f"{statistics.median(times.cold) * 1000:.0f}"
                rows.append([name, way, middle, f"{cold:.2f}", f"{warm:.2f}", f"{more:+.2f}"])
                if way == "lab" and cold > COLD_LIMIT:
                    failed.append(f"cold start, {name}: {cold:.2f} of the bare client's (limit {COLD_LIMIT})")
                if way == "lab" and more > warm_limit:
                    failed.append(f"warm invocation, {name}: {more:.2f} ms more (limit {warm_limit:.1f})")
    headings = ["handler", "run by", "cold, ms", "of the floor", "warm p50, ms", "more, ms"]
    text = tabulate(rows, headings, "github", disable_numparse=True)
    print(text)
    if options.check:
        print("\n".join(failed) or f"within the limits: {COLD_LIMIT} of the floor cold, {warm_limit:.1f} ms warm")
        sys.exit(bool(failed))
    record(text, options.runs)


def record(text: str, runs: int) -> None:
    """Write the table into the README, between its marks."""
    page = README.read_text()
    head, _, rest = page.partition("<!-- lab -->\n")
    _, _, tail = rest.partition("<!-- end lab -->")
    said = (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python"
        f" {platform.python_version()}, medians of {runs} cold starts and {runs * 15} warm invocations each, in turn."
    )
    README.write_text(f"{head}<!-- lab -->\n\n{said}\n\n{text}\n\n<!-- end lab -->{tail}")


if __name__ == "__main__":
    main()
