"""One value of the request against one value of a condition, for the operators that know no variables.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from ipaddress import ip_address, ip_network

_ORDER: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "Equals": lambda value, bound: value == bound,
    "LessThan": lambda value, bound: value < bound,
    "LessThanEquals": lambda value, bound: value <= bound,
    "GreaterThan": lambda value, bound: value > bound,
    "GreaterThanEquals": lambda value, bound: value >= bound,
}


def compares(operator: str, value: str, wanted: str) -> bool:
    """Return whether a value passes a positive operator; text that is no number, date or address never does."""
    if operator.startswith("Numeric"):
        return _ordered(operator.removeprefix("Numeric"), _number(value), _number(wanted))
    if operator.startswith("Date"):
        return _ordered(operator.removeprefix("Date"), _moment(value), _moment(wanted))
    if operator == "IpAddress":
        return _is_in_network(value, wanted)
    if operator == "Bool":
        return value.lower() == wanted.lower()
    return value == wanted  # BinaryEquals: both are base64.


def _ordered(comparison: str, value: Decimal | None, bound: Decimal | None) -> bool:
    return value is not None and bound is not None and _ORDER[comparison](value, bound)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _moment(text: str) -> Decimal | None:
    """Seconds since 1970, from ISO 8601 or from themselves."""
    seconds = _number(text)
    if seconds is not None:
        return seconds
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    elapsed = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return Decimal(elapsed.days * 86400 + elapsed.seconds) + Decimal(elapsed.microseconds) / 1_000_000


def _is_in_network(value: str, network: str) -> bool:
    try:
        return ip_address(value) in ip_network(network, strict=False)
    except ValueError:
        return False
