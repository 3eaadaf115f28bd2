"""The keys of the configuration, and what each may hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from smsl.gate.settings import OnUnknown
from smsl.model.finding import Area, Confidence, Dialect, Severity

Choice = TypeVar("Choice", bound=StrEnum)


class WrongError(Exception):
    """What a key must be, in our own words."""


def _choice(kind: type[Choice]) -> Callable[[object], Choice]:
    def read(value: object) -> Choice:
        if not isinstance(value, str) or value not in set(kind):
            raise WrongError(f"one of {', '.join(kind)}")
        return kind(value)

    return read


def _severity(value: object) -> Severity:
    names = {str(each): each for each in reversed(Severity)}
    if not isinstance(value, str) or value not in names:
        raise WrongError(f"one of {', '.join(names)}")
    return names[value]


def _areas(value: object) -> tuple[Area, ...]:
    return tuple(_choice(Area)(each) for each in _texts(value))


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise WrongError("true or false")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise WrongError("a text")
    return value


def _texts(value: object) -> tuple[str, ...]:
    values: Sequence[object] = value if isinstance(value, list) else [value]
    if not all(isinstance(each, str) and each for each in values):
        raise WrongError("a text or a list of texts")
    return tuple(str(each) for each in values)


def _account(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{12}", value):
        raise WrongError("a text of 12 digits")
    return value


def _parameters(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict) or not all(isinstance(each, str | int | float) for each in value.values()):
        raise WrongError("a table of texts, numbers and truths")
    return tuple((name, str(each).lower() if isinstance(each, bool) else str(each)) for name, each in value.items())


KEYS: Mapping[str, Callable[[object], object]] = {
    "fail-on": _severity,
    "on-unknown": _choice(OnUnknown),
    "min-severity": _severity,
    "min-confidence": _choice(Confidence),
    "only": _areas,
    "preview": _truth,
    "baseline": _text,
    "inline-suppressions": _truth,
    "fix-as": _choice(Dialect),
    "secret": _texts,
    "region": _texts,
    "account": _account,
    "parameters": _parameters,
}
"""By key: what reads its value. The field of `Settings` has the same name."""
