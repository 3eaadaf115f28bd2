"""The traced path of an access as a drawing: one line for each thing that a packet meets, the one that stops it marked.

A function's subnets, and the interfaces of an endpoint, are ways side by side, of which Lambda and DNS pick one.
Ways with the same hops are drawn once. A way that fails ends where the packet does; what would stop it further on is
drawn too, for that needs an edit of its own.

A path that works is one row of the report and no more, so that a healthy report stays short; it is drawn when asked
for (``--path``), beside the rows that it explains, or when another way of the same function fails.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from smsl.model.evidence import Access
from smsl.model.reach import Hop, Reach, Verdict
from smsl.render.neutral import terminal
from smsl.render.page import listed, wrapped

_KINDS = {"security_group": "sg", "network_acl": "acl", "transit_gateway": "tgw"}
_MARKS = {True: "|", False: "X", None: "?"}
_WORDS = {True: "", False: "BLOCKED: ", None: "unknown: "}
_INDENT = " " * 4
_WIDEST = 24
"""Columns of an id; what is wider pushes its reason to the next line."""
_ORDER = (Verdict.UNREACHABLE, Verdict.PARTIAL, Verdict.UNKNOWN, Verdict.REACHABLE)


@dataclass(frozen=True, slots=True)
class _Way:
    """One way of a subnet: by one interface of an endpoint, or in one address family."""

    subnet: str
    end: str
    """The interface that it ends at; empty where it leaves the VPC."""
    hops: tuple[Hop, ...]
    verdict: Verdict
    spare: bool
    """True when its subnet gets through all the same, in the other address family."""


def path_lines(access: Access, width: int, *, full: bool) -> list[str]:
    """Return the drawing of an access's path; nothing for a function outside a VPC.

    Args:
        access: Its hops may hold text from outside.
        width: Columns; an id that is longer stays whole.
        full: Whether ways that work are drawn too; otherwise each is one line beside those that fail.
    """
    reach = access.reach
    if reach is None:
        return []
    ways = [way for name, trace in reach.per_subnet.items() for way in _ways(name, trace.hops, trace.verdict)]
    says = _faults(access, reach)
    lines: list[str] = []
    drawn = [way for way in ways if full or way.verdict is not Verdict.REACHABLE]
    for group in sorted(_alike(drawn), key=lambda each: _ORDER.index(each[0].verdict)):
        heads = _heads(group, ways)
        lines += [line for head in heads for line in wrapped(head, width, _INDENT, _INDENT * 2)]
        lines += _hop_lines(_drawn(group), says, width)
    rest = [way for way in ways if way not in drawn]
    if rest:
        lines += wrapped(f"{listed(_heads(rest, ways))}: ok", width, _INDENT, _INDENT * 2)
    return lines + _causes(access, reach, width)


def _ways(subnet: str, hops: Sequence[Hop], verdict: Verdict) -> Iterator[_Way]:
    """Yield the ways that a trace lists one after another; how the name resolves is the head of each."""
    start = next((i for i, hop in enumerate(hops) if not _resolves(hop)), len(hops))
    head, runs = tuple(hops[:start]), _runs(hops[start:])
    for run in runs or [()]:
        end = next((hop.component for hop in run if hop.kind == "endpoint" and hop.passed), "")
        own = _of_way(head + run, verdict)
        yield _Way(subnet, end, head + run, own, verdict is Verdict.REACHABLE and own is not Verdict.REACHABLE)


def _resolves(hop: Hop) -> bool:
    return hop.kind in ("dns", "subnet") or (hop.kind == "endpoint" and not hop.passed)


def _runs(hops: Sequence[Hop]) -> list[tuple[Hop, ...]]:
    """Part hops where an interface, or the subnet's own route table, comes up anew."""
    runs: list[list[Hop]] = []
    for hop in hops:
        last = runs[-1] if runs else []
        again = bool(last) and hop.kind == "route" and hop.component == last[0].component and last[-1].kind != "route"
        if not runs or hop.kind == "endpoint" or again:
            runs.append([])
        runs[-1].append(hop)
    return [tuple(run) for run in runs]


def _of_way(hops: Iterable[Hop], verdict: Verdict) -> Verdict:
    """Return what becomes of one way: in a trace that works one may fail, and the other way round."""
    passed = {hop.passed for hop in hops}
    if passed <= {True}:
        return Verdict.REACHABLE
    if False in passed:
        return Verdict.PARTIAL if verdict is Verdict.PARTIAL else Verdict.UNREACHABLE
    return Verdict.UNKNOWN


def _alike(ways: Iterable[_Way]) -> list[list[_Way]]:
    """Return the ways that meet the same things and fare the same, together."""
    groups: dict[tuple[object, ...], list[_Way]] = {}
    for way in ways:
        # The interface at the end, and the address in a reason, are what tells the ways of a group apart.
        met = ((h.kind, h.passed, None if h.kind == "endpoint" and h.passed else h.component) for h in _shown(way))
        groups.setdefault((way.verdict, way.spare, *met), []).append(way)
    return list(groups.values())


def _shown(way: _Way) -> list[Hop]:
    """Return the hops up to the first that does not pass, and whatever else does not."""
    stop = next((i for i, hop in enumerate(way.hops) if not hop.passed), len(way.hops))
    return [hop for i, hop in enumerate(way.hops) if i <= stop or not hop.passed]


def _heads(group: Sequence[_Way], ways: Iterable[_Way]) -> list[str]:
    """Return the subnets that a drawing is of, with the interface where a subnet's others fare otherwise."""
    of_all, of_group = _ends(ways), _ends(group)
    whole = [subnet for subnet, ends in of_group.items() if ends == of_all[subnet]]
    pairs = dict.fromkeys(f"{way.subnet} -> {way.end}" for way in group if way.subnet not in whole)
    note = ", not needed: another way works" if group[0].spare else ""
    return [f"{head}{note}" for head in [*([listed(whole, limit=8)] if whole else []), *pairs]]


def _ends(ways: Iterable[_Way]) -> dict[str, set[str]]:
    """Return the interfaces that each subnet's ways end at."""
    ends: dict[str, set[str]] = {}
    for way in ways:
        ends.setdefault(way.subnet, set()).add(way.end)
    return ends


def _drawn(group: Sequence[_Way]) -> list[tuple[Hop, int]]:
    """Return the hops of a group, each with how often it comes in a row; what differs stands one under another."""
    drawn: list[tuple[Hop, int]] = []
    for position in zip(*map(_shown, group), strict=True):
        for hop in dict.fromkeys(position):
            if drawn and drawn[-1][0] == hop:
                drawn[-1] = (hop, drawn[-1][1] + 1)
            else:
                drawn.append((hop, 1))
    return drawn


def _hop_lines(drawn: Sequence[tuple[Hop, int]], says: dict[tuple[str, str], str], width: int) -> list[str]:
    ids = [len(terminal(hop.component)) for hop, _ in drawn]
    kinds = max((len(_kind(hop.kind)) for hop, _ in drawn), default=0)
    column = max((size for size in ids if size <= _WIDEST), default=0)
    lines = []
    for hop, count in drawn:
        why = says.get((hop.component, hop.because)) or _without(hop.component, hop.because)
        text = f"{_WORDS[hop.passed]}{why.rstrip('.')}" + (f" ({count} times)" if count > 1 else "")
        lines += _row(f"{_MARKS[hop.passed]}  {_kind(hop.kind).ljust(kinds)}  ", hop.component, column, text, width)
    return lines


def _without(component: str, reason: str) -> str:
    """Return a reason without the id that stands before it in its line."""
    rest = reason.removeprefix(component)
    return reason if rest == reason or rest[:1] not in (":", " ") else rest[1:].lstrip()


def _row(start: str, component: str, column: int, text: str, width: int) -> list[str]:
    """Return a hop in a line; a reason that does not fit goes on under itself, beside the stroke of the path."""
    first = _INDENT + start
    name = terminal(component.replace(",", ", "))
    stroke = f"{_INDENT}{'|' if start[0] == '|' else ' '}".ljust(len(first))
    under = stroke.ljust(len(first) + column + 2)
    if len(name) <= column:
        return wrapped(text, width, first + name.ljust(column) + "  ", under)
    whole = wrapped(name, width, first, stroke)
    if len(whole) == 1 and len(whole[0]) + 2 + len(terminal(text)) <= width:
        return [f"{whole[0]}  {terminal(text)}"]
    return [*whole, *wrapped(text, width, f"{stroke}  ", f"{stroke}  ")]


def _kind(kind: str) -> str:
    return terminal(_KINDS.get(kind, kind.replace("_", " ")))


def _faults(access: Access, reach: Reach) -> dict[tuple[str, str], str]:
    """Return what a failing hop is said to do wrong, without its id, by the hop's id and its own reason."""
    messages = {(each.code, each.resource): each.message for each in access.blockers}
    faults = {}
    for each in reach.blockers:
        message = messages.get((each.code, each.component))
        if message is not None:
            faults[each.component, each.message] = _without(each.component, message)
    return faults


def _causes(access: Access, reach: Reach, width: int) -> list[str]:
    """Return the faults that no hop shows: a name that leads past the endpoint stops no packet by itself."""
    marked = {hop.component for trace in reach.per_subnet.values() for hop in trace.hops if not hop.passed}
    codes = {each.code for each in reach.blockers}
    return [
        line
        for each in access.blockers
        if each.code in codes and each.resource not in marked
        for line in wrapped(f"because {each.message}", width, _INDENT, _INDENT * 2)
    ]
