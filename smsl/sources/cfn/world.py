"""The stacks that templates make: roots and what they nest, told apart by their labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from posixpath import basename, dirname, join, normpath

from smsl.model.errors import InputError
from smsl.model.standin import drawn, plain, unsettled
from smsl.sources.cfn.intrinsics import evaluate
from smsl.sources.cfn.resources import declare
from smsl.sources.cfn.stack import Resource, Stack, World
from smsl.sources.cfn.template import Template, entries
from smsl.sources.declared.declaration import ACCOUNT, REGION, Place
from smsl.sources.documents.tree import Node, written

_MOST = 500
"""Stacks in all."""
_ENDINGS = (".template.json", ".template.yaml", ".template", ".json", ".yaml", ".yml")
_NESTED = "AWS::CloudFormation::Stack"
_APPLICATION = "AWS::Serverless::Application"
"""SAM's name for a nested stack."""


def world_of(templates: Sequence[Template], place: Place, options: dict[str, str]) -> World:
    """Return the stacks with their resources and exports.

    Raises:
        InputError: A template cannot be read on, or nests without end.
    """
    world = World(options)
    by_file = {normpath(template.file): template for template in templates}
    nested = {path for template in templates for path in _nested_files(template) if path in by_file}
    roots = [template for template in templates if normpath(template.file) not in nested] or list(templates)
    labels = _labels(templates)
    for template in roots:
        _plant(world, template, labels[template.file], _place(template, place), None)
    _name_roots(world, options)
    world.twice = _twice(world)
    for stack in world.stacks:  # grows with what is nested
        declare(stack)
        _nest(world, stack, by_file)
    world.twice |= _twice(world)
    for stack in world.stacks:
        world.by_drawn.update({drawn(each.address): each for each in stack.resources.values()})
        _export(world, stack)
    return world


def _labels(templates: Sequence[Template]) -> dict[str, str]:
    """Return what tells each file's stack from the others: the file's stem, or its whole name where stems are equal."""
    stems = {template.file: template.made_of.stack or _stem(template.file) for template in templates}
    count = Counter(stems.values())
    return {file: stem if count[stem] == 1 else file for file, stem in stems.items()}


def _stem(file: str) -> str:
    name = basename(file)
    return next((name.removesuffix(ending) for ending in _ENDINGS if name.endswith(ending)), name) or name


def _place(template: Template, place: Place) -> Place:
    """Return where a stack goes: what options say, else what its cloud assembly does."""
    told = template.made_of
    if place.account == ACCOUNT and told.account:
        place = replace(place, account=plain(told.account))
    if place.region == REGION and told.region:
        place = replace(place, region=plain(told.region))
    return place


def _plant(world: World, template: Template, label: str, place: Place, parent: Resource | None) -> Stack:
    if len(world.stacks) >= _MOST:
        raise InputError(f"{template.file}: the templates nest more than {_MOST} stacks.")
    stack = Stack(template, world, plain(label), place, evaluate, parent=parent)
    world.stacks.append(stack)
    return stack


def _name_roots(world: World, options: dict[str, str]) -> None:
    alone = len(world.stacks) == 1
    for stack in world.stacks:
        told = stack.template.made_of.stack
        given = options.get("AWS::StackName") if alone else None
        cause = "AWS::StackName" if alone else f"AWS::StackName of {stack.label}"
        stack.name = plain(given or told or "") or unsettled(cause)


def _twice(world: World) -> frozenset[str]:
    """Return the names that more than one stack has."""
    count: Counter[str] = Counter()
    for stack in world.stacks:
        names = {
            name for section in ("Parameters", "Conditions", "Resources") for name in stack.template.entries(section)
        }
        count.update(names | set(stack.resources) | {"AWS::StackId"})
    return frozenset(name for name, number in count.items() if number > 1)


def _nested_files(template: Template) -> Iterator[str]:
    for _, resource in template.entries("Resources").values():
        members = entries(resource, template.budget)
        if "Type" in members and written(members["Type"][1]) in {_NESTED, _APPLICATION}:
            yield from _file_of(template, members)


def _file_of(template: Template, members: dict[str, tuple[int, Node]]) -> Iterator[str]:
    """Yield the file that a nested stack's template is in, as it is named from where its parent is.

    The CDK names it in the metadata; what is uploaded is named by its hash alone.
    """
    for section, member in (("Properties", "TemplateURL"), ("Metadata", "aws:asset:path"), ("Properties", "Location")):
        node = members.get(section)
        found = entries(node[1], template.budget).get(member) if node else None
        text = written(found[1]) if found else None
        if text and "://" not in text:
            yield normpath(join(dirname(template.file), text))


def _nest(world: World, stack: Stack, by_file: dict[str, Template]) -> None:
    """Plant the stacks whose templates are given; a circle is cut where it closes."""
    above = set()
    at: Stack | None = stack
    while at is not None:
        above.add(normpath(at.template.file))
        at = at.parent.stack if at.parent else None
    for resource in stack.of_type(_NESTED):
        found = next((path for path in _file_of(stack.template, resource.members) if path in by_file), None)
        if found is None:
            resource.note("the nested stack's template is not among those that are read")
        elif found in above:
            resource.note("the nested stack holds itself")
        else:
            label = f"{stack.label}/{resource.logical}"
            child = _plant(world, by_file[found], label, stack.place, resource)
            child.name = f"{stack.name}-{resource.logical}-{drawn(resource.address)}"
            stack.children[resource.logical] = child
            world.twice |= _twice(world)


def _export(world: World, stack: Stack) -> None:
    for _, (_, output) in stack.unrolled(stack.template.entries("Outputs")):
        members = entries(output, stack.budget)
        name = entries(members["Export"][1], stack.budget).get("Name") if "Export" in members else None
        if name is not None and "Value" in members:
            world.exports[stack.text(name[1], "the export's name")] = (stack, members["Value"][1])
