"""One judged hop, and how judged hops add up: in a row, each must pass; side by side, DNS or Lambda picks one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from smsl.model.reach import Blocker, Hop, Path, Verdict
from smsl.model.unknown import Unknown
from smsl.net.boxes import Region, meet
from smsl.net.codes import MEANING
from smsl.net.words import some


@dataclass(frozen=True, slots=True)
class Step:
    """A hop with its verdict; ``open`` is the region of client address x source port that a partial one lets by."""

    hop: Hop
    verdict: Verdict
    blocker: Blocker | None = None
    open: Region | None = None
    missing: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """What came of one way: a family, an endpoint interface, a part of the public space, or all of them."""

    verdict: Verdict
    hops: tuple[Hop, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    missing: tuple[Unknown, ...] = ()
    path: Path = Path.NONE
    endpoint: str | None = None
    zones: tuple[str, ...] = ()
    """The Availability Zones of the gateway or endpoint interfaces that it uses; empty where it does not matter."""


def passed(component: str, kind: str, because: str) -> Step:
    """Return a hop that lets everything by."""
    return Step(Hop(component, kind, True, because), Verdict.REACHABLE)


def failed(code: str, component: str, kind: str, because: str = "", **data: str) -> Step:
    """Return a hop that stops everything."""
    found = blocker(code, component, data, because)
    return Step(Hop(component, kind, False, because or found.message), Verdict.UNREACHABLE, found)


def partly(code: str, component: str, kind: str, open_: Region, because: str = "", **data: str) -> Step:
    """Return a hop that lets only a region of client addresses x source ports by."""
    found = blocker(code, component, data, because)
    return Step(Hop(component, kind, False, because or found.message), Verdict.PARTIAL, found, open_)


def undecided(
    code: str,
    component: str,
    kind: str,
    data: Mapping[str, str],
    missing: Unknown | None = None,
    because: str = "",
) -> Step:
    """Return a hop that cannot be judged."""
    detail = because or ("" if missing is None else missing.reason)
    found = blocker(code, component, data, detail)
    return Step(Hop(component, kind, None, detail or found.message), Verdict.UNKNOWN, found, missing=missing)


def incomplete(component: str, kind: str, missing: Unknown) -> Step:
    """Return a hop whose facts were not read."""
    return undecided("SNAPSHOT_INCOMPLETE", component, kind, {}, missing)


def blocker(code: str, component: str, data: Mapping[str, str] | None = None, detail: str = "") -> Blocker:
    """Return the fault of a component, in the words of the table of codes, with what exactly is at fault."""
    return Blocker(code, component, MEANING[code], dict(data or {}), detail)


def conclude(steps: Sequence[Step], whole: Region) -> Branch:
    """Judge hops in a row: one that stops everything decides, then one unknown, then what all let by together."""
    decisive = Verdict.REACHABLE
    for verdict in (Verdict.UNREACHABLE, Verdict.UNKNOWN, Verdict.PARTIAL):
        if any(step.verdict is verdict for step in steps):
            decisive = verdict
            break
    blockers = [s.blocker for s in steps if s.verdict is decisive and s.blocker is not None]
    if decisive is Verdict.PARTIAL:
        left = whole
        for step in steps:
            left = left if step.open is None else meet(left, step.open)
        decisive = Verdict.PARTIAL if left else Verdict.UNREACHABLE
    return Branch(
        decisive,
        tuple(step.hop for step in steps),
        distinct(blockers),
        tuple(s.missing for s in steps if s.verdict is decisive and s.missing is not None),
    )


def alike(verdicts: Iterable[Verdict]) -> Verdict:
    """Judge ways side by side of which one is picked at random: all equal, or unknown, or partial."""
    found = set(verdicts)
    if len(found) == 1:
        return found.pop()
    return Verdict.UNKNOWN if Verdict.UNKNOWN in found else Verdict.PARTIAL


def distinct(blockers: Iterable[Blocker]) -> tuple[Blocker, ...]:
    """Return the blockers in order, each code and component once, with the first few of its details."""
    found: dict[tuple[str, str], list[Blocker]] = {}
    for one in blockers:
        found.setdefault((one.code, one.component), []).append(one)
    return tuple(replace(same[0], detail=_details(same)) for same in found.values())


def _details(same: Sequence[Blocker]) -> str:
    parts = dict.fromkeys(part for one in same for part in one.detail.split("; ") if part)
    return some(parts)
