"""What an expression refers to, through modules, variables, ``count`` and ``for_each``.

The configuration in a plan has an expression's references and nothing else of it: no function, no text around them,
and of ``aws_subnet.a[*].id`` or ``aws_subnet.a[each.key].id`` only ``aws_subnet.a``. Locals are not in it at all.

Source: https://developer.hashicorp.com/terraform/internals/json-format#expression-representation
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from smsl.sources.tfplan.address import Step, instance, steps, written
from smsl.sources.tfplan.ends import Attribute, Known, Leaf, Open, end_of, inside, is_key, narrow
from smsl.sources.tfplan.plan import Expression, InstanceKey, Module, Resource, child, mapping

_DEEPEST = 40
"""References that lead on to further ones; a chain of more is left."""
_MOST = 4000
"""Ends of one expression; further ones are left."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands."""

    module: Module
    key: InstanceKey = None
    """The instance of the resource or module in whose block it stands."""
    block: Mapping[str, Any] = field(default_factory=dict)
    """That block, with its ``for_each_expression``."""
    depth: int = 0

    def deeper(self) -> Scope:
        """Return the same scope one reference further on."""
        return replace(self, depth=self.depth + 1)

    def named(self, cause: str) -> Open:
        """Return what cannot be followed, with the module that it is of."""
        return Open(f"{self.module.path}.{cause}" if self.module.path else cause)


def scope_of(resource: Resource) -> Scope:
    """Return the scope of a resource's own expressions."""
    return Scope(resource.module, resource.key, resource.block)


@dataclass(frozen=True, slots=True)
class Walk:
    """What following needs beside the expression."""

    variables: Mapping[str, Any]
    """The plan's, by name: ``{"region": {"value": "eu-west-1"}}``."""
    ends: dict[tuple[int, int, InstanceKey], tuple[Leaf, ...]] = field(default_factory=dict)
    """By expression, module and instance: an expression is followed once, and one that leads to itself ends there."""


def leaves(expression: Expression, scope: Scope, walk: Walk) -> tuple[Leaf, ...]:
    """Return where the references of an expression end, in the order in which they are written.

    Args:
        expression: Of the configuration.
        scope: Where it stands.
        walk: What is known of the plan's variables and of expressions that were followed before.
    """
    if "constant_value" in expression:
        return (Known(expression["constant_value"], ""),)
    references = expression.get("references")
    if not isinstance(references, list):
        return ()
    seen = (id(expression), id(scope.module), scope.key)
    if seen not in walk.ends:
        if scope.depth > _DEEPEST:
            return (scope.named("a reference of too many steps"),)
        walk.ends[seen] = (scope.named("a reference to itself"),)
        walk.ends[seen] = _ends(references, scope, walk)
    return walk.ends[seen]


def _ends(references: Sequence[object], scope: Scope, walk: Walk) -> tuple[Leaf, ...]:
    found: list[Leaf] = []
    waiting = written(references)
    at = 0
    while at < len(waiting) and len(found) < _MOST:
        parts = steps(waiting[at])
        ends, taken = _reference(parts, waiting[at], waiting[at + 1 :], scope.deeper(), walk)
        found += ends
        at += 1 + taken
    return tuple(found[:_MOST])


def _reference(
    parts: tuple[Step, ...], text: str, following: Sequence[str], scope: Scope, walk: Walk
) -> tuple[Sequence[Leaf], int]:
    """Return where a reference ends, and how many of those that follow it were its index."""
    match parts:
        case ("var", str(name), *rest):
            return _indexed(_variable(name, rest, scope, walk), rest, following, scope)
        case ("each", "key", *_) | ("count", "index", *_):
            return (Known(scope.key, text),), 0
        case ("each", "value", *rest):
            return _each_value(rest, scope, walk), 0
        case ("module", str(name), *rest):
            return _output(name, rest, following, scope, walk)
        case ("data", str(kind), str(name), *rest):
            return _resource(f"data.{kind}.{name}", rest, text, following, scope, walk)
        case ("path" | "terraform" | "self", *_):
            return (), 0
        case (str(kind), str(name), *rest) if kind != "local":
            return _resource(f"{kind}.{name}", rest, text, following, scope, walk)
        case _:
            return (scope.named(text),), 0


def _resource(
    base: str,
    rest: Sequence[Step],
    text: str,
    following: Sequence[str],
    scope: Scope,
    walk: Walk,
) -> tuple[Sequence[Leaf], int]:
    instances = scope.module.resources.get(base)
    if not instances:
        return (scope.named(text),), 0
    if None in instances:
        return (end_of(instances[None], tuple(rest), text),), 0
    if rest:
        one = instances.get(rest[0]) if is_key(rest[0]) else None
        return ((scope.named(text),) if one is None else (end_of(one, tuple(rest[1:]), text),)), 0
    key, taken = _key(instances, following, scope, walk)
    if taken:
        return (Attribute(instances[key], ()),), taken
    return tuple(Attribute(each, ()) for each in instances.values()), 0


def _key(
    instances: Mapping[InstanceKey, object], following: Sequence[str], scope: Scope, walk: Walk
) -> tuple[InstanceKey, int]:
    """Return the instance that the next reference is the key of: ``aws_a.b[each.key].arn``."""
    if not following:
        return None, 0
    parts = steps(following[0])
    if parts[:1] in (("each",), ("count",), ("var",)):
        ends, _ = _reference(parts, following[0], (), scope, walk)
        if len(ends) == 1 and isinstance(ends[0], Known):
            value = ends[0].value
            if isinstance(value, (str, int)) and not isinstance(value, bool) and value in instances:
                return value, 1
    return None, 0


def _indexed(
    ends: Sequence[Leaf], rest: Sequence[Step], following: Sequence[str], scope: Scope
) -> tuple[Sequence[Leaf], int]:
    """Return the element of a list or map that ``count.index`` or ``each.key`` picks, where that can be told."""
    if rest or not following or len(ends) < 1:
        return ends, 0
    parts = steps(following[0])
    if parts[:1] not in (("each",), ("count",)) or parts[1:2] == ("value",):
        return ends, 0
    picked = narrow(ends, (scope.key,) if scope.key is not None else ())
    return (picked, 1) if picked is not ends else (ends, 0)


def _variable(name: str, rest: Sequence[Step], scope: Scope, walk: Walk) -> Sequence[Leaf]:
    module = scope.module
    text = f"var.{name}"
    if module.parent is None:
        given = mapping(walk.variables.get(name))
        if "value" in given:
            return inside((Known(given["value"], text),), rest)
    else:
        expression = mapping(mapping(module.call.get("expressions")).get(name))
        if expression:
            outer = Scope(module.parent, module.key, module.call, scope.depth)
            return inside(_renamed(leaves(expression, outer, walk), text), rest)
    declared = mapping(mapping(module.written.get("variables")).get(name))
    if "default" in declared:
        return inside((Known(declared["default"], text),), rest)
    return (scope.named(text),)


def _renamed(ends: Sequence[Leaf], text: str) -> Sequence[Leaf]:
    return tuple(Known(each.value, text) if isinstance(each, Known) and not each.origin else each for each in ends)


def _output(
    name: str, rest: Sequence[Step], following: Sequence[str], scope: Scope, walk: Walk
) -> tuple[Sequence[Leaf], int]:
    calls = mapping(scope.module.written.get("module_calls"))
    if name not in calls:
        return (scope.named(f"module.{name}"),), 0
    instances = scope.module.modules.get(name, {})
    taken = 0
    if rest and is_key(rest[0]):
        key: InstanceKey = rest[0]
        chosen = [child(scope.module, name, key)]
        rest = rest[1:]
    elif any(each is not None for each in instances):
        found, taken = _key(instances, following, scope, walk)
        chosen = [instances[found]] if taken else list(instances.values())
    else:
        chosen = [child(scope.module, name, None)]
    ends: list[Leaf] = []
    for each in chosen:
        ends += _of_module(each, rest, scope, walk)
        if len(ends) > _MOST:
            break
    return ends, taken


def _of_module(module: Module, rest: Sequence[Step], scope: Scope, walk: Walk) -> Sequence[Leaf]:
    """Return what an output of a module is; all of its outputs where the reference does not say which."""
    outputs = mapping(module.written.get("outputs"))
    within = Scope(module, depth=scope.depth)
    if rest:
        output = mapping(outputs.get(str(rest[0])))
        expression = mapping(output.get("expression"))
        return inside(leaves(expression, within, walk), rest[1:])
    return [
        leaf for each in outputs.values() for leaf in leaves(mapping(mapping(each).get("expression")), within, walk)
    ]


def _each_value(rest: Sequence[Step], scope: Scope, walk: Walk) -> Sequence[Leaf]:
    expression = mapping(scope.block.get("for_each_expression"))
    outer = Scope(scope.module, depth=scope.depth)
    ends = leaves(expression, outer, walk)
    key = scope.key
    if len(ends) == 1 and isinstance(ends[0], Known) and isinstance(ends[0].value, list) and key in ends[0].value:
        return (Known(key, "each.value"),)
    picked = narrow(ends, (key,) if key is not None else ())
    if picked is ends and len(set(ends)) == 1:
        picked = ends[:1]
    if picked is ends and len(ends) > 1:
        return (scope.named(f"each.value{instance(key)}"),)
    return inside(picked, rest)
