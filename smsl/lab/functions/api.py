"""The Runtime API and the Extensions API of one environment, as HTTP.

Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html and
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html; what they leave open (bodies and types of
refusals, the order of the checks) is that of https://github.com/aws/aws-lambda-runtime-interface-emulator
(internal/lambda/rapi).
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from smsl.lab.exchange import Message, Reply
from smsl.lab.functions.conversation import MOST_EXTENSIONS, Answer, Conversation, Failure, Invocation, Refusal

LARGEST_RESPONSE = 6 * 1024 * 1024 + 100
"""Bytes of a response. Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
_RUNTIME = "/2018-06-01/runtime/"
_EXTENSION = "/2020-01-01/extension/"
_PLATFORM_KIND = re.compile(r"(Runtime|Function)\.[A-Z][a-zA-Z]+")
_EVENTS = ("INVOKE", "SHUTDOWN")
_NOT_ALLOWED = "State transition is not allowed"


@dataclass(frozen=True, slots=True)
class Registrant:
    """What an extension hears of its function when it registers."""

    name: str
    version: str
    handler: str
    account: str


@dataclass(frozen=True, slots=True)
class Api:
    """The two APIs over one conversation."""

    conversation: Conversation
    function: Registrant

    def answer(self, message: Message, _connection: socket.socket) -> Reply | None:
        """Answer one request; None drops the connection, since the environment is at its end."""
        path = message.target.partition("?")[0]
        if path.startswith(_RUNTIME):
            return self._runtime(message, path.removeprefix(_RUNTIME).split("/"))
        if path.startswith(_EXTENSION):
            return self._extension(message, path.removeprefix(_EXTENSION))
        match message.method, path:
            case "GET", "/2018-06-01/ping":
                return Reply(200, b"pong", _PLAIN)
            case "PUT", "/2020-08-15/logs":
                return _error(202, "Logs.NotSupported", "Logs API is not supported")
            case "PUT", "/2022-07-01/telemetry":
                return _error(202, "Telemetry.NotSupported", "Telemetry API is not supported")
            case _, "/2018-06-01/ping" | "/2020-08-15/logs" | "/2022-07-01/telemetry":
                return _NOT_ALLOWED_METHOD
        return _NOT_FOUND

    def _runtime(self, message: Message, parts: list[str]) -> Reply | None:
        match message.method, parts:
            case "GET", ["invocation", "next"]:
                return self._next()
            case "POST", ["invocation", identifier, "response"]:
                return self._respond(identifier, message)
            case "POST", ["invocation", identifier, "error"]:
                return self._fail(identifier, message)
            case "POST", ["init", "error"]:
                failure = Failure(kind_of(message.headers.get("lambda-runtime-function-error-type")), "", message.body)
                return self._accepted(self.conversation.init_failed(failure), "InitError")
            case _, ["invocation", "next"] | ["invocation", _, "response" | "error"] | ["init", "error"]:
                return _NOT_ALLOWED_METHOD
        return _NOT_FOUND

    def _next(self) -> Reply | None:
        match self.conversation.next_invocation():
            case Invocation() as invocation:
                return _invocation(invocation)
            case Refusal() as refusal:
                return self._accepted(refusal, "Ready")
        return None

    def _respond(self, identifier: str, message: Message) -> Reply:
        mode = message.headers.get("lambda-runtime-function-response-mode", "")
        if mode not in {"", "streaming"}:
            text = "Invalid function response mode"
            said = (f"RequestId: {identifier} Error: {text}", "Runtime.InvalidResponseModeHeader")
            return self._spoiled(identifier, said, _error(400, "InvalidFunctionResponseMode", text))
        if len(message.body) > LARGEST_RESPONSE:
            return self._too_large(identifier, "InvocationResponse")
        return self._accepted(self.conversation.respond(identifier, Answer(message.body)), "InvocationResponse")

    def _fail(self, identifier: str, message: Message) -> Reply:
        if len(message.body) > LARGEST_RESPONSE:
            return self._too_large(identifier, "InvocationErrorResponse")
        refusal = self.conversation.respond(identifier, Answer(message.body, failed=True))
        return self._accepted(refusal, "InvocationErrorResponse")

    def _too_large(self, identifier: str, target: str) -> Reply:
        limit = f"maximum allowed payload size ({LARGEST_RESPONSE} bytes)."
        said = (f"Response payload size exceeded {limit}", "Function.ResponseSizeTooLarge")
        return self._spoiled(identifier, said, _error(413, "RequestEntityTooLarge", f"Exceeded {limit}"), target)

    def _spoiled(
        self, identifier: str, said: tuple[str, str], reply: Reply, target: str = "InvocationResponse"
    ) -> Reply:
        """Give the caller an error, message and type, in place of the runtime's response; refuse the response so."""
        payload = json.dumps({"errorMessage": said[0], "errorType": said[1]}).encode()
        refusal = self.conversation.respond(identifier, Answer(payload, failed=True))
        return reply if refusal is None else self._accepted(refusal, target)

    def _accepted(self, refusal: Refusal | None, target: str) -> Reply:
        match refusal:
            case None:
                return _ACCEPTED
            case Refusal.WRONG_ID:
                return _error(400, "InvalidRequestID", "Invalid request ID")
        state = self.conversation.runtime_state.value
        said = f"State transition from {state} to {target} failed for runtime. Error: {_NOT_ALLOWED}"
        return _error(403, "InvalidStateTransition", said)

    def _extension(self, message: Message, path: str) -> Reply | None:
        match message.method, path:
            case "POST", "register":
                return self._register(message)
            case "GET", "event/next":
                return self._next_event(message)
            case "POST", "init/error":
                return self._extension_error(message, "InitError", "InitError")
            case "POST", "exit/error":
                return self._extension_error(message, "ExitError", "Exited")
            case _, "register" | "event/next" | "init/error" | "exit/error":
                return _NOT_ALLOWED_METHOD
        return _NOT_FOUND

    def _register(self, message: Message) -> Reply:
        name = message.headers.get("lambda-extension-name", "")
        if not name:
            return _error(403, "Extension.InvalidExtensionName", "Empty extension name")
        events = _events(message.body)
        if isinstance(events, Reply):
            return events
        fault = next(filter(None, (self._unfit(event, name) for event in events)), None)
        if fault:
            return _error(403, "Extension.InvalidEventType", fault)
        identifier = self.conversation.register(name, events)
        if isinstance(identifier, Refusal):
            return self._unregistered(identifier, name)
        features = [each.strip() for each in message.headers.get("lambda-extension-accept-feature", "").split(",")]
        said_of = {
            **({"accountId": self.function.account} if "accountId" in features else {}),
            "functionName": self.function.name,
            "functionVersion": self.function.version,
            "handler": self.function.handler,
        }
        return _json(200, said_of, {"Lambda-Extension-Identifier": identifier})

    def _unfit(self, event: str, name: str) -> str | None:
        """Return in Lambda's words why an extension cannot register for an event."""
        if event not in _EVENTS:
            return f"{event}: ErrorInvalidEventType"
        if event == "SHUTDOWN" and name not in self.conversation.expected:
            return "SHUTDOWN: ShutdownEventNotSupportedForInternalExtension"
        return None

    def _unregistered(self, refusal: Refusal, name: str) -> Reply:
        match refusal:
            case Refusal.NAME_TAKEN:
                said = "Extension with this name already registered"
                return _error(403, "Extension.InvalidExtensionState", said)
            case Refusal.CLOSED:
                return _error(403, "Extension.RegistrationClosed", "Extension registration closed already")
            case Refusal.TOO_MANY:
                return _error(403, "Extension.TooManyExtensions", f"Extension limit ({MOST_EXTENSIONS}) reached")
        said = _transition(self.conversation.state_of(name), "Registered", name)
        return _error(403, "Extension.InvalidExtensionState", said)

    def _next_event(self, message: Message) -> Reply | None:
        identifier = _identifier(message)
        if isinstance(identifier, Reply):
            return identifier
        event = self.conversation.next_event(identifier)
        if isinstance(event, Refusal):
            unknown = f"Unknown extension {identifier}"
            return self._refused_extension(event, identifier, "Ready", unknown)
        if event is None:
            return None
        if event["eventType"] == "SHUTDOWN":
            return Reply(200, _compact(event), _PLAIN)
        return _json(200, event, {"Lambda-Extension-Event-Identifier": str(uuid4())})

    def _extension_error(self, message: Message, state: str, target: str) -> Reply:
        identifier = _identifier(message)
        if isinstance(identifier, Reply):
            return identifier
        kind = message.headers.get("lambda-extension-function-error-type", "")
        if not kind:
            return _error(403, "Extension.MissingHeader", "Lambda-Extension-Function-Error-Type not found")
        refusal = self.conversation.extension_failed(identifier, state, kind)
        if refusal is not None:
            return self._refused_extension(refusal, identifier, target, "Unknown Lambda-Extension-Identifier")
        return _ACCEPTED

    def _refused_extension(self, refusal: Refusal, identifier: str, target: str, unknown: str) -> Reply:
        if refusal is Refusal.UNKNOWN_EXTENSION:
            return _error(403, "Extension.UnknownExtensionIdentifier", unknown)
        state = self.conversation.state_of(identifier)
        return _error(403, "Extension.InvalidExtensionState", _transition(state, target, identifier))


def kind_of(header: str | None) -> str:
    """Return the error type that Lambda's own lines show for one that a runtime gave."""
    header = header or ""
    if _PLATFORM_KIND.search(header):
        return header
    return "Function.Unknown" if header.startswith("Function.") else "Runtime.Unknown"


def _invocation(invocation: Invocation) -> Reply:
    headers = {
        "Lambda-Runtime-Aws-Request-Id": invocation.id,
        "Lambda-Runtime-Trace-Id": invocation.trace,
        "Lambda-Runtime-Client-Context": invocation.client_context,
        "Lambda-Runtime-Invoked-Function-Arn": invocation.arn,
        "Lambda-Runtime-Deadline-Ms": str(round(invocation.deadline * 1000)),
        "Content-Type": "application/json",
    }
    return Reply(200, invocation.payload, {name: value for name, value in headers.items() if value})


def _identifier(message: Message) -> str | Reply:
    text = message.headers.get("lambda-extension-identifier", "")
    if not text:
        return _error(403, "Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header")
    try:
        return str(UUID(text))
    except ValueError:
        return _error(403, "Extension.InvalidExtensionIdentifier", "Invalid Lambda-Extension-Identifier")


def _transition(state: str, target: str, name: str) -> str:
    return f"State transition from {state} to {target} failed for extension {name}. Error: {_NOT_ALLOWED}"


def _error(status: int, kind: str, text: str) -> Reply:
    return _json(status, {"errorMessage": text, "errorType": kind})


def _json(status: int, content: Mapping[str, object], headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status, _compact(content), {**(headers or {}), "Content-Type": "application/json"})


def _compact(content: Mapping[str, object]) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()


def _events(body: bytes) -> tuple[str, ...] | Reply:
    """Return the events that a registration names, once each, or the refusal of a body that has another form."""
    try:
        parsed = json.loads(body)
        events, keys = parsed.get("events") or [], parsed.get("configurationKeys") or []
        fits = all(isinstance(each, list) and all(isinstance(text, str) for text in each) for each in (events, keys))
    except (ValueError, RecursionError, AttributeError):
        fits = False
    if not fits:
        return _error(403, "InvalidRequestFormat", "expected an object whose events are a list of strings")
    if keys:
        said = "configurationKeys are deprecated; use environment variables instead"
        return _error(403, "InvalidRequestFormat", said)
    return tuple(dict.fromkeys(events))


_PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
_ACCEPTED = _json(202, {"status": "OK"})
_NOT_FOUND = Reply(404, b"404 page not found\n", _PLAIN)
_NOT_ALLOWED_METHOD = Reply(405, b"")
