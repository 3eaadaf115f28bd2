"""The account's API from within: botocore writes the call and reads the answer, the lab answers, no socket between.

What a template makes is made as by a client's call, with every correction, and is counted nowhere.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from smsl.lab.cloudformation.fit import fitted
from smsl.lab.cloudformation.kind import Refused
from smsl.lab.corrections import answer
from smsl.lab.emulator import Emulator
from smsl.lab.exchange import Message, identify
from smsl.lab.stage import bare_session


class Api:
    """The lab's own client of itself."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._session = bare_session()
        self._clients: dict[tuple[str, str], Any] = {}

    def within(self, region: str) -> Callable[..., dict[str, Any]]:
        """Return the calls of a region."""

        def call(service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
            return self._call(region, service, operation, parameters)

        return call

    def _call(self, region: str, service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        from botocore import xform_name
        from botocore.exceptions import ClientError

        client = self._client(service, region)
        shape = client.meta.service_model.operation_model(operation).input_shape
        fits = fitted(parameters, shape) if shape else {}
        try:
            answered: dict[str, Any] = getattr(client, xform_name(operation))(**fits)
        except ClientError as refused:
            error = refused.response["Error"]
            raise Refused(f"{error.get('Message', '')} (Service: {service}, Error: {error.get('Code', '')})") from None
        return answered

    def _client(self, service: str, region: str) -> Any:
        if (service, region) not in self._clients:
            from botocore.config import Config

            config = Config(proxies={}, retries={"total_max_attempts": 1}, parameter_validation=False)
            client = self._session.create_client(service, region, config=config)
            client.meta.events.register("before-send", self._answer)
            self._clients[service, region] = client
        return self._clients[service, region]

    def _answer(self, request: Any, **_more: Any) -> Any:
        from botocore.awsrequest import AWSResponse

        url = urlsplit(request.url)
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        target = f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"
        message = Message(request.method, target, headers, _bytes(request.body))
        read = identify(message, self._emulator.route)
        if read is None:
            raise Refused("the call names no service")
        reply = answer(read, self._emulator)
        return AWSResponse(request.url, reply.status, dict(reply.headers), _Body(reply.body))


class _Body(io.BytesIO):
    """An answer's body, as botocore reads one."""

    def stream(self, **_more: Any) -> Iterator[bytes]:
        """Yield all of it."""
        yield self.read()


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    content = body.read() if hasattr(body, "read") else body
    return content.encode() if isinstance(content, str) else bytes(content)
