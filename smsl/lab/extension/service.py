"""One operation of one AWS service, called and repeated as the AWS SDK for Go does in its standard mode.

Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
"""

from __future__ import annotations

import json
import os
import time

from smsl.lab.extension.caller import Caller, Endpoint
from smsl.lab.extension.pool import Pool
from smsl.lab.extension.signature import Signer
from smsl.lab.extension.wire import Response, Stream, dial, time_left

ATTEMPTS = 3
_BACK_OFF = 0.05
"""Seconds; doubled before each further attempt, and any part of it is waited."""
_LONGEST_TIMEOUT = 24 * 60 * 60
"""Seconds, which is for ever in Lambda; more than a few years would overflow a socket's clock."""
_LONGEST_TEXT = 600
"""Characters of a service's error that reach the log."""
_PASSING_STATUSES = frozenset({500, 502, 503, 504})
_PASSING_CODES = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
"""Errors after which a call is repeated."""


class FailedError(Exception):
    """The call gave no answer; the text is for the log and holds nothing of a value."""


class Operation:
    """What is called, in the words of the protocol and of the SDK's errors."""

    __slots__ = ("name", "service", "target", "title")

    def __init__(self, name: str, service: str, target: str, title: str) -> None:
        self.name = name
        self.service = service
        """The signing name."""
        self.target = target
        """The X-Amz-Target header."""
        self.title = title
        """As the SDK's errors begin: `Secrets Manager: GetSecretValue`."""


class Service:
    """Calls one operation."""

    def __init__(self, operation: Operation, place: Endpoint, caller: Caller, connections: int, timeout: int) -> None:
        self.operation = operation
        self._place = place
        self._token = caller.token
        self._signer = Signer(caller.key_id, caller.key, caller.region, operation.service)
        self._timeout = min(timeout / 1000, _LONGEST_TIMEOUT)
        self._pool = Pool(self._connect, connections)

    def call(self, payload: bytes) -> dict[str, object]:
        """Call the operation with its input as JSON, and return what it answers.

        Raises:
            FailedError: There is no answer, or it is an error, after as many attempts as an error is worth.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self._attempt(payload)
            except (OSError, ValueError) as broken:
                passing, text = True, f"StatusCode: 0, RequestID: , request send failed, {self._cause(broken)}"
            else:
                if answer.status < 300:
                    return self._parsed(answer)
                code, message = _error(answer)
                passing = answer.status in _PASSING_STATUSES or code in _PASSING_CODES
                text = f"{_met(answer)}, api error {code}: {message}"
            if not passing:
                raise FailedError(f"operation error {self.operation.title}, https response error {text}")
            if attempt < ATTEMPTS:
                time.sleep(_BACK_OFF * 2**attempt * int.from_bytes(os.urandom(2), "big") / 65536)
        given_up = f"exceeded maximum number of attempts, {ATTEMPTS}, https response error {text}"
        raise FailedError(f"operation error {self.operation.title}, {given_up}")

    def _attempt(self, payload: bytes) -> Response:
        """Send the call once, the wait for a free connection within its time limit.

        Raises:
            OSError: The service does not answer in time, or at all.
            ValueError: It does not answer in HTTP.
        """
        deadline = time.monotonic() + self._timeout if self._timeout else None
        stream = self._pool.take(deadline)
        try:
            stream.deadline = deadline
            stream.send(self._message(payload))
            answer = stream.response()
        except BaseException:
            self._pool.drop(stream)
            raise
        if answer.lasting:
            self._pool.give_back(stream)
        else:
            self._pool.drop(stream)
        return answer

    def _message(self, payload: bytes) -> bytes:
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        headers = {
            "host": self._place.authority,
            "content-length": str(len(payload)),
            "content-type": "application/x-amz-json-1.1",
            "x-amz-date": moment,
            "x-amz-target": self.operation.target,
        }
        if self._token:
            headers["x-amz-security-token"] = self._token
        path = self._place.path
        headers["authorization"] = self._signer.authorization(path, headers, payload, moment)
        lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + payload

    def _connect(self, deadline: float | None) -> Stream:
        place = self._place
        connection = dial(place.host, place.port, deadline)
        if place.secure:
            import ssl  # half as long to import as all else together, and the lab has no use for it

            connection.settimeout(None if deadline is None else time_left(deadline))
            connection = ssl.create_default_context().wrap_socket(connection, server_hostname=place.host)  # type: ignore[arg-type]  # the C half of a socket has all that is asked of it
        return Stream(connection)

    def _parsed(self, answer: Response) -> dict[str, object]:
        try:
            members = json.loads(answer.body)
        except (ValueError, RecursionError):
            members = None
        if isinstance(members, dict):
            return members
        raise FailedError(
            f"operation error {self.operation.title}, https response error {_met(answer)},"
            " deserialization failed, failed to decode response body"
        )

    def _cause(self, broken: Exception) -> str:
        """Return the words for a call that got no answer."""
        if isinstance(broken, TimeoutError):
            why = "net/http: request canceled (Client.Timeout exceeded while awaiting headers)"
        elif isinstance(broken, ConnectionRefusedError):
            why = f"dial tcp {self._place.host}:{self._place.port}: connect: connection refused"
        elif isinstance(broken, OSError):
            why = broken.strerror or "EOF"
        else:
            why = "net/http: HTTP/1.x transport connection broken: malformed HTTP response"
        return f'Post "{self._place.url}": {why}'


def _met(answer: Response) -> str:
    return f"StatusCode: {answer.status}, RequestID: {_plain(answer.headers.get('x-amzn-requestid', ''))}"


def _error(answer: Response) -> tuple[str, str]:
    """Return code and message of an error of the JSON protocol.

    Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization
    """
    try:
        members = json.loads(answer.body)
    except (ValueError, RecursionError):
        members = None
    if not isinstance(members, dict):
        members = {}
    code = answer.headers.get("x-amzn-errortype") or members.get("__type") or members.get("code") or "UnknownError"
    message = members.get("message") or members.get("Message") or ""
    return _plain(str(code).partition(":")[0].rpartition("#")[2]), _plain(str(message))


def _plain(text: str) -> str:
    """Return one line of a text from outside, cut to what a log can bear."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:_LONGEST_TEXT])
