"""What a node of a template comes to: a text, a list, an object, nothing, or what is not settled yet.

Every scalar is a text, as CloudFormation takes ``"443"`` for 443 and ``"true"`` for true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, Union

from smsl.model.standin import causes, is_drawn, is_unsettled, unsettled
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.cfn.dynamic import resolved

if TYPE_CHECKING:
    from smsl.model.network import IpNetwork

_TRUE = frozenset({"true", "yes", "on"})
_FALSE = frozenset({"false", "no", "off"})


class Items(list["Value"]):
    """A list that knows its lines."""

    __slots__ = ("line", "weight")

    def __init__(self, items: list[Value], line: int) -> None:
        super().__init__(items)
        self.line = line
        self.weight = 1 + sum(map(weight_of, items))


class Object(dict[str, "Value"]):
    """An object that knows the lines of its members."""

    __slots__ = ("line", "lines", "weight")

    def __init__(self, members: dict[str, Value], line: int, lines: dict[str, int]) -> None:
        super().__init__(members)
        self.line = line
        self.lines = lines
        self.weight = 1 + sum(map(weight_of, members.values()))


Value: TypeAlias = Union[str, Items, Object, Unknown, None]  # noqa: UP007  -- Items and Object speak of it before it is made
"""None is ``AWS::NoValue`` and what is left out."""


class WrongTypeError(Exception):
    """A property is of another type than it must be: ``Timeout is no number``."""


def weight_of(value: Value) -> int:
    """Return how many nodes a value unfolds to."""
    return value.weight if isinstance(value, Items | Object) else 1


def hangs(what: str, text: str) -> Unknown:
    """Return why something that a text tells is not known: what the text's open parts hang on."""
    found = causes(text)
    return Unknown(f"{what} hangs on {', '.join(found) or 'what is drawn at deployment'}", needs_of(found))


def needs_of(found: tuple[str, ...]) -> tuple[str, ...]:
    """Return the options that would settle causes."""
    named = (cause.removeprefix("NoEcho ") for cause in found)
    names = (cause.removeprefix("parameter ").rpartition("/")[2] for cause in named if cause.startswith("parameter "))
    return tuple(f"--parameter {name}=..." for name in dict.fromkeys(names))


def as_text(value: Value, what: str) -> str:
    """Return a text; what is not known stands in it as such.

    Raises:
        WrongTypeError: There is none, or it is a list or an object.
    """
    match value:
        case str():
            return resolved(value)
        case Unknown():
            return unsettled(value.reason)
    raise WrongTypeError(f"{what} is left out" if value is None else f"{what} is not a text")


def as_texts(value: Value, what: str) -> Maybe[tuple[str, ...]]:
    """Return a list of texts, empty where there is none.

    Raises:
        WrongTypeError: It is an object, or holds one.
    """
    match value:
        case None:
            return ()
        case Unknown():
            return value
        case str():
            return hangs(what, value) if is_unsettled(value) else (value,)
        case Items():
            found: list[str] = []
            for item in value:
                inner = (item,) if isinstance(item, str) else as_texts(item, what)
                if isinstance(inner, Unknown):
                    return inner
                found += inner
            return tuple(found)
    raise WrongTypeError(f"{what} is not a list of texts")


def as_flag(value: Value, what: str, *, default: bool) -> Maybe[bool]:
    """Return a boolean, `default` where there is none."""
    match value:
        case None:
            return default
        case Unknown():
            return value
        case str():
            if value.lower() in _TRUE:
                return True
            if value.lower() in _FALSE:
                return False
            return hangs(what, value) if is_unsettled(value) else Unknown(f"{what} is not a boolean")
    return Unknown(f"{what} is not a boolean")


def as_number(value: Value, what: str) -> Maybe[int]:
    """Return a whole number."""
    match value:
        case Unknown():
            return value
        case str() if is_unsettled(value) or is_drawn(value):
            return hangs(what, value)
        case str():
            try:
                return int(value) if len(value) <= 20 else Unknown(f"{what} is not a number")
            except ValueError:
                pass
    return Unknown(f"{what} is not a number")


def as_block(value: Value, what: str) -> Maybe[IpNetwork]:
    """Return a CIDR block; its host bits are cleared, as EC2 does."""
    from ipaddress import ip_network

    match value:
        case Unknown():
            return value
        case str() if is_unsettled(value) or is_drawn(value):
            return hangs(what, value)
        case str():
            try:
                return ip_network(value.strip(), strict=False)
            except ValueError:
                pass
    return Unknown(f"{what} is not a CIDR block")


def as_objects(value: Value, what: str) -> Maybe[tuple[Object, ...]]:
    """Return a list of objects, empty where there is none; one object stands for a list of it.

    Raises:
        WrongTypeError: It is neither.
    """
    match value:
        case None:
            return ()
        case Unknown():
            return value
        case str() if is_unsettled(value):
            return hangs(what, value)
        case Object():
            return (value,)
        case Items():
            found: list[Object] = []
            for item in value:
                inner = as_objects(item, what)
                if isinstance(inner, Unknown):
                    return inner
                found += inner
            return tuple(found)
    raise WrongTypeError(f"{what} is not a list of objects")


def as_object(value: Value, what: str) -> Maybe[Object]:
    """Return an object; one without members where there is none.

    Raises:
        WrongTypeError: It is a list or a text.
    """
    match value:
        case None:
            return Object({}, 0, {})
        case Unknown() | Object():
            return value
        case str() if is_unsettled(value):
            return hangs(what, value)
    raise WrongTypeError(f"{what} is not an object")
