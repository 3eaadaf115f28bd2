"""A stack to be: a template with its parameters, and what its nodes come to.

Every node is resolved once. A stack is a context that remembers; it is made for one reading and dropped with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from smsl.model.errors import InputError
from smsl.model.origin import Origin
from smsl.model.standin import plain, unsettled
from smsl.model.unknown import Unknown
from smsl.sources.cfn.template import Budget, Template, entries
from smsl.sources.cfn.values import Items, Object, Value
from smsl.sources.declared.declaration import Place
from smsl.sources.documents.tree import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from smsl.sources.declared.pieces import Piece

_DEEPEST = 80
"""Levels of nesting and references together that are followed; each takes a handful of Python's frames."""


@dataclass(slots=True, eq=False)
class Resource:
    """A resource of a stack, as it is written."""

    stack: Stack = field(repr=False)
    logical: str
    type: str
    line: int
    members: dict[str, tuple[int, Node]] = field(repr=False)
    """``Properties``, ``Condition``, ``Metadata``, ..."""
    properties: dict[str, tuple[int, Node]] = field(repr=False)

    @property
    def address(self) -> str:
        """The logical id, with the stack's name where another stack has the same."""
        return self.stack.address(self.logical)

    @property
    def owner(self) -> str | None:
        """The logical id of the resource of SAM's that this one is made from."""
        return self.stack.owners.get(self.logical)

    @property
    def place(self) -> str:
        """The address in an origin: what SAM makes stands inside of what it is made from."""
        return self.address if self.owner is None else f"{self.stack.address(self.owner)}.{self.logical}"

    @property
    def origin(self) -> Origin:
        """Where the resource stands."""
        return Origin(self.stack.template.file, self.place, self.line)

    def get(self, name: str) -> Value:
        """Return a property; None where it is left out."""
        found = self.properties.get(name)
        return None if found is None else self.stack.resolve(found[1])

    def at(self, name: str, line: int | None = None, path: str = "") -> Origin:
        """Return where a property stands, or what is at a path inside it."""
        own = self.properties.get(name)
        return Origin(
            self.stack.template.file,
            f"{self.place}.Properties.{name}{path}",
            line or (own[0] if own else self.line),
        )

    def note(self, why: str, path: str = "") -> None:
        """Say what of the resource was not understood."""
        self.stack.world.left_out.setdefault(f"{self.place}{path}", why)


Reader: TypeAlias = Callable[[Resource], Iterator["Piece"]]
"""What makes pieces of the resources of a type."""


@dataclass(slots=True, eq=False)
class World:
    """What the stacks that are read together share."""

    options: dict[str, str]
    """Parameters that the command line gives."""
    left_out: dict[str, str] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    """Functions that cannot be judged, by address."""
    stacks: list[Stack] = field(default_factory=list)
    twice: frozenset[str] = frozenset()
    """Logical ids and parameters' names that more than one stack has."""
    exports: dict[str, tuple[Stack, Node]] = field(default_factory=dict)
    egress_apart: frozenset[str] | None = None
    """Ids of the security groups that have egress rules apart; None before anybody asked."""
    hidden: dict[str, str] = field(default_factory=dict, repr=False)
    """Values of ``NoEcho`` parameters by what stands for them: only conditions see them."""
    by_drawn: dict[str, Resource] = field(default_factory=dict)
    """Resources by what stands for the id that AWS draws."""

    def by_id(self, text: str) -> Resource | None:
        """Return the resource that an id stands for."""
        return self.by_drawn.get(text)


Evaluator = Callable[["Stack", str, Node, bool], Value]


@dataclass(slots=True, eq=False)
class Stack:
    """A template that is deployed once."""

    template: Template
    world: World
    label: str
    """Tells it from the other stacks in addresses."""
    place: Place
    """Where it goes."""
    evaluate: Evaluator
    """Runs an intrinsic function: its name, its argument, and whether that bears the function's tag."""
    name: str = ""
    """Its StackName, which may be a stand-in."""
    parent: Resource | None = None
    """What a nested stack is in its parent."""
    resources: dict[str, Resource] = field(default_factory=dict)
    by_type: dict[str, list[Resource]] = field(default_factory=dict)
    children: dict[str, Stack] = field(default_factory=dict)
    """Nested stacks whose templates are given, by logical id."""
    owners: dict[str, str] = field(default_factory=dict)
    """The resource of SAM's that a generated one is made from, by logical ids."""
    generated: dict[str, str] = field(default_factory=dict)
    """What SAM lets a template call a generated resource (``Function.Alias``), to its logical id."""
    verdicts: dict[str, bool | Unknown] = field(default_factory=dict)
    """Conditions that were evaluated."""
    choices: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """What stands for an ``Fn::If`` that is not decided, by its condition and branches."""
    memo: dict[int, Value] = field(default_factory=dict)
    kept: list[Node] = field(default_factory=list)
    """Nodes that were made on the way: what the memo knows by identity must live."""
    open: set[int] = field(default_factory=set)

    @property
    def url_suffix(self) -> str:
        """Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html."""
        return "amazonaws.com.cn" if self.place.partition == "aws-cn" else "amazonaws.com"

    @property
    def budget(self) -> Budget:
        """What may still be spent on the template."""
        return self.template.budget

    def of_type(self, name: str) -> list[Resource]:
        """Return the resources of a type."""
        return self.by_type.get(name, [])

    def address(self, name: str) -> str:
        """Return a logical id or a parameter's name as it is told from those of the other stacks."""
        return f"{self.label}/{name}" if name in self.world.twice else name

    def refusal(self, line: int, problem: str) -> InputError:
        """Return the error of a template that cannot be read on from a line."""
        return InputError(f"{self.template.file}, line {line}: {problem}")

    def enter(self, key: int, line: int) -> None:
        """Begin to resolve something that may lead back to itself.

        Raises:
            InputError: It does, or it is deeper than anybody writes.
        """
        if key in self.open:
            raise self.refusal(line, "what stands here refers to itself.")
        if len(self.open) >= _DEEPEST:
            raise self.refusal(line, f"what stands here is nested, or refers on, deeper than {_DEEPEST} levels.")
        self.open.add(key)

    def resolve(self, node: Node) -> Value:
        """Return what a node comes to.

        Raises:
            InputError: It refers to itself, or unfolds to far more than the template.
        """
        key = id(node)
        if key in self.memo:
            return self.memo[key]
        if isinstance(node, Scalar) and not node.tag:
            return None if not node.text and not node.quoted else plain(node.text)
        self.enter(key, node.line)
        try:
            value = self._resolved(node)
        finally:
            self.open.discard(key)
        if isinstance(value, Items | Object) and value.weight > self.template.heaviest:
            raise self.refusal(node.line, "what stands here unfolds to far more than its text.")
        self.memo[key] = value
        return value

    def _resolved(self, node: Node) -> Value:
        if node.tag.startswith("!"):
            return self.evaluate(self, node.tag[1:], node, True)
        if isinstance(node, Mapping) and len(node.pairs) == 1:
            key, value = node.pairs[0]
            if isinstance(key, Scalar) and is_function(key.text, value):
                return self.evaluate(self, key.text.removeprefix("Fn::"), value, False)
        return self.structure(node)

    def structure(self, node: Node) -> Value:
        """Return what a node comes to, its own tag left aside."""
        match node:
            case Scalar():
                return None if not node.text and not node.quoted else plain(node.text)
            case Sequence():
                self.budget.spend(1 + len(node.items))
                found = [self.resolve(item) for item in node.items]
                return Items([item for item in found if item is not None], node.line)
            case Mapping():
                return self._object(node)

    def _object(self, node: Mapping) -> Value:
        members: dict[str, Value] = {}
        lines: dict[str, int] = {}
        for name, (line, value) in self.unrolled(entries(node, self.budget)):
            if name == "Fn::Transform":
                return Unknown(f"the transform of line {line} is run by CloudFormation only")
            resolved = self.resolve(value)
            if resolved is not None:
                members[plain(name)], lines[plain(name)] = resolved, line
        return Object(members, node.line, lines)

    def unrolled(self, found: dict[str, tuple[int, Node]]) -> Iterator[tuple[str, tuple[int, Node]]]:
        """Yield members, those of loops (``Fn::ForEach::``) as many times as their collection says."""
        for name, (line, value) in found.items():
            if name.startswith("Fn::ForEach::"):
                from smsl.sources.cfn.loops import rounds

                yield from rounds(self, name, line, value)
            else:
                yield name, (line, value)

    def keep(self, node: Node) -> Node:
        """Let a node that was made on the way live as long as the stack."""
        self.kept.append(node)
        return node

    def text(self, node: Node, what: str) -> str:
        """Return what a node comes to as a text; what is none stands in it as not settled."""
        value = self.resolve(node)
        match value:
            case str():
                return value
            case Unknown():
                return unsettled(value.reason)
        return unsettled(f"{what} of line {node.line}")


def is_function(name: str, argument: Node) -> bool:
    """Tell whether the only member of an object is an intrinsic function."""
    if name in {"Ref", "Condition"}:
        return isinstance(argument, Scalar)
    return name.startswith("Fn::") and not name.startswith("Fn::ForEach::")
