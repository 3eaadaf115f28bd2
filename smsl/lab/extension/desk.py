"""What the extension answers to a request: which call it stands for, from the cache or from the service.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping

from smsl.lab.extension.cache import Cache, Key
from smsl.lab.extension.caller import Caller, endpoint
from smsl.lab.extension.clock import Clock
from smsl.lab.extension.log import Log
from smsl.lab.extension.request import Request
from smsl.lab.extension.service import FailedError, Operation, Service
from smsl.lab.extension.settings import Settings
from smsl.lab.extension.shape import parameter_body, secret_body

_TOKEN = "x-aws-parameters-secrets-token"
_SECRET = Operation(
    "GetSecretValue", "secretsmanager", "secretsmanager.GetSecretValue", "Secrets Manager: GetSecretValue"
)
_PARAMETER = Operation("GetParameter", "ssm", "AmazonSSM.GetParameter", "SSM: GetParameter")


class Answer:
    """Status and body."""

    __slots__ = ("body", "status")

    def __init__(self, status: int, body: bytes) -> None:
        self.status = status
        self.body = body


_NOT_READY = Answer(400, b"not ready to serve traffic, please wait")
_FAILED = Answer(400, b"an unexpected error occurred while executing request")
_NOT_FOUND = Answer(404, b"Not found")
_NOT_ALLOWED = Answer(405, b"Not allowed")
_BAD_TOKEN = Answer(403, b"Bad Token")

Wanted = tuple[Key, Mapping[str, object]]
"""The key in the cache and the input of the call."""


class _Shelf:
    """One of the two services: how a request names an item, how long an item is kept, how it is written."""

    __slots__ = ("service", "ttl", "wanted", "written")

    def __init__(
        self,
        service: Service,
        ttl: int,
        wanted: Callable[[Request], Wanted],
        written: Callable[[Mapping[str, object]], bytes],
    ) -> None:
        self.service = service
        self.ttl = ttl
        self.wanted = wanted
        self.written = written


class Desk:
    """Answers requests, from as many threads as there are connections.

    Raises:
        OSError: The clock cannot be read.
        ValueError: An endpoint is not a URL.
    """

    def __init__(self, settings: Settings, environment: dict[str, str], log: Log) -> None:
        self.ready = False
        """Whether the first INVOKE event has come."""
        self._log = log
        caller = Caller(environment)
        self._token = caller.token.encode()
        self._cache = Cache(settings.cache_size, Clock(environment.get("SMSL_LAB_CLOCK", "")))
        secrets = Service(
            _SECRET,
            endpoint(environment, "SECRETS_MANAGER", "secretsmanager"),
            caller,
            settings.connections,
            settings.secrets_timeout,
        )
        parameters = Service(
            _PARAMETER,
            endpoint(environment, "SSM", "ssm"),
            caller,
            settings.connections,
            settings.parameters_timeout,
        )
        secret_shelf = _Shelf(secrets, settings.secrets_ttl, _wanted_secret, secret_body)
        parameter_shelf = _Shelf(parameters, settings.parameters_ttl, _wanted_parameter, parameter_body)
        self._shelves = {
            "/secretsmanager/get": secret_shelf,
            "/systemsmanager/parameters/get": parameter_shelf,
            "/systemsmanager/parameters/get/": parameter_shelf,
        }

    def answer(self, request: Request) -> Answer:
        """Answer a request."""
        shelf = self._shelves.get(request.path)
        if shelf is None:
            return _NOT_FOUND
        if request.method != "GET":
            return _NOT_ALLOWED
        if not self.ready:
            return _NOT_READY
        shown = request.headers.get(_TOKEN, "").encode("latin-1")
        if not self._token or not hmac.compare_digest(shown, self._token):
            return _BAD_TOKEN
        try:
            key, members = shelf.wanted(request)
        except ValueError as missing:
            operation = shelf.service.operation
            self._report(operation, FailedError(f"operation error {operation.title}, {missing}"))
            return _FAILED
        try:
            return Answer(200, self._cache.read(key, shelf.ttl, lambda: self._fetched(shelf, members)))
        except FailedError:
            return _FAILED

    def _fetched(self, shelf: _Shelf, members: Mapping[str, object]) -> bytes:
        """Call the service.

        Raises:
            FailedError: It gave no answer, or none that can be handed on; the log has said so.
        """
        operation = shelf.service.operation
        try:
            answer = shelf.service.call(json.dumps(members).encode())
            try:
                return shelf.written(answer)
            except ValueError as wrong:
                raise FailedError(f"operation error {operation.title}, deserialization failed, {wrong}") from None
        except FailedError as failed:
            self._report(operation, failed)
            raise

    def _report(self, operation: Operation, failed: FailedError) -> None:
        self._log.write("ERROR", f"{operation.name} request encountered an error: {failed}")


def _wanted_secret(request: Request) -> Wanted:
    """Return what a request for a secret asks for.

    Raises:
        ValueError: It names none.
    """
    given = _firsts(request)
    name, version, stage = (given.get(each, "") for each in ("secretId", "versionId", "versionStage"))
    if not name:
        raise ValueError("missing required field, GetSecretValueInput.SecretId")
    members: dict[str, object] = {"SecretId": name}
    if version:
        members["VersionId"] = version
    if stage:
        members["VersionStage"] = stage
    return ("secret", name, version, stage), members


def _wanted_parameter(request: Request) -> Wanted:
    """Return what a request for a parameter asks for.

    Of version and label the one that stands first counts; the API takes either as the end of the name.

    Raises:
        ValueError: It names none.
    """
    given = _firsts(request)
    name = given.get("name", "")
    if not name:
        raise ValueError("missing required field, GetParameterInput.Name")
    kind, selector = next(
        ((each, value) for each, value in given.items() if each in {"version", "label"} and value), ("", "")
    )
    decrypted = given.get("withDecryption", "").lower() == "true"
    members = {"Name": f"{name}:{selector}" if selector else name, "WithDecryption": decrypted}
    return ("parameter", name, kind, selector, str(decrypted)), members


def _firsts(request: Request) -> dict[str, str]:
    """Return the first value of each name, in the order of the names."""
    given: dict[str, str] = {}
    for name, value in request.query:
        given.setdefault(name, value)
    return given
