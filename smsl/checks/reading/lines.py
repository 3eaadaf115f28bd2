"""The lines that a finding stands on: statements, near misses and hops, one line each."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from smsl.model.decision import Decision, Layer
from smsl.model.evidence import Access
from smsl.model.reach import Reach
from smsl.model.snapshot import Secret

_NEAREST = 3


def secret_name(access: Access) -> str:
    """Return the secret's name, or what the function calls it where it was not read."""
    return access.secret.name if isinstance(access.secret, Secret) else access.wanted.text


def secret_arn(access: Access) -> str:
    """Return the secret's ARN, or what the function calls it where it was not read."""
    return access.secret.arn if isinstance(access.secret, Secret) else access.wanted.text


def statement_line(policy: str, index: int, sid: str | None) -> str:
    """Return how a statement is called: ``secrets, Sid ReadDb``, or ``secrets, statement 2`` counted from one."""
    return f"{policy}, Sid {sid}" if sid else f"{policy}, statement {index + 1}"


def decision_lines(decision: Decision | None, layers: Collection[Layer]) -> Iterator[str]:
    """Yield the explicit denies of some layers, then the Allows of theirs that came closest."""
    if decision is None:
        return
    for each in decision.because:
        if each.effect == "Deny" and each.layer in layers:
            yield f"{statement_line(each.policy, each.statement, each.sid)}: denies explicitly"
    near = [miss for miss in decision.near_misses if miss.layer in layers]
    for miss in near[:_NEAREST]:
        actual = "nothing" if miss.actual is None else miss.actual
        place = statement_line(miss.policy, miss.statement, miss.sid)
        yield f"{place}: {miss.element} is {miss.wanted}, the request has {actual}"


def hop_lines(reach: Reach | None) -> Iterator[str]:
    """Yield the hops that do not let a packet through, by subnet."""
    if reach is None:
        return
    for subnet, trace in reach.per_subnet.items():
        for hop in trace.hops:
            if hop.passed is False:
                yield f"{subnet}: {hop.kind} {hop.component}: {hop.because}"
