"""The extension's side of Lambda's Extensions API.

Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
"""

from __future__ import annotations

from smsl.lab.extension.wire import Response, Stream, dial

NAME = "AWSParametersAndSecretsLambdaExtension"
"""The file name of the extension, which is what it must register as."""

_BASE = "/2020-01-01/extension"
_EVENTS = b'{"events":["SHUTDOWN","INVOKE"]}'
"""In the order in which published logs list them."""
_ACCEPTED = 202


class Runtime:
    """A conversation with the Extensions API, on one connection that stays open while events are awaited.

    Raises:
        OSError: The API does not answer, or is gone.
        ValueError: It answers something else than the protocol.
    """

    __slots__ = ("_address", "_identifier", "_stream")

    def __init__(self, address: str) -> None:
        """Connect to a host and port, as in AWS_LAMBDA_RUNTIME_API."""
        self._address = address
        self._identifier = ""
        self._stream = self._connect()

    def register(self) -> None:
        """Register for INVOKE and SHUTDOWN."""
        self._send(self._stream, "POST", "register", {"Lambda-Extension-Name": NAME}, _EVENTS)
        answer = _expect(self._stream.response(), 200)
        self._identifier = answer.headers.get("lambda-extension-identifier", "")

    def ask(self) -> None:
        """Ask for the next event without waiting for it."""
        self._send(self._stream, "GET", "event/next", {"Lambda-Extension-Identifier": self._identifier})

    def event(self) -> bytes:
        """Wait for the event that was asked for, however long it takes."""
        return _expect(self._stream.response(), 200).body

    def fail(self, phase: str, kind: str) -> None:
        """Tell why the extension ends, on a connection of its own: the other may be waiting for an event.

        Args:
            phase: `init` until an event has been asked for, then `exit`.
            kind: The type of the error.
        """
        headers = {
            "Lambda-Extension-Identifier": self._identifier,
            "Lambda-Extension-Function-Error-Type": kind,
        }
        body = f'{{"errorMessage":"{kind}","errorType":"{kind}","stackTrace":[]}}'
        stream = self._connect()
        try:
            self._send(stream, "POST", f"{phase}/error", headers, body.encode())
            _expect(stream.response(), _ACCEPTED)
        finally:
            stream.close()

    def _connect(self) -> Stream:
        host, _, port = self._address.rpartition(":")
        return Stream(dial(host, int(port)))

    def _send(self, stream: Stream, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> None:
        lines = [f"{method} {_BASE}/{path} HTTP/1.1", f"Host: {self._address}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        stream.send("\r\n".join([*lines, "", ""]).encode("latin-1") + body)


def _expect(answer: Response, status: int) -> Response:
    if answer.status != status:
        raise ValueError(f"the Extensions API answered {answer.status}")
    return answer
