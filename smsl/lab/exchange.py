"""One call as it crosses the front: the request that was read, the reply that goes back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote

ACCOUNT = "123456789012"
"""The account that everything in the lab belongs to."""

DEFAULT_REGION = "us-east-1"
"""Region of a request that names none, as the global services' own."""


class Protocol(Enum):
    """The five wire forms of AWS's APIs that matter here."""

    JSON = "json"
    QUERY = "query"
    EC2 = "ec2"
    REST_JSON = "rest-json"
    REST_XML = "rest-xml"


@dataclass(frozen=True, slots=True)
class Message:
    """A request as bytes on the wire, its head taken apart."""

    method: str
    target: str
    """Path and query, as sent."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """A request that is known by service and operation."""

    message: Message
    protocol: Protocol
    service: str
    """The signing name: `secretsmanager`, `ec2`, `lambda`."""
    operation: str
    """As AWS writes it: `GetSecretValue`. Empty when no operation has this path."""
    region: str
    caller: str
    """The access key id."""
    parameters: Mapping[str, Any]
    """JSON members, query fields (`VpcId.1`), or for REST the path, query and body members together."""

    def with_body(self, members: Mapping[str, Any]) -> Request:
        """Return this request with other JSON members."""
        body = json.dumps(members).encode()
        headers = {**self.message.headers, "content-length": str(len(body))}
        return replace(self, message=replace(self.message, body=body, headers=headers))

    def body(self) -> dict[str, Any]:
        """Return the JSON members of the body, none when there is no JSON object in it."""
        return _json_object(self.message.body)

    def numbered(self, name: str) -> list[str]:
        """Return the values of a numbered query field: `SubnetId.1`, `SubnetId.2` and so on."""
        found = [(key, value) for key, value in self.parameters.items() if key.startswith(f"{name}.")]
        plain = [(int(key.rpartition(".")[2]), value) for key, value in found if key[len(name) + 1 :].isdigit()]
        return [str(value) for _, value in sorted(plain)]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: status, headers and body."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    """Without Content-Length, which the front writes."""

    def json(self) -> dict[str, Any]:
        """Return the JSON members of the body."""
        return _json_object(self.body)

    def with_json(self, members: Mapping[str, Any]) -> Reply:
        """Return this reply with other JSON members."""
        return replace(self, body=json.dumps(members).encode())


Router = Callable[[str, Message, str], tuple[str, Mapping[str, Any]]]
"""Service, message and region to the operation and path parameters of a REST request."""

_INVOKE = re.compile(r"/2015-03-31/functions/([^/]+)/invocations")
_REST_XML = frozenset({"route53", "s3", "cloudfront"})
_UNSIGNED = {"AssumeRoleWithWebIdentity": "sts", "AssumeRoleWithSAML": "sts"}


def identify(message: Message, router: Router) -> Request | None:
    """Say which service and operation a message is for; None when it names no service."""
    caller, region, service = _scope(message)
    target = message.headers.get("x-amz-target", "")
    if target and service:
        operation = target.rpartition(".")[2]
        return Request(message, Protocol.JSON, service, operation, region, caller, _json_object(message.body))
    fields = _form(message)
    if "Action" in fields:
        service = service or _UNSIGNED.get(fields["Action"], "")
        protocol = Protocol.EC2 if service == "ec2" else Protocol.QUERY
        operation = fields.pop("Action")
        fields.pop("Version", None)
        return Request(message, protocol, service, operation, region, caller, fields) if service else None
    if not service:
        return None
    invoked = _INVOKE.fullmatch(message.target.partition("?")[0]) if service == "lambda" else None
    if invoked and message.method == "POST":  # looked up by hand: the router costs more than the rest of an Invoke
        in_path: Mapping[str, Any] = {"FunctionName": unquote(invoked[1])}
        operation = "Invoke"
    else:
        operation, in_path = router(service, message, region)
    in_query = {name: values[-1] for name, values in parse_qs(message.target.partition("?")[2]).items()}
    protocol = Protocol.REST_XML if service in _REST_XML else Protocol.REST_JSON
    if (service, operation) == ("lambda", "Invoke"):
        members: Mapping[str, Any] = {}  # the body is the function's event, nobody else's to look into
    else:
        members = _json_object(message.body) if protocol is Protocol.REST_JSON else _text(message.body)
    parameters = {**members, **in_query, **in_path}
    return Request(message, protocol, service, operation, region, caller, parameters)


def _scope(message: Message) -> tuple[str, str, str]:
    """Return access key id, region and service from the credential scope of Signature Version 4.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    """
    authorization = message.headers.get("authorization", "")
    _, _, rest = authorization.partition("Credential=")
    parts = rest.partition(",")[0].strip().split("/")
    if len(parts) == 5:
        return parts[0], parts[2] or DEFAULT_REGION, parts[3].lower()
    return "anonymous", DEFAULT_REGION, ""


def _form(message: Message) -> dict[str, str]:
    """Return the fields of a form body, else of the query, when either is how the request speaks."""
    if message.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(message.body.decode("utf-8", "replace"), keep_blank_values=True))
    query = message.target.partition("?")[2]
    return dict(parse_qsl(query, keep_blank_values=True)) if "Action=" in query else {}


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body) if body else {}
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _text(body: bytes) -> dict[str, Any]:
    return {"body": body.decode("utf-8", "replace")} if body else {}
