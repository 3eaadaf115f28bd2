"""What an Invoke of the bench's functions answered, as a sample: what Lambda says of it and what the handler does.

Neither is trusted to have its form: a function may have printed anything, and answered anything, before it failed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smsl.bench.account import Invoked
from smsl.bench.names import Phase
from smsl.bench.sample import Own, Sample
from smsl.model.report_line import LogTail, parse_tail

_PROACTIVE = 1.0
"""Seconds between the end of initialisation and the handler's start from which on Lambda is taken to have
initialised the environment before there was a request.

Source: https://aaronstuyvenberg.com/posts/understanding-proactive-initialization
"""
_ERROR_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,59}")
_PARTS = ("import", "client", "fetch")


@dataclass(frozen=True, slots=True)
class Said:
    """What the handler says of itself."""

    own: Own
    calls: int | None
    """To Secrets Manager; None where it cannot see them."""
    environment: str
    invocation: int
    versions: tuple[str, ...]
    stale: bool
    waited: float
    """Seconds between the end of its initialisation and its start."""


_NOTHING = Said(Own(0.0, 0.0, 0.0, 0.0), None, "", 0, (), stale=False, waited=0.0)


def sample_of(invoked: Invoked, phase: Phase) -> Sample:
    """Return an invocation as a sample, with the reason why it does not count, if there is one."""
    tail = parse_tail(invoked.log)
    said, report = _said(invoked.payload), tail.report
    shown = said or _NOTHING
    excluded = _excluded(invoked, phase, tail, said)
    return Sample(
        phase=phase,
        duration=report.duration if report else 0.0,
        init=report.init if report else None,
        seen=invoked.seen,
        billed=report.billed if report else 0.0,
        memory_used=report.memory_used if report else 0,
        own=shown.own,
        calls=shown.calls,
        environment=shown.environment,
        invocation=shown.invocation,
        versions=shown.versions,
        stale=shown.stale,
        excluded=excluded,
        of_phase=excluded is None or (invoked.error and _started(tail) is (phase is Phase.COLD)),
    )


def first_version(invoked: Invoked) -> str | None:
    """Return the version of the first secret that a function got; None when it does not say."""
    said = None if invoked.error else _said(invoked.payload)
    return said.versions[0] if said is not None and said.versions else None


def error_type(invoked: Invoked) -> str:
    """Return the error's type where it looks like one: the rest of what a function says may come from anywhere."""
    kind = invoked.payload.get("errorType") if isinstance(invoked.payload, dict) else None
    return kind if isinstance(kind, str) and _ERROR_TYPE.fullmatch(kind) else "an error"


def _excluded(invoked: Invoked, phase: Phase, tail: LogTail, said: Said | None) -> str | None:
    if invoked.error:
        return f"failed ({error_type(invoked)})"
    if tail.report is None:
        return "its log has no REPORT line"
    if said is None:
        return "its answer is not the handler's"
    if phase is Phase.WARM:
        return "started a new environment" if tail.report.init is not None or said.invocation == 1 else None
    if tail.inits:
        return "initialisation failed at first and was made up for in the invocation"
    if said.invocation != 1:
        return "its environment had served before"
    if tail.report.init is None or said.waited > _PROACTIVE:
        return "Lambda had initialised the environment before the request"
    return None


def _started(tail: LogTail) -> bool | None:
    """Tell whether an invocation started its environment; None when that cannot be told of one that failed."""
    if tail.report is None or tail.inits:
        return None
    return tail.report.init is not None


def _said(payload: object) -> Said | None:
    """Return what a handler of the bench answered; None when it is of any other form."""
    try:
        return _read(_object(payload))
    except (KeyError, TypeError):
        return None


def _read(payload: Mapping[str, Any]) -> Said:
    invocation = _count(payload["invocation"], least=1)
    # What initialisation took is part of the first invocation alone, though every answer repeats it.
    begun = _object(payload["init"]) if invocation == 1 else {}
    init, now = _times(begun.get("timings")), _times(payload["timings"])
    parts = {name: init.get(name, 0.0) + now.get(name, 0.0) for name in _PARTS}
    counts = (payload["api_calls"], begun.get("api_calls"))
    calls, calls_before = (None if each is None else _count(each) for each in counts)
    secrets = [_object(each) for each in _list(payload["secrets"])]
    return Said(
        own=Own(parts["import"], parts["client"], parts["fetch"], sum(init.values())),
        calls=None if calls is None else calls + (calls_before or 0),
        environment=_text(payload["environment"]),
        invocation=invocation,
        versions=tuple(_text(each["version"]) for each in secrets),
        stale=any(each.get("stale") is True for each in secrets),
        waited=_number(payload["started"]) - _number(payload["init_ended"]),
    )


def _times(value: object) -> Mapping[str, float]:
    return {} if value is None else {name: _number(each) for name, each in _object(value).items()}


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _count(value: object, least: int = 0) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise TypeError
    return value


def _number(value: object) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value < 1e15:  # nor NaN
        raise TypeError
    return float(value)
