"""Where references end: a value that the plan has, a resource's attribute, or what cannot be followed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from smsl.sources.tfplan.address import Step
from smsl.sources.tfplan.plan import Resource


@dataclass(frozen=True, slots=True)
class Known:
    """A value that the plan has."""

    value: Any = field(repr=False)
    origin: str
    """The reference that led to it; empty for a constant."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """A resource's attribute."""

    resource: Resource
    path: tuple[Step, ...]
    """Empty where the reference does not say which."""


@dataclass(frozen=True, slots=True)
class Open:
    """What cannot be followed: a local, an absent resource, a variable without a value."""

    cause: str


Leaf: TypeAlias = Known | Attribute | Open


def end_of(resource: Resource, path: tuple[Step, ...], text: str) -> Leaf:
    """Return an attribute, or its value where the plan has it."""
    value: Any = resource.values
    for step in path:
        value = value.get(step) if isinstance(value, dict) else _item(value, step)
    return Attribute(resource, path) if value is None or not path else Known(value, text)


def _item(value: Any, step: Step) -> Any:
    inside = isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value)
    return value[int(step)] if inside else None


def is_key(step: Step) -> bool:
    """Tell a key or an index from an attribute."""
    return isinstance(step, int) or type(step) is not str


def inside(ends: Sequence[Leaf], path: Sequence[Step]) -> Sequence[Leaf]:
    """Return what lies on a path inside a value of which only the parts' references are known."""
    for step in path:
        ends = narrow(ends, (step,))
    return ends


def narrow(ends: Sequence[Leaf], path: Sequence[Step]) -> Sequence[Leaf]:
    """Return the ends that one step leads to; the same object where it cannot be told."""
    for step in path:
        known = [each for each in ends if isinstance(each, Known)]
        if len(known) == len(ends) == 1:
            value = known[0].value
            if isinstance(value, dict) and step in value:
                return (Known(value[str(step)], known[0].origin),)
            if isinstance(value, list) and isinstance(step, int) and step < len(value):
                return (Known(value[step], known[0].origin),)
            return ends
        kept = [each for each in ends if isinstance(each, Attribute) and _meant(each, step)]
        if kept and len(kept) < len(ends):
            return kept
        whole = [each for each in ends if isinstance(each, Attribute) and not each.path]
        if len(whole) == len(ends) == 1 and not is_key(step):
            return (end_of(whole[0].resource, (step,), whole[0].resource.address),)
        if isinstance(step, int) and len(ends) > 1 and 0 <= step < len(ends):
            return (ends[step],)
    return ends


def _meant(leaf: Attribute, step: Step) -> bool:
    """Tell whether a step names a leaf: its instance's key, its resource's name, or its attribute."""
    return (leaf.resource.key is not None and leaf.resource.key == step) or (
        isinstance(step, str) and step in (leaf.resource.name, *leaf.path[-1:])
    )
