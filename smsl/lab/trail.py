"""CloudTrail's event history, as far as functions are in it: what they called, by the front's own list of calls.

On AWS an event is there some minutes after its call; here at once.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html and, for an event itself,
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5
from zlib import crc32

from smsl.lab.emulator import Emulator
from smsl.lab.errors import failure
from smsl.lab.exchange import ACCOUNT, Reply, Request
from smsl.lab.wire import plain

_MOST = 50
"""Events of a page, and how many there are where the request does not say."""
_ATTRIBUTES = ("EventId", "EventName", "ReadOnly", "Username", "EventSource", "AccessKeyId")
"""The two about resources are left out: the lab's events name none."""
_READING = ("Get", "List", "Describe", "BatchGet")

Call = Mapping[str, Any]
"""As `Controls.calls` returns them."""
Roles = Callable[[str, str], str]
"""Region and name of a function to the ARN of its role."""


class _RefusedError(Exception):
    """CloudTrail does not answer the request: its code for that."""


def look_up(request: Request, calls: Sequence[Call], roles: Roles) -> Reply:
    """Answer LookupEvents from all calls so far, oldest first."""
    try:
        return plain(200, _page(request, calls, roles))
    except _RefusedError as refused:
        return failure(request, 400, str(refused), "The lookup is not one that CloudTrail answers.")


def roles_of(emulator: Emulator) -> Roles:
    """Return how to find a role; that of a function that is gone the lab no longer knows."""

    def role(region: str, name: str) -> str:
        from moto.awslambda.exceptions import UnknownFunctionException

        with emulator.alone():
            try:
                return str(emulator.backend("lambda", region).get_function(name).role)
            except UnknownFunctionException:
                return f"arn:aws:iam::{ACCOUNT}:role/gone"

    return role


def _page(request: Request, calls: Sequence[Call], roles: Roles) -> Mapping[str, object]:
    wanted = request.parameters
    most = wanted.get("MaxResults", _MOST)
    if not isinstance(most, int) or not 1 <= most <= _MOST:
        raise _RefusedError("InvalidMaxResultsException")
    begin, end = wanted.get("StartTime", 0.0), wanted.get("EndTime", float("inf"))
    if begin > end:
        raise _RefusedError("InvalidTimeRangeException")
    attribute, value = _attribute(wanted.get("LookupAttributes") or [])
    before = _before(wanted)
    # Seconds of the monotonic clock to those of Unix time.
    epoch = time.time() - time.monotonic()
    events: list[Mapping[str, object]] = []
    last = 0
    for call in reversed(calls):
        when = int(call["started"] + epoch)
        known = call["function"] and call["ended"] and call["region"] == request.region
        if not known or call["n"] >= before or not begin <= when <= end:
            continue
        event = _event(call, when)
        if attribute is not None and event[attribute] != value:
            continue
        if len(events) == most:
            return {"Events": events, "NextToken": f"{last}-{_fingerprint(wanted)}"}
        last = call["n"]
        events.append({**event, "CloudTrailEvent": json.dumps(_record(call, event, when, roles))})
    return {"Events": events}


def _attribute(asked: Any) -> tuple[str | None, str]:
    """Return the one attribute to look for."""
    if not asked:
        return None, ""
    if len(asked) > 1 or asked[0].get("AttributeKey") not in _ATTRIBUTES:
        raise _RefusedError("InvalidLookupAttributesException")
    return asked[0]["AttributeKey"], str(asked[0].get("AttributeValue"))


def _before(wanted: Mapping[str, Any]) -> float:
    """Return the number of the call before which a page begins."""
    if "NextToken" not in wanted:
        return float("inf")
    number, _, fingerprint = str(wanted["NextToken"]).partition("-")
    if not number.isdecimal() or fingerprint != _fingerprint(wanted):
        raise _RefusedError("InvalidNextTokenException")
    return int(number)


def _fingerprint(wanted: Mapping[str, Any]) -> str:
    """Return what ties a token to the request that it goes on with."""
    asked = {name: value for name, value in wanted.items() if name not in {"NextToken", "MaxResults"}}
    return f"{crc32(json.dumps(asked, sort_keys=True).encode()):08x}"


def _event(call: Call, when: int) -> Mapping[str, object]:
    return {
        "EventId": str(uuid5(NAMESPACE_OID, f"{call['n']} {call['caller']} {call['started']}")),
        "EventName": call["operation"],
        "ReadOnly": "true" if call["operation"].startswith(_READING) else "false",
        "AccessKeyId": call["caller"],
        "EventTime": when,
        "EventSource": f"{call['service']}.amazonaws.com",
        "Username": _name(call),
        "Resources": [],
    }


def _record(call: Call, event: Mapping[str, object], when: int, roles: Roles) -> Mapping[str, object]:
    moment = datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "eventVersion": "1.11",
        "userIdentity": _identity(call, moment, roles),
        "eventTime": moment,
        "eventSource": event["EventSource"],
        "eventName": event["EventName"],
        "awsRegion": call["region"],
        "eventID": event["EventId"],
        "readOnly": event["ReadOnly"] == "true",
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    }


def _identity(call: Call, moment: str, roles: Roles) -> Mapping[str, object]:
    """Return who called: a session of the function's role that Lambda has named after the function.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
    """
    role = roles(call["region"], _name(call))
    name, identifier = role.rpartition("/")[2], f"AROA{uuid5(NAMESPACE_OID, role).hex[:17].upper()}"
    return {
        "type": "AssumedRole",
        "principalId": f"{identifier}:{_name(call)}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{_name(call)}",
        "accountId": ACCOUNT,
        "accessKeyId": call["caller"],
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": identifier,
                "arn": role,
                "accountId": ACCOUNT,
                "userName": name,
            },
            "attributes": {"creationDate": moment, "mfaAuthenticated": "false"},
        },
    }


def _name(call: Call) -> str:
    return str(call["function"]).rpartition(":")[2]
