"""Lambda's Invoke: from a request to an order, and from an outcome to the reply.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from __future__ import annotations

import base64
import json
import random
import secrets
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from smsl.lab.emulator import Emulator
from smsl.lab.errors import denied, failure
from smsl.lab.exchange import ACCOUNT, Reply, Request
from smsl.lab.functions.deployed import Deployed, Layer
from smsl.lab.functions.environment import Order, Outcome
from smsl.lab.functions.fleet import Fleet, ThrottledError
from smsl.lab.functions.named import Named, named
from smsl.lab.functions.processes import KeeperError

_LARGEST = {"RequestResponse": 6 * 1024 * 1024, "Event": 1024 * 1024}
"""Bytes of a payload by invocation type.

Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""
_TYPES = ("RequestResponse", "Event", "DryRun")
_LOG_TYPES = ("None", "Tail")
_PATIENCE = 960.0
"""Seconds: longer than any function and its initialisation may take."""

Revision = Callable[[Emulator, str, str, str], str]
"""Emulator, region, name and version to what differs whenever the function does."""


@dataclass(frozen=True, slots=True)
class Invoker:
    """Answers Invoke."""

    emulator: Emulator
    fleet: Fleet
    revision: Revision
    _found: dict[tuple[str, str, str | None], Deployed] = field(default_factory=dict)
    """By region, name and qualifier, until something changes."""

    def answer(self, request: Request) -> Reply:
        """Answer one Invoke; it takes as long as the function."""
        kind = request.message.headers.get("x-amz-invocation-type") or "RequestResponse"
        payload = request.message.body or b"{}"
        refused = _unfit(request, kind, payload)
        if refused is not None:
            return refused
        deployed = self._find(request)
        if isinstance(deployed, Reply):
            return deployed
        if kind == "DryRun":
            return Reply(204, b"", {"x-amz-executed-version": deployed.version})
        encoded = request.message.headers.get("x-amz-client-context")
        try:
            context = _client_context(encoded) if encoded else None
        except (ValueError, RecursionError):
            text = "Client context must be a valid Base64-encoded JSON object."
            return failure(request, 400, "InvalidRequestContentException", text)
        order = Order(
            id=str(uuid4()),
            payload=payload,
            arn=_asked_arn(request),
            trace=request.message.headers.get("x-amzn-trace-id") or _trace(),
            client_context=None if kind == "Event" else context,
            wants_log=request.message.headers.get("x-amz-log-type") == "Tail",
        )
        try:
            return self._made(request, deployed, order, wait=kind != "Event")
        except KeeperError as gone:
            return failure(request, 500, "ServiceException", str(gone))

    def _made(self, request: Request, deployed: Deployed, order: Order, *, wait: bool) -> Reply:
        """Have an invocation made."""
        try:
            self.fleet.invoke(deployed, order)
        except ThrottledError as reason:
            return _throttled(request, str(reason))
        except (zipfile.BadZipFile, OSError) as failed:
            text = f"Lambda was not able to unzip the file ({type(failed).__name__})."
            return failure(request, 502, "InvalidZipFileException", text)
        if not wait:
            return Reply(202, b"", {"x-amzn-requestid": order.id})
        return _reply(order, order.outcome.result(_PATIENCE))

    def forget(self) -> None:
        """Look at functions anew: something may have changed."""
        self._found.clear()

    def settle(self) -> None:
        """Let go of the environments of functions that have changed or gone."""

        def revision(deployed: Deployed) -> str | None:
            with self.emulator.alone():
                return self.revision(self.emulator, deployed.region, deployed.name, deployed.version) or None

        self.fleet.settle(revision)

    def _find(self, request: Request) -> Deployed | Reply:
        """Return the function version that shall run."""
        function, asked = _named(request)
        refused = _elsewhere(request, function, asked)
        if refused is not None:
            return refused
        known = self._found.get((request.region, function.name, asked))
        return known if known is not None else self._look(request, function.name, asked)

    def _look(self, request: Request, name: str, asked: str | None) -> Deployed | Reply:
        from moto.awslambda.exceptions import UnknownFunctionException

        with self.emulator.alone():
            backend = self.emulator.backend("lambda", request.region)
            try:
                version, is_drawn = _version(backend, name, asked)
                function = backend.get_function(name, version)
            except UnknownFunctionException:
                text = f"Function not found: {_asked_arn(request)}"
                return failure(request, 404, "ResourceNotFoundException", text)
            if function.package_type == "Image":
                text = "The lab runs functions of zip packages, not of container images."
                return failure(request, 502, "InvalidRuntimeException", text)
            deployed = Deployed(
                arn=f"arn:aws:lambda:{request.region}:{ACCOUNT}:function:{name}",
                name=name,
                version=str(function.version),
                revision=self.revision(self.emulator, request.region, name, str(function.version)),
                region=request.region,
                account=ACCOUNT,
                runtime=str(function.run_time or ""),
                handler=str(function.handler or ""),
                memory=int(function.memory_size),
                timeout=int(function.timeout),
                variables=dict(function.environment_vars),
                code=bytes(function.code_bytes),
                layers=tuple(_layer(backend, layer["Arn"]) for layer in function.layers),
                reserved=_reserved(backend, name),
            )
            if not is_drawn:
                self._found[request.region, name, asked] = deployed
            return deployed


def _named(request: Request) -> tuple[Named, str | None]:
    """Return the function as it is named, and the qualifier that was asked for."""
    function = named(str(request.parameters.get("FunctionName", "")))
    qualifier = request.parameters.get("Qualifier") or function.qualifier
    return function, None if qualifier is None else str(qualifier)


def _elsewhere(request: Request, function: Named, asked: str | None) -> Reply | None:
    """Refuse a function of another region or account, and one that is named with two qualifiers."""
    if function.qualifier not in {None, asked}:
        text = "The derived qualifier from the function name does not match the specified qualifier."
        return failure(request, 400, "InvalidParameterValueException", text)
    if function.region not in {None, request.region}:
        text = f"Functions from '{function.region}' are not reachable in this region ('{request.region}')"
        return failure(request, 404, "ResourceNotFoundException", text)
    if function.account not in {None, ACCOUNT}:
        return denied(request)
    return None


def _asked_arn(request: Request) -> str:
    """Return the function's ARN with the qualifier that was asked for."""
    function, asked = _named(request)
    plain = f"arn:aws:lambda:{request.region}:{ACCOUNT}:function:{function.name}"
    return f"{plain}:{asked}" if asked else plain


def _version(backend: Any, name: str, asked: str | None) -> tuple[str, bool]:
    """Return the version behind a qualifier, and whether it was drawn from the weights of an alias."""
    if asked is None:
        return "$LATEST", False
    alias = next((each for each in backend.list_aliases(name) if each.name == asked), None)
    if alias is None:
        return asked, False
    weights = dict((alias.routing_config or {}).get("AdditionalVersionWeights") or {})
    drawn = random.random()  # noqa: S311 -- traffic is split, no secret drawn
    for version, weight in weights.items():
        if drawn < float(weight):
            return str(version), True
        drawn -= float(weight)
    return str(alias.function_version), bool(weights)


def _reserved(backend: Any, name: str) -> int | None:
    """Return what is reserved for a function; it holds for all its versions together."""
    reserved = backend.get_function(name, "$LATEST").reserved_concurrency
    return None if reserved is None else int(reserved)


def _layer(backend: Any, arn: str) -> Layer:
    found = backend.layers_versions_by_arn(arn)
    return Layer(arn, bytes(found.code_bytes) if found is not None else None)


def _unfit(request: Request, kind: str, payload: bytes) -> Reply | None:
    if kind not in _TYPES:
        text = f"Value '{kind}' at 'invocationType' failed to satisfy constraint: Member must be one of {_TYPES}"
        return failure(request, 400, "InvalidParameterValueException", text)
    log = request.message.headers.get("x-amz-log-type") or "None"
    if log not in _LOG_TYPES:
        text = f"Value '{log}' at 'logType' failed to satisfy constraint: Member must be one of {_LOG_TYPES}"
        return failure(request, 400, "InvalidParameterValueException", text)
    limit = _LARGEST.get(kind)
    if limit is not None and len(payload) > limit:
        text = f"{len(payload)} byte payload is too large for the {kind} invocation type (limit {limit} bytes)"
        return failure(request, 413, "RequestEntityTooLargeException", text)
    try:
        json.loads(payload, parse_constant=_no_constant)
    except (ValueError, RecursionError) as wrong:
        # Lambda goes on in its parser's words, which quote the payload.
        place = f" (column {wrong.colno})" if isinstance(wrong, json.JSONDecodeError) else ""
        text = f"Could not parse request body into json: Could not parse payload into json{place}"
        return failure(request, 400, "InvalidRequestContentException", text)
    return None


def _no_constant(name: str) -> None:
    """Refuse NaN and the infinities, which Python reads and JSON does not have.

    Raises:
        ValueError: Always.
    """
    raise ValueError(name)


def _client_context(encoded: str) -> str:
    """Return the caller's context as JSON that fits into a header: on one line, in ASCII.

    Raises:
        ValueError: It is none.
    """
    content = json.loads(base64.b64decode(encoded, validate=True))
    if not isinstance(content, dict):
        raise ValueError("no object")  # noqa: TRY004 -- the form of what came is wrong, not its type
    return json.dumps(content, separators=(",", ":"))


def _trace() -> str:
    """Return a new header of X-Ray for a request that is not sampled.

    Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
    """
    return f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)};Parent={secrets.token_hex(8)};Sampled=0"


def _reply(order: Order, outcome: Outcome) -> Reply:
    headers = {
        "content-type": "application/json",
        "x-amzn-requestid": order.id,
        "x-amzn-trace-id": order.trace,
        "x-amz-executed-version": outcome.version,
    }
    if outcome.failed:
        headers["x-amz-function-error"] = "Unhandled"
    if order.wants_log:
        headers["x-amz-log-result"] = base64.b64encode(outcome.log).decode()
    return Reply(200, outcome.payload, headers)


def _throttled(request: Request, reason: str) -> Reply:
    refused = failure(request, 429, "TooManyRequestsException", "Rate Exceeded.")
    return refused.with_json({"Reason": reason, "Type": "User", "message": "Rate Exceeded."})
