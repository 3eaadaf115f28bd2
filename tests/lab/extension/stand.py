"""What stands around the extension in a test: an Extensions API, two AWS services, and the process itself."""

from __future__ import annotations

import json
import queue
import signal
import socket
import ssl
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from secrets import randbelow
from typing import Any

import smsl

ROOT = Path(smsl.__file__).parent.parent
START = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from smsl.lab.extension.main import main; main()"
PATIENCE = 20.0
TOKEN = "session-of-a-test"
SECRET_PATH = "/secretsmanager/get"
PARAMETER_PATH = "/systemsmanager/parameters/get"


class Server:
    """A small HTTP server: `respond` gets method, path, headers and body, and returns an answer or None to hang up."""

    def __init__(
        self,
        respond: Callable[[str, str, Mapping[str, str], bytes], bytes | None],
        lasting: bool = True,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._respond = respond
        self._lasting = lasting
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        self.lock = threading.Lock()
        self.open: set[socket.socket] = set()
        self.most_open = 0
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def _start(self, target: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self.open.add(connection)
                self.most_open = max(self.most_open, len(self.open))
            self._start(self._converse, connection)

    def _converse(self, connection: socket.socket) -> None:
        try:
            if self._tls:
                with self.lock:
                    self.open.discard(connection)
                    connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
                    self.open.add(connection)
                connection.do_handshake()
            with connection.makefile("rb") as reader:
                while first := reader.readline():
                    method, path, _ = first.decode().split()
                    headers = {}
                    while (line := reader.readline().decode("latin-1").strip()) != "":
                        name, _, value = line.partition(":")
                        headers[name.lower()] = value.strip()
                    body = reader.read(int(headers.get("content-length", 0)))
                    answer = self._respond(method, path, headers, body)
                    if answer is None:
                        return
                    connection.sendall(answer)
                    if not self._lasting or b"connection: close" in answer.lower():
                        return
        except (OSError, ValueError):
            return
        finally:
            with self.lock:
                self.open.discard(connection)
            connection.close()

    def close(self) -> None:
        """End it, and every connection to it."""
        for each in (self._listener, *self.open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            if each is self._listener:
                each.close()
        for thread in self._threads:
            thread.join(PATIENCE)


def written(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status} Answer", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Lambda:
    """The Extensions API of one environment."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, Mapping[str, str], bytes]] = []
        """Method, path, headers and body of all but event/next."""
        self.registration = 200
        """The status that registering is answered with."""
        self._events: queue.Queue[bytes | None] = queue.Queue()
        self._asked: queue.Queue[str] = queue.Queue()
        self._server = Server(self._respond)
        self.address = f"127.0.0.1:{self._server.port}"

    def _respond(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes | None:
        operation = path.removeprefix("/2020-01-01/extension/")
        if (method, operation) == ("GET", "event/next"):
            self._asked.put(headers.get("lambda-extension-identifier", ""))
            event = self._events.get()
            return None if event is None else written(200, event)
        self.heard.append((method, operation, headers, body))
        if operation == "register":
            return written(self.registration, b"{}", {"Lambda-Extension-Identifier": "identifier-of-a-test"})
        return written(202, b"{}")

    def wait(self) -> str:
        """Wait until the extension asks for an event; returns the identifier it gives."""
        return self._asked.get(timeout=PATIENCE)

    def invoke(self) -> None:
        """Invoke the function, and wait until the extension asks for the next event."""
        self._events.put(json.dumps({"eventType": "INVOKE", "deadlineMs": 0, "requestId": "1"}).encode())
        self.wait()

    def shut_down(self) -> None:
        self._events.put(json.dumps({"eventType": "SHUTDOWN", "shutdownReason": "SPINDOWN"}).encode())

    def say(self, event: bytes) -> None:
        self._events.put(event)

    def vanish(self) -> None:
        self._events.put(None)
        self._server.close()


Reply = Callable[[str, dict[str, Any]], Any]
"""Operation and members to (status, members or bytes[, headers]), or None to hang up."""


class Aws:
    """Secrets Manager and Parameter Store, answering whatever `reply` says."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.requests: list[tuple[str, str, Mapping[str, str], bytes]] = []
        self.reply: Reply = lambda operation, members: (400, {"__type": "ResourceNotFoundException"})
        self.at_once = 0
        self.most_at_once = 0
        self.server = Server(self._respond)
        self.url = f"http://127.0.0.1:{self.server.port}"

    def _respond(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes | None:
        operation = headers["x-amz-target"].rpartition(".")[2]
        members = json.loads(body)
        with self.server.lock:
            self.calls.append((operation, members))
            self.requests.append((method, path, headers, body))
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            reply = self.reply(operation, members)
        finally:
            with self.server.lock:
                self.at_once -= 1
        if reply is None:
            return None
        status, answer, *headers_too = reply
        text = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        head = {"x-amzn-RequestId": "00000000-0000-4000-8000-000000000000", **(headers_too[0] if headers_too else {})}
        return written(status, text, head)

    def forget(self) -> None:
        self.calls.clear()
        self.requests.clear()


class Clock:
    """The file that steps the extension's clock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offset = 0.0
        self.step(0.0)

    def step(self, seconds: float) -> None:
        self._offset += seconds
        self.path.write_bytes(struct.pack("<d", self._offset))


class Extension:
    """The process."""

    def __init__(self, environment: Mapping[str, str], port: int) -> None:
        self.port = port
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", START],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env=dict(environment),
        )
        self.said = b""
        """All of the log, when the process has ended."""

    def ask(
        self, target: str, token: str | None = TOKEN, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Send one request on a connection of its own, and return status and body."""
        sent = dict(headers or {})
        if token is not None:
            sent["X-Aws-Parameters-Secrets-Token"] = token
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, target, headers=sent)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def secret(self, name: str) -> Any:
        status, body = self.ask(f"{SECRET_PATH}?secretId={name}")
        return json.loads(body)["SecretString"] if status == 200 else body.decode()

    def parameter(self, name: str) -> Any:
        status, body = self.ask(f"{PARAMETER_PATH}?name={name}")
        return json.loads(body)["Parameter"]["Value"] if status == 200 else body.decode()

    def end(self) -> int:
        """Wait for the end of the process; its standard error must be empty."""
        self.said, errors = self.process.communicate(timeout=PATIENCE)
        assert errors == b""
        return self.process.returncode

    def lines(self) -> list[str]:
        """The log without what stands before the levels, when the process has ended."""
        prefix = "[AWS Parameters and Secrets Lambda Extension] "
        lines = self.said.decode().splitlines()
        assert all(line.startswith(prefix) for line in lines)
        return [line.removeprefix(prefix)[len("2024/06/26 02:34:50 ") :] for line in lines]


class Stand:
    """Everything together; `start` makes a process that is torn down with the test."""

    def __init__(self) -> None:
        self.runtime = Lambda()
        self.aws = Aws()
        self._made: list[Extension] = []

    def start(self, ready: bool = True, **settings: str) -> Extension:
        """Start the extension; ready ones have seen an INVOKE."""
        port = int(settings.get("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", 0)) or free_port()
        environment = {
            "AWS_LAMBDA_RUNTIME_API": self.runtime.address,
            "AWS_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "AWS_SESSION_TOKEN": TOKEN,
            "AWS_ENDPOINT_URL": self.aws.url,
            "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT": str(port),
            **settings,
        }
        extension = Extension({name: value for name, value in environment.items() if value != "unset"}, port)
        self._made.append(extension)
        if ready:
            assert self.runtime.wait() == "identifier-of-a-test"
            self.runtime.invoke()
        return extension

    def close(self) -> None:
        for each in self._made:
            if each.process.poll() is None:
                each.process.send_signal(signal.SIGKILL)
            if not each.said:
                each.process.communicate(timeout=PATIENCE)
        self.runtime.vanish()
        self.aws.server.close()


@contextmanager
def standing() -> Iterator[Stand]:
    stand = Stand()
    try:
        yield stand
    finally:
        stand.close()


def free_port() -> int:
    """Draw a port below those that the system gives to connections, so that none of them takes it meanwhile."""
    while True:
        port = 10_000 + randbelow(20_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def secret_answer(name: str, value: str | None = None, **members: Any) -> dict[str, Any]:
    """What Secrets Manager answers, with the date as its protocol has it."""
    return {
        "ARN": f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:{name}-AbCdEf",
        "CreatedDate": 1668586960.499,
        "Name": name,
        "SecretString": value,
        "VersionId": "11111111-1111-4111-8111-111111111111",
        "VersionStages": ["AWSCURRENT"],
        **members,
    }


def parameter_answer(name: str, value: str, **members: Any) -> dict[str, Any]:
    return {
        "Parameter": {
            "ARN": f"arn:aws:ssm:eu-west-1:123456789012:parameter/{name.lstrip('/')}",
            "DataType": "text",
            "LastModifiedDate": 1668586960.499,
            "Name": name,
            "Type": "String",
            "Value": value,
            "Version": 1,
            **members,
        }
    }


def holding(values: Mapping[str, str]) -> Reply:
    """A service that holds these values, as secrets and as parameters."""

    def reply(operation: str, members: dict[str, Any]) -> Any:
        name = members.get("SecretId") or members.get("Name") or ""
        if name not in values:
            return 400, {"__type": "ResourceNotFoundException", "message": "it is not there"}
        answer = secret_answer if operation == "GetSecretValue" else parameter_answer
        return 200, answer(name, values[name])

    return reply
