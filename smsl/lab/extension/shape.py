"""The services' answers as the extension hands them on: Go structures, serialised by Go's `encoding/json`.

Every member is there, null where the service left it out; `<`, `>`, `&` and the two line separators are escaped;
dates are RFC 3339, their fraction without trailing zeros.

Source: https://pkg.go.dev/encoding/json#Marshal and https://pkg.go.dev/time#Time.MarshalJSON
Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Parameter.html
"""

from __future__ import annotations

import binascii
import json
import time
from collections.abc import Mapping

_ESCAPES = (("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029"))
_LAST_YEAR = 253402300800
"""Seconds at which the year 10000 begins, which RFC 3339 cannot write."""
_FIRST_YEAR = -62167219200


def secret_body(answer: Mapping[str, object]) -> bytes:
    """Write the answer of GetSecretValue.

    Raises:
        ValueError: A member has another type than the API's.
    """
    return _written(
        {
            "ARN": _text(answer, "ARN"),
            "CreatedDate": _date(answer, "CreatedDate"),
            "Name": _text(answer, "Name"),
            "SecretBinary": _binary(answer, "SecretBinary"),
            "SecretString": _text(answer, "SecretString"),
            "VersionId": _text(answer, "VersionId"),
            "VersionStages": _texts(answer, "VersionStages"),
            "ResultMetadata": {},
        }
    )


def parameter_body(answer: Mapping[str, object]) -> bytes:
    """Write the answer of GetParameter.

    Raises:
        ValueError: A member has another type than the API's.
    """
    parameter = answer.get("Parameter")
    if parameter is None or isinstance(parameter, dict):
        return _written({"Parameter": None if parameter is None else _parameter(parameter), "ResultMetadata": {}})
    raise ValueError("expected Parameter to be an object")


def _parameter(parameter: Mapping[str, object]) -> dict[str, object]:
    return {
        "ARN": _text(parameter, "ARN"),
        "DataType": _text(parameter, "DataType"),
        "LastModifiedDate": _date(parameter, "LastModifiedDate"),
        "Name": _text(parameter, "Name"),
        "Selector": _text(parameter, "Selector"),
        "SourceResult": _text(parameter, "SourceResult"),
        "Type": _text(parameter, "Type") or "",  # an enumeration and a number are no pointers: they are never null
        "Value": _text(parameter, "Value"),
        "Version": _whole(parameter, "Version"),
    }


def _text(answer: Mapping[str, object], name: str) -> str | None:
    value = answer.get(name)
    if value is None or isinstance(value, str):
        return value
    raise ValueError(f"expected {name} to be text")


def _texts(answer: Mapping[str, object], name: str) -> list[str] | None:
    value = answer.get(name)
    if value is None or (isinstance(value, list) and all(isinstance(each, str) for each in value)):
        return value
    raise ValueError(f"expected {name} to be a list of text")


def _whole(answer: Mapping[str, object], name: str) -> int:
    value = answer.get(name)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value or 0
    raise ValueError(f"expected {name} to be a whole number")


def _binary(answer: Mapping[str, object], name: str) -> str | None:
    value = _text(answer, name)
    if value is None:
        return None
    try:
        plain = binascii.a2b_base64(value, strict_mode=True)
    except ValueError:  # binascii's own error would quote what it could not read
        raise ValueError(f"failed to base64 decode {name}") from None
    return binascii.b2a_base64(plain, newline=False).decode("ascii")


def _date(answer: Mapping[str, object], name: str) -> str | None:
    """Return seconds since 1970, read to the millisecond, as `2022-11-16T08:22:40.499Z`."""
    value = answer.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not _FIRST_YEAR <= value < _LAST_YEAR:
        raise ValueError(f"expected {name} to be a date")
    seconds, fraction = divmod(int(value * 1000), 1000)
    moment = time.gmtime(seconds)
    date = f"{moment.tm_year:04}-{moment.tm_mon:02}-{moment.tm_mday:02}"
    after = f".{fraction:03}".rstrip("0") if fraction else ""
    return f"{date}T{moment.tm_hour:02}:{moment.tm_min:02}:{moment.tm_sec:02}{after}Z"


def _written(content: Mapping[str, object]) -> bytes:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    for letter, escape in _ESCAPES:
        text = text.replace(letter, escape)
    try:
        return text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which Go reads as U+FFFD
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
