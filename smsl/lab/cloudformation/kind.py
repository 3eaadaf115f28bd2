"""A kind of resource that a template may ask for, and what is made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


class Refused(Exception):  # noqa: N818 - what happens, in one word: the text is AWS's error
    """A resource cannot be made; the text is the reason that the stack's events give."""


class Call(Protocol):
    """One call of the account's API in the stack's region."""

    def __call__(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        """Return the answer.

        Raises:
            Refused: The API refuses it, or has no such parameter.
        """


@dataclass(frozen=True, slots=True)
class Wanted:
    """A resource as its template wants it, every function in it resolved."""

    properties: Mapping[str, Any]
    logical_id: str
    stack: str
    """Name of the stack."""
    tags: Mapping[str, str]
    """What CloudFormation tags every resource with: the stack's own tags, its name and id, the logical id."""
    suffix: str
    """Twelve letters and digits for the names that CloudFormation makes up."""
    call: Call
    began: Callable[[str], object]
    """Told the id of what exists before all of it does, so that it goes again when the rest fails."""

    def get(self, name: str, default: Any = None) -> Any:
        """Return a property."""
        return self.properties.get(name, default)

    def only(self, *names: str) -> dict[str, Any]:
        """Return those of the named properties that are given, for a call that has the same names for them."""
        return {name: self.properties[name] for name in names if name in self.properties}

    def name(self, given: str, longest: int = 64) -> str:
        """Return the name that a property gives, else one that CloudFormation makes up.

        Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html
        """
        made_up = f"{self.stack}-{self.logical_id}"[: longest - len(self.suffix) - 1]
        return str(self.properties.get(given) or f"{made_up}-{self.suffix}")

    def all_tags(self) -> list[dict[str, str]]:
        """Return the resource's tags, as most services take them."""
        own = {str(tag["Key"]): _text(tag["Value"]) for tag in self.properties.get("Tags") or ()}
        return [{"Key": key, "Value": value} for key, value in {**self.tags, **own}.items()]


@dataclass(frozen=True, slots=True)
class Made:
    """A resource that was made."""

    id: str
    """Its physical id, which `Ref` answers."""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    """What `Fn::GetAtt` answers; a function where that changes with what else the stack makes."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A resource type that the lab deploys."""

    type: str
    properties: frozenset[str]
    """Those that `create` acts on; a resource with another one fails."""
    create: Callable[[Wanted], Made]
    delete: Callable[[Made, Mapping[str, Any], Call], object] | None = None
    """Given what was made, perhaps in part, and the properties; None when there is nothing to delete."""
    required: Sequence[str] = ()


def names(text: str) -> frozenset[str]:
    """Return the names in a text."""
    return frozenset(text.split())


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
