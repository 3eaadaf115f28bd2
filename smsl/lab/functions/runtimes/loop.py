"""A small runtime for Python handlers, where AWS's own client has no build: the same questions, the same answers.

Run as ``python loop.py module.function``; the standard library only, and nothing of this package.

Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html and
https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable
from http.client import HTTPConnection, HTTPResponse
from typing import Any

_BASE = "/2018-06-01/runtime"


class FaultError(Exception):
    """A handler that cannot be used: Lambda's name for why, and the words."""

    def __init__(self, kind: str, text: str, trace: list[str] | None = None) -> None:
        super().__init__(text)
        self.kind = kind
        self.trace = trace or []


class Identity:
    """The Cognito identity of the caller, which the lab never has."""

    cognito_identity_id = None
    cognito_identity_pool_id = None


class Client:
    """The application that invokes, as its context describes it."""

    def __init__(self, content: dict[str, Any]) -> None:
        for name in ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"):
            setattr(self, name, content.get(name))


class ClientContext:
    """What the caller gave along."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.custom = content.get("custom")
        self.env = content.get("env")
        client = content.get("client")
        self.client = None if client is None else Client(client)


class Context:
    """What a handler is told of its invocation."""

    def __init__(self, answer: HTTPResponse) -> None:
        self.aws_request_id = answer.getheader("Lambda-Runtime-Aws-Request-Id", "")
        self.invoked_function_arn = answer.getheader("Lambda-Runtime-Invoked-Function-Arn")
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.identity = Identity()
        client = answer.getheader("Lambda-Runtime-Client-Context")
        self.client_context = ClientContext(json.loads(client)) if client else None
        self._deadline = int(answer.getheader("Lambda-Runtime-Deadline-Ms", "0"))

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds that are left."""
        return max(0, self._deadline - int(time.time() * 1000))


def main(handler: str) -> None:
    """Serve invocations until the environment ends."""
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 -- pathlib would be one more import before every handler
    logging.basicConfig(format="[%(levelname)s]\t%(asctime)s\t%(message)s", stream=sys.stdout)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # it is a file, or it is a pipe
    connection = HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        function = _load(handler)
    except Exception as error:  # noqa: BLE001 -- whatever a module raises, Lambda is told
        said = _error(error, "")
        _post(connection, f"{_BASE}/init/error", said, str(said["errorType"]))
        sys.exit(1)
    while True:
        _serve(connection, function)


def _serve(connection: HTTPConnection, function: Callable[[Any, Context], Any]) -> None:
    connection.request("GET", f"{_BASE}/invocation/next")
    answer = connection.getresponse()
    event = answer.read()
    context = Context(answer)
    trace = answer.getheader("Lambda-Runtime-Trace-Id")
    if trace:
        os.environ["_X_AMZN_TRACE_ID"] = trace
    place = f"{_BASE}/invocation/{context.aws_request_id}"
    try:
        said = _marshalled(function(_event(event), context))
    except Exception as error:  # noqa: BLE001 -- as above
        _post(connection, f"{place}/error", _error(error, context.aws_request_id))
        return
    connection.request("POST", f"{place}/response", said)
    connection.getresponse().read()


def _load(handler: str) -> Callable[[Any, Context], Any]:
    module, dot, name = handler.rpartition(".")
    if not dot:
        why = "not enough values to unpack (expected 2, got 1)"
        raise FaultError("Runtime.MalformedHandlerName", f"Bad handler '{handler}': {why}")
    try:
        loaded = importlib.import_module(module.replace("/", "."))
    except ImportError as error:
        raise FaultError("Runtime.ImportModuleError", f"Unable to import module '{module}': {error}") from None
    except SyntaxError as error:
        where = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        raise FaultError("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module}': {error}", where) from None
    try:
        function: Callable[[Any, Context], Any] = getattr(loaded, name)
    except AttributeError:
        raise FaultError("Runtime.HandlerNotFound", f"Handler '{name}' missing on module '{module}'") from None
    return function


def _event(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise FaultError("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from None


def _marshalled(result: object) -> bytes:
    if isinstance(result, bytes):
        return result
    try:
        return json.dumps(result, ensure_ascii=False).encode()
    except (TypeError, ValueError) as error:
        raise FaultError("Runtime.MarshalError", f"Unable to marshal response: {error}") from None


def _error(error: Exception, request: str) -> dict[str, object]:
    if isinstance(error, FaultError):
        kind, trace = error.kind, error.trace
    else:
        own = traceback.extract_tb(error.__traceback__)
        kind, trace = type(error).__name__, traceback.format_list([row for row in own if row.filename != __file__])
    lines = [f"[ERROR] {kind}: {error}", *(["Traceback (most recent call last):", *trace] if trace else [])]
    print("\n".join(line.rstrip("\n") for line in lines))  # noqa: T201 -- a runtime's log is its output
    return {"errorMessage": str(error), "errorType": kind, "requestId": request, "stackTrace": trace}


def _post(connection: HTTPConnection, place: str, content: dict[str, object], kind: str = "") -> None:
    headers = {"Content-Type": "application/json"}
    if kind:
        headers["Lambda-Runtime-Function-Error-Type"] = kind
    connection.request("POST", place, json.dumps(content), headers)
    connection.getresponse().read()


if __name__ == "__main__":
    main(sys.argv[1])
