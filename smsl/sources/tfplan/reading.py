"""A resource's attributes as texts, with stand-ins for what is drawn or decided later.

An attribute that is known only after apply is what its expression refers to, where that is one thing; where it is
several, or a local, it may be anything, and its stand-in says whose attribute it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from smsl.model.standin import plain, unsettled
from smsl.sources.declared.declaration import Place
from smsl.sources.tfplan.address import Step
from smsl.sources.tfplan.ends import Attribute, Known, Leaf, Open
from smsl.sources.tfplan.follow import Walk, leaves, scope_of
from smsl.sources.tfplan.meant import MEANT
from smsl.sources.tfplan.plan import Module, Plan, Resource, mapping

_OF_VPC = re.compile(r"(?:^|\.)local\.(?:\w*_)?vpc(?:_id)?$")
"""A local that is a VPC's id by its name."""


class MisshapenError(ValueError):
    """An attribute is of another type than its resource has; the text says which, and nothing of its value."""


class UnsettledError(ValueError):
    """An attribute without which a resource says nothing is known only after apply; the text says which."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a plan's resources needs."""

    file: str
    plan: Plan
    walk: Walk
    place: Place
    regions: Mapping[str, str]
    """By provider, ``aws.virginia``."""
    accounts: Mapping[str, str]
    """By provider, where its configuration tells."""
    identity: Callable[[Reading, Resource, tuple[Step, ...]], str | None]
    """What a resource's id, ARN or name will be, of what it is known by."""
    apart: frozenset[tuple[str, ...]]
    """What has a resource of its own, as `gone.apart` gives it."""
    texts: dict[tuple[str, tuple[Step, ...], str], str]
    """Attributes that were settled before, by address, path and what was asked for."""

    def text_of(self, leaf: Leaf, want: str, meant: Collection[str] = (), name: str = "") -> str | None:
        """Return the text that a reference ends at; None for a known value that is no text.

        Args:
            leaf: An end of a reference.
            want: The attribute that is meant where the reference does not say which: ``arn``, ``id`` or ``name``.
            meant: The types of which that holds; empty for all. Of another type the attribute `name` is meant, as in
                ``vpc_id = aws_subnet.a[each.key].vpc_id``.
            name: The attribute that refers to it.
        """
        match leaf:
            case Known(value):
                return as_text(value)
            case Open(cause):
                return unsettled(cause)
            case Attribute(resource, ()) if meant and resource.type not in meant:
                own = name in resource.unknown or name in resource.values
                return self.attribute(resource, (name,), want) if own else unsettled(f"{resource.address}, {name}")
            case Attribute(resource, path):
                return self.attribute(resource, path or (want,), want)

    def attribute(self, resource: Resource, path: tuple[Step, ...], want: str) -> str | None:
        """Return a resource's attribute as text; None for a known value that is no text."""
        value, unknown = _at(resource.values, resource.unknown, path)
        if value is not None:
            return as_text(value)
        if not unknown:
            return self.identity(self, resource, path)
        asked = (resource.address, path, want)
        if asked not in self.texts:
            cause = unsettled(f"{resource.address}.{'.'.join(map(str, path))}")
            self.texts[asked] = cause  # what leads to itself ends here
            self.texts[asked] = self.identity(self, resource, path) or self._written(resource, path, want) or cause
        return self.texts[asked]

    def _written(self, resource: Resource, path: tuple[Step, ...], want: str) -> str | None:
        expression: object = mapping(resource.block.get("expressions"))
        for step in path:
            expression = _step(expression, step) or expression
        ends = leaves(mapping(expression), scope_of(resource), self.walk)
        if path == ("vpc_id",) and len(ends) == 1 and isinstance(ends[0], Open) and _OF_VPC.search(ends[0].cause):
            return self._only_vpc(resource.module)
        return one(self, ends, want, str(path[-1]))

    def _only_vpc(self, module: Module) -> str | None:
        """Return the one VPC of a module whose local has its name, as in terraform-aws-modules/vpc; else None."""
        named = [each for kind, each in module.resources.items() if kind.startswith("aws_vpc.")]
        made = [each for instances in named for each in instances.values()]
        return self.attribute(made[0], ("id",), "id") if len(made) == 1 else None


def one(reading: Reading, ends: tuple[Leaf, ...], want: str, name: str) -> str | None:
    """Return the one text that all ends are, or all that an attribute of this name means; None where it is no one."""
    meant = MEANT.get(name, ())
    later = [each for each in ends if not isinstance(each, Known)]
    found = {reading.text_of(each, want, meant, name) for each in later or ends}
    if len(found) > 1:
        kept = [each for each in later if isinstance(each, Attribute) and each.resource.type in meant]
        found = {reading.text_of(each, want) for each in kept}
    return found.pop() if len(found) == 1 else None


def refers(ends: tuple[Leaf, ...]) -> str:
    """Return the end of a sentence that says what an expression refers to."""
    names = []
    for each in ends:
        match each:
            case Open(cause):
                names.append(cause)
            case Attribute(resource, path):
                names.append(".".join((resource.address, *map(str, path))))
            case Known():
                pass
    named = list(dict.fromkeys(names))
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    return f"; it refers to {', '.join(map(plain, named[:3]))}{more}" if named else ""


def as_text(value: object) -> str | None:
    """Return a text, a number or a boolean as text; None for all else."""
    match value:
        case str():
            return plain(value)
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case _:
            return None


def _at(values: Mapping[str, Any], unknown: Mapping[str, Any], path: tuple[Step, ...]) -> tuple[Any, bool]:
    """Return the value on a path, and whether it is known only after apply."""
    value: Any = values
    later: Any = unknown
    for step in path:
        value, later = _step(value, step), (True if later is True else _step(later, step))
    return value, later is True


def _step(value: Any, step: Step) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        return value[step]
    return None
