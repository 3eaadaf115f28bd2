"""Lambda: the VPC of a function, and what a listing holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote
from uuid import NAMESPACE_OID, uuid5

from smsl.lab.correction import Correction
from smsl.lab.emulator import Emulator
from smsl.lab.errors import failure, unknown
from smsl.lab.exchange import Reply, Request
from smsl.lab.functions.named import named

_API = "https://docs.aws.amazon.com/lambda/latest/api/"
_NOT_LISTED = (
    "State", "StateReason", "StateReasonCode", "LastUpdateStatus", "LastUpdateStatusReason",
    "LastUpdateStatusReasonCode", "RuntimeVersionConfig",
)  # fmt: skip
_PAGE = 50
"""Functions or versions in one page, at most and by default."""
_LISTS = {
    "ListFunctions": "Functions",
    "ListVersionsByFunction": "Versions",
    "ListAliases": "Aliases",
}


def _true_vpc(request: Request, reply: Reply, emulator: Emulator) -> Reply:
    answered = reply.json()
    listed = answered.get("Functions") or answered.get("Versions") or []
    for configuration in (answered, answered.get("Configuration") or {}, *listed):
        vpc = configuration.get("VpcConfig")
        if vpc:
            vpc["VpcId"] = _vpc_of(vpc.get("SubnetIds") or [], request.region, emulator)
    return reply.with_json(answered)


def _vpc_of(subnets: list[str], region: str, emulator: Emulator) -> str:
    """Return the VPC of the subnets; empty when there are none, or none that exists."""
    from moto.ec2.exceptions import EC2ClientError

    for subnet in subnets:
        try:
            return str(emulator.backend("ec2", region).get_subnet(subnet).vpc_id)
        except EC2ClientError:
            continue  # Lambda took the subnet while it existed
    return ""


def _unlisted(_request: Request, reply: Reply, _emulator: Emulator) -> Reply:
    answered = reply.json()
    for configuration in answered.get("Functions") or answered.get("Versions") or []:
        for name in _NOT_LISTED:
            configuration.pop(name, None)
    return reply.with_json(answered)


def _paged(request: Request, reply: Reply, _emulator: Emulator) -> Reply:
    member = _LISTS[request.operation]
    rows = reply.json().get(member) or []
    start = _number(request.parameters, "Marker", 0)
    size = max(1, min(_number(request.parameters, "MaxItems", _PAGE), _PAGE))
    page: dict[str, Any] = {member: rows[start : start + size]}
    if start + size < len(rows):
        page["NextMarker"] = str(start + size)
    return reply.with_json(page)


def _number(parameters: Mapping[str, Any], name: str, default: int) -> int:
    text = str(parameters.get(name, ""))
    return int(text) if text.isdigit() else default


def _plain_name(request: Request, _emulator: Emulator) -> Request | None:
    """Put the name alone, and the qualifier apart, where a partial or full ARN or NAME:QUALIFIER stands."""
    text = unquote(str(request.parameters.get("FunctionName", "")))
    function = named(text)
    if function.name == text:
        return None
    path, _, query = request.message.target.partition("?")
    segments = path.split("/")
    segments[segments.index("functions") + 1] = quote(function.name, safe="")
    if function.qualifier and "Qualifier=" not in query:
        query = "&".join(filter(None, (query, f"Qualifier={quote(function.qualifier, safe='')}")))
    target = "/".join(segments) + (f"?{query}" if query else "")
    return replace(request, message=replace(request.message, target=target))


def _revised(request: Request, reply: Reply, emulator: Emulator) -> Reply:
    answered = reply.json()
    configuration = answered.get("Configuration") or answered
    name, version = str(configuration.get("FunctionName")), str(configuration.get("Version"))
    configuration["RevisionId"] = revision(emulator, request.region, name, version)
    return reply.with_json(answered)


def _only_that_revision(request: Request, emulator: Emulator) -> Reply | None:
    if request.operation != "UpdateFunctionConfiguration":
        return None
    wanted = request.body().get("RevisionId")
    # Another correction has put the plain name into the path.
    name = request.message.target.partition("?")[0].split("/functions/")[1].partition("/")[0]
    if wanted is None or wanted == revision(emulator, request.region, unquote(name), "$LATEST"):
        return None
    message = "The Revision Id provided does not match the latest Revision Id. Call the GetFunction API to get it."
    return failure(request, 412, "PreconditionFailedException", message)


def revision(emulator: Emulator, region: str, name: str, version: str) -> str:
    """Return what differs whenever a function version does; empty when there is none."""
    from moto.awslambda.exceptions import UnknownFunctionException

    try:
        function = emulator.backend("lambda", region).get_function(name, version)
    except UnknownFunctionException:
        return ""  # moto says itself that there is none
    text = json.dumps(function.get_configuration(), sort_keys=True, default=str)
    return str(uuid5(NAMESPACE_OID, text))


def _no_async(request: Request, _emulator: Emulator) -> Reply:
    """Refuse it like InvokeWithResponseStream, which moto does not know: Invoke alone runs a function."""
    return unknown(request)


ROWS: tuple[Correction, ...] = (
    Correction(
        "function-not-run-by-moto",
        "lambda",
        ("InvokeAsync",),
        "moto runs the function in a container; AWS has put Invoke in its place.",
        f"{_API}API_InvokeAsync.html",
        before=_no_async,
    ),
    Correction(
        "function-named-by-arn",
        "lambda",
        (
            "GetFunction", "GetFunctionConfiguration", "ListAliases", "ListVersionsByFunction", "PublishVersion",
            "UpdateFunctionCode", "UpdateFunctionConfiguration", "DeleteFunction", "GetPolicy",
        ),
        "moto takes a name, and here and there a full ARN, but no partial one.",
        f"{_API}API_GetFunctionConfiguration.html",
        before=_plain_name,
    ),
    Correction(
        "function-vpc-is-true",
        "lambda",
        (
            "CreateFunction", "GetFunction", "GetFunctionConfiguration", "ListFunctions", "ListVersionsByFunction",
            "PublishVersion", "UpdateFunctionCode", "UpdateFunctionConfiguration",
        ),
        "moto always says vpc-123abc.",
        f"{_API}API_VpcConfigResponse.html",
        after=_true_vpc,
    ),
    Correction(
        "function-has-a-revision",
        "lambda",
        ("GetFunction", "GetFunctionConfiguration", "UpdateFunctionConfiguration"),
        "moto has no RevisionId, and overwrites what somebody else changed meanwhile.",
        f"{_API}API_UpdateFunctionConfiguration.html#lambda-UpdateFunctionConfiguration-request-RevisionId",
        before=_only_that_revision,
        after=_revised,
    ),
    Correction(
        "listing-has-no-state",
        "lambda",
        ("ListFunctions", "ListVersionsByFunction"),
        "AWS lists a subset: state, update status and runtime version come from GetFunction only.",
        f"{_API}API_ListFunctions.html",
        after=_unlisted,
    ),
    Correction(
        "listing-has-pages",
        "lambda",
        tuple(_LISTS),
        "moto lists everything at once; AWS gives at most 50 a page.",
        f"{_API}API_ListFunctions.html#lambda-ListFunctions-request-MaxItems",
        after=_paged,
    ),
)  # fmt: skip
