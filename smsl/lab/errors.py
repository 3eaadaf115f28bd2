"""Errors as each of AWS's wire protocols writes them.

Source: https://smithy.io/2.0/aws/protocols/index.html and each service's API reference, "Common Errors".
"""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

from smsl.lab.exchange import ACCOUNT, Protocol, Reply, Request

_REQUEST_ID = "00000000-0000-4000-8000-000000000000"
_NAMESPACES = {
    "iam": "https://iam.amazonaws.com/doc/2010-05-08/",
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
    "route53": "https://route53.amazonaws.com/doc/2013-04-01/",
}
_ACTIONS = {"lambda:Invoke": "lambda:InvokeFunction"}
"""Operations whose IAM action has another name."""

_DENIED = {
    Protocol.JSON: ("AccessDeniedException", 400),
    Protocol.REST_JSON: ("AccessDeniedException", 403),
    Protocol.QUERY: ("AccessDenied", 403),
    Protocol.REST_XML: ("AccessDenied", 403),
    Protocol.EC2: ("UnauthorizedOperation", 403),
}
_THROTTLED = {
    Protocol.JSON: ("ThrottlingException", 400, "Rate exceeded"),
    Protocol.REST_JSON: ("TooManyRequestsException", 429, "Rate exceeded"),
    Protocol.QUERY: ("Throttling", 400, "Rate exceeded"),
    Protocol.REST_XML: ("Throttling", 400, "Rate exceeded"),
    Protocol.EC2: ("RequestLimitExceeded", 503, "Request limit exceeded."),
}
_UNKNOWN = {
    Protocol.JSON: ("UnknownOperationException", 400),
    Protocol.REST_JSON: ("UnknownOperationException", 404),
    Protocol.QUERY: ("InvalidAction", 400),
    Protocol.REST_XML: ("InvalidAction", 400),
    Protocol.EC2: ("InvalidAction", 400),
}


def failure(request: Request, status: int, code: str, message: str) -> Reply:
    """Write an error in the shape of the request's protocol."""
    head = {"x-amzn-requestid": _REQUEST_ID}
    if request.protocol is Protocol.JSON:
        body = json.dumps({"__type": code, "message": message, "Message": message})
        return Reply(status, body.encode(), {**head, "content-type": "application/x-amz-json-1.1"})
    if request.protocol is Protocol.REST_JSON:
        body = json.dumps({"Type": "User", "message": message, "Message": message})
        kind = {"content-type": "application/json", "x-amzn-errortype": code}
        return Reply(status, body.encode(), {**head, **kind})
    kind = {"content-type": "text/xml;charset=UTF-8"}
    code, message = escape(code), escape(message)
    if request.protocol is Protocol.EC2:
        body = (
            f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
            f"<RequestID>{_REQUEST_ID}</RequestID></Response>"
        )
    else:
        namespace = _NAMESPACES.get(request.service, "")
        body = (
            f'<ErrorResponse xmlns="{namespace}"><Error><Type>Sender</Type><Code>{code}</Code>'
            f"<Message>{message}</Message></Error><RequestId>{_REQUEST_ID}</RequestId></ErrorResponse>"
        )
    return Reply(status, f'<?xml version="1.0" encoding="UTF-8"?>{body}'.encode(), {**head, **kind})


def denied(request: Request) -> Reply:
    """Refuse the call as IAM does for a caller whose own policies do not allow it.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    """
    code, status = _DENIED[request.protocol]
    named = f"{request.service}:{request.operation}"
    action = _ACTIONS.get(named, named)
    message = (
        f"User: arn:aws:iam::{ACCOUNT}:user/lab is not authorized to perform: {action}"
        f" because no identity-based policy allows the {action} action"
    )
    if request.protocol is Protocol.EC2:
        message = f"You are not authorized to perform this operation. {message}"
    return failure(request, status, code, message)


def throttled(request: Request) -> Reply:
    """Refuse the call for its rate, in the service's own words."""
    code, status, message = _THROTTLED[request.protocol]
    return failure(request, status, code, message)


def unknown(request: Request) -> Reply:
    """Answer an operation that nothing behind the front knows."""
    code, status = _UNKNOWN[request.protocol]
    named = request.operation or "of this path"
    return failure(request, status, code, f"The action {named} is not valid for this web service.")


def broken(request: Request) -> Reply:
    """Answer for a service that failed within."""
    code = "InternalError" if request.protocol is Protocol.EC2 else "InternalFailure"
    return failure(request, 500, code, "The service behind the front failed.")
