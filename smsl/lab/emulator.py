"""Moto's services, called inside this process: no second connection, no second copy of a body.

moto's own server routes a request to the handler that its decorators use; so does this module, which saves
a connection, Flask and their milliseconds. Handlers are called one at a time: they compute and never wait,
and moto's state was not written for two at once.
"""

from __future__ import annotations

import gc
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import Any, NoReturn
from urllib.parse import unquote

from smsl.lab.errors import broken, unknown
from smsl.lab.exchange import ACCOUNT, Message, Protocol, Reply, Request

_PRELOADED = ("iam", "ec2", "kms", "secretsmanager", "lambda", "sts", "ssm", "route53", "route53resolver")
_SETTINGS = {
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
_GLOBAL = frozenset({"iam", "sts", "route53", "organizations"})
_SEED = 20240229
"""Identifiers are drawn from this seed, so that the same calls give the same identifiers."""

_Handler = Callable[[Any, str, Any], tuple[int, Mapping[str, Any], str | bytes]]


class Emulator:
    """Moto in this process. Make one in a process of its own: moto's state is global.

    Raises:
        ImportError: moto is not installed.
    """

    def __init__(self) -> None:
        for name in [name for name in os.environ if name.startswith(("AWS_", "MOTO_"))]:
            del os.environ[name]  # moto's boto3 session would look for the profile that one of them names
        os.environ.update(_SETTINGS)
        import botocore.session

        # moto makes a session wherever it asks for regions or a service's operations; each reads the same large files
        botocore.session.create_loader = cache(botocore.session.create_loader)
        from moto import backends
        from moto.backend_index import backend_url_patterns
        from moto.moto_api._internal import mock_random

        self._backends: Any = backends
        self._hosts = backend_url_patterns
        self._handlers: dict[str, list[tuple[re.Pattern[str], _Handler]]] = {}
        self._lock = threading.RLock()
        _keep_from_docker()
        mock_random.seed(_SEED)

    def preload(self) -> None:
        """Import the services that the lab is for, so that no first call pays for it."""
        for service in _PRELOADED:
            self._routes(service, f"{service}.eu-west-1.amazonaws.com")
            self.backend(service, "eu-west-1")
        gc.collect()
        gc.freeze()  # what is imported stays: later collections need not look at it

    def empty(self) -> None:
        """Forget everything that was made."""
        from moto.core.base_backend import BackendDict
        from moto.core.model_instances import reset_model_data
        from moto.moto_api._internal import mock_random

        with self._lock:
            BackendDict.reset()
            reset_model_data()
            mock_random.seed(_SEED)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold moto's state for one call with its corrections."""
        with self._lock:
            yield

    def backend(self, service: str, region: str) -> Any:
        """Return moto's state of a service in a region."""
        return self._backends.get_backend(service)[ACCOUNT]["aws" if service in _GLOBAL else region]

    def answer(self, request: Request) -> Reply:
        """Answer a request as moto does."""
        from werkzeug.exceptions import HTTPException

        host = f"{request.service}.{request.region}.amazonaws.com"
        prepared = _prepare(request.message, host)
        url = f"https://{host}{prepared.raw_path}"
        handler = next((each for pattern, each in self._routes(request.service, host) if pattern.match(url)), None)
        if handler is None:
            return unknown(request)
        try:
            status, headers, body = handler(prepared, prepared.raw_url, prepared.headers)
        except HTTPException as refused:
            status, headers = refused.code or 500, dict(refused.get_headers())
            body = str(refused.get_body())
        except NotImplementedError:
            return unknown(request)
        except Exception:  # noqa: BLE001 - whatever moto trips over is a failure of the service, not of the lab
            return broken(request)
        return Reply(int(status), body.encode() if isinstance(body, str) else body, _head(request, headers))

    def route(self, service: str, message: Message, region: str) -> tuple[str, Mapping[str, Any]]:
        """Return the operation and path parameters of a REST request; no operation when none has the path."""
        from botocore.exceptions import UnknownServiceError
        from moto.core.routing import get_service_router
        from werkzeug.exceptions import NotFound

        try:
            prepared = _prepare(message, f"{service}.{region}.amazonaws.com")
            operation, parameters = get_service_router(service).match(prepared)
        except (NotFound, NotImplementedError, UnknownServiceError):
            return "", {}
        return str(operation.name), {name: unquote(str(value)) for name, value in parameters.items()}

    def _routes(self, service: str, host: str) -> list[tuple[re.Pattern[str], _Handler]]:
        if service not in self._handlers:
            name = next((name for name, pattern in self._hosts if pattern.match(f"https://{host}")), None)
            urls = _urls(self._backends.get_backend(name)) if name else {}
            self._handlers[service] = [(re.compile(url), handler) for url, handler in urls.items()]
        return self._handlers[service]


def _keep_from_docker() -> None:
    """Let no service of moto's start a container, whoever asks for it.

    moto would run functions that a rotation, a queue, a topic, a rule or a bucket triggers in containers of its own;
    the lab runs what Invoke asks for, in its own environments, and delivers no other event: it is lost, and a queue
    keeps its message.
    """
    from moto.awslambda.models import LambdaFunction
    from moto.utilities.docker_utilities import DockerModel

    function: Any = LambdaFunction
    function.invoke = _undelivered
    container: Any = DockerModel
    container.docker_client = property(_no_docker)


def _undelivered(_function: Any, _body: str, _request_headers: Any, response_headers: dict[str, Any]) -> bytes:
    response_headers["x-amz-function-error"] = "Unhandled"
    return b"{}"


def _no_docker(_model: Any) -> NoReturn:
    raise RuntimeError("the lab runs no containers")


def _urls(regions: Any) -> Mapping[str, _Handler]:
    """Return moto's table of a service's addresses; every region's is the same."""
    account = regions[ACCOUNT]
    urls: Mapping[str, _Handler] = account["us-east-1" if "us-east-1" in account else "aws"].urls
    return urls


def _prepare(message: Message, host: str) -> Any:
    """Build moto's request, as its WSGI server would, for the host that the service has at AWS."""
    from moto.core.request import Request as MotoRequest

    path, _, query = message.target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": message.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(path).encode().decode("latin-1"),
        "RAW_URI": message.target,
        "QUERY_STRING": query,
        "SERVER_NAME": host,
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "https",
        "wsgi.input": BytesIO(message.body),
    }
    for name, value in message.headers.items():
        environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    environ.pop("HTTP_CONTENT_LENGTH", None)
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ["HTTP_HOST"] = host
    environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
    environ["CONTENT_LENGTH"] = str(len(message.body))
    return MotoRequest(environ)


def _head(request: Request, headers: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers that AWS sends too, with the content type of the protocol."""
    kept = {
        name.lower(): str(value)
        for name, value in headers.items()
        if name.lower() not in {"status", "content-length", "server", "date", "transfer-encoding"}
    }
    if request.protocol is Protocol.JSON:
        kept["content-type"] = "application/x-amz-json-1.1"
    elif request.protocol in {Protocol.QUERY, Protocol.EC2, Protocol.REST_XML}:
        kept["content-type"] = "text/xml;charset=UTF-8"
    else:
        kept.setdefault("content-type", "application/json")
    return kept
