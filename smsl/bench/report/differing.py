"""In what two saved runs differ besides their times: a change of these moves times and calls, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from smsl.bench.saved import Condition, Saved
from smsl.render.neutral import terminal

_LONGEST = 60
"""Columns of a value, so that a word of a file cannot make a line too wide."""
_LABELS = {
    "secrets": "secrets",
    "ttl": "TTL",
    "memory_mb": "memory",
    "placement": "first fetch in",
    "architecture": "architecture",
    "at_once": "environments at once",
    "warmup": "cold starts before those that count",
    "service_latency": "service latency",
    "throttled": "calls throttled",
    "failing": "calls failing",
    "extension": "extension",
    "region": "region",
    "machine": "machine",
}
"""Of conditions that have one value, the most telling first."""


def differing(old: Saved, new: Saved) -> dict[str, tuple[Condition, Condition]]:
    """Return by name the conditions that both runs have and that are not the same; of runtimes those that differ."""
    found: dict[str, tuple[Condition, Condition]] = {}
    for name, after in new.conditions.items():
        before = old.conditions.get(name)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            changed = [each for each in after if each in before and before[each] != after[each]]
            if changed:
                found[name] = {each: before[each] for each in changed}, {each: after[each] for each in changed}
        elif before is not None and before != after:
            found[name] = before, after
    return found


def remarked(old: Saved, new: Saved) -> Iterator[str]:
    """Yield what a reader must know before any comparison, a sentence each."""
    cut = [label for label, each in (("OLD", old), ("NEW", new)) if each.conditions.get("interrupted")]
    if cut:
        verb, runs = ("was", "it has") if len(cut) == 1 else ("were", "they have")
        yield f"{' and '.join(cut)} {verb} interrupted: {runs} only what was measured until then"
    found = differing(old, new)
    said = [f"{label} {_changed(name, *found[name])}" for name, label in _LABELS.items() if name in found]
    before, after = found.get("runtimes", ({}, {}))
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        said += [f"{_short(each)} {_changed('runtimes', before[each], after[each])}" for each in after]
    if said:
        yield f"the runs differ in more than time: {', '.join(said)}"


def _changed(name: str, before: Condition, after: Condition) -> str:
    texts = _written(name, before), _written(name, after)
    if texts[0] == texts[1]:  # one layer, whose ARNs differ
        texts = str(before), str(after)
    return " -> ".join(map(_short, texts))


def _written(name: str, value: Condition) -> str:
    match name, value:
        case "ttl", float() | int():
            return f"{value:g} s"
        case "memory_mb", float() | int():
            return f"{value:g} MB"
        case "throttled" | "failing", float() | int():
            return f"{value * 100:g} %"
        case "extension", str():
            return value.rpartition(":layer:")[2]
        case _, float() | int():
            return f"{value:g}"
    return str(value)


def _short(text: str) -> str:
    shown = terminal(text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 3]}..."
