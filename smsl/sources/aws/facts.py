"""Calls to AWS, and what they answered: the raw facts of an audit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True, order=True)
class Call:
    """One read of an AWS API; two equal calls are one."""

    service: str
    """As botocore spells it: ``secretsmanager``."""
    operation: str
    """As the API spells it: ``DescribeSecret``."""
    region: str
    key: str
    """The parameters as canonical JSON."""

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters, as botocore takes them."""
        loaded: dict[str, Any] = json.loads(self.key)
        return loaded

    @property
    def name(self) -> str:
        """``service:Operation``, key into `calls.OPERATIONS`."""
        return f"{self.service}:{self.operation}"


def call(service: str, operation: str, region: str, **parameters: object) -> Call:
    """Return the call with these parameters."""
    return Call(service, operation, region, json.dumps(parameters, sort_keys=True, separators=(",", ":")))


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that did not answer."""

    kind: str
    """``absent``, ``refused``, ``throttled``, ``no answer``, ``garbled``, ``unreachable``, ``error``."""
    code: str
    """AWS's error code, or the kind of exception; never the error's text."""


Answer: TypeAlias = Mapping[str, Any] | Failure
Facts: TypeAlias = Mapping[Call, Answer]


def answered(facts: Facts, wanted: Call) -> Mapping[str, Any]:
    """Return what the call answered; empty where it failed or was not made: only for deciding what to ask next."""
    answer = facts.get(wanted)
    return {} if answer is None or isinstance(answer, Failure) else answer
