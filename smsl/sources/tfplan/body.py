"""A resource's attributes and blocks, typed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from smsl.model.origin import Origin
from smsl.model.standin import plain, unsettled
from smsl.model.unknown import Maybe, Unknown
from smsl.sources.tfplan.address import instance
from smsl.sources.tfplan.blocks import block_expressions
from smsl.sources.tfplan.dynamic import given_under
from smsl.sources.tfplan.ends import Known, Leaf
from smsl.sources.tfplan.follow import Scope, leaves, scope_of
from smsl.sources.tfplan.meant import MEANT
from smsl.sources.tfplan.parts import elements, everything, members
from smsl.sources.tfplan.plan import NOTHING, Expression, Resource, mapping
from smsl.sources.tfplan.reading import MisshapenError, Reading, UnsettledError, as_text, one, refers


def body_of(reading: Reading, resource: Resource) -> Body:
    """Return a resource's attributes."""
    written = mapping(resource.block.get("expressions"))
    return Body(reading, resource, scope_of(resource), resource.values, resource.unknown, written, "")


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """The attributes of a resource or of a block inside it."""

    reading: Reading
    resource: Resource
    scope: Scope
    values: Mapping[str, Any]
    unknown: Mapping[str, Any]
    written: Mapping[str, Any]
    """The expressions, by attribute."""
    path: str
    """``vpc_config.``, empty for the resource itself."""

    def given(self, name: str) -> bool:
        """Tell whether an attribute is neither null or empty nor left to the provider."""
        return self.values.get(name) not in (None, "", []) or (self.is_unknown(name) and bool(self.written.get(name)))

    def is_unknown(self, name: str) -> bool:
        """Tell whether an attribute is known only after apply."""
        return self.unknown.get(name) is True

    def cause(self, name: str) -> str:
        """Return the address of an attribute."""
        return f"{self.resource.address}.{self.path}{name}"

    def ends(self, name: str) -> tuple[Leaf, ...]:
        """Return what an attribute's expression refers to."""
        return leaves(self.expression(name), self.scope, self.reading.walk)

    def expression(self, name: str) -> Expression:
        """Return an attribute's expression; an empty one where it is not in the configuration.

        A dynamic block is not: what a module is given under the block's name is then taken for what stands there.
        """
        written = mapping(self.written.get(name))
        if written or not self.path or self.written:
            return written
        block = self.path.split("[")[0].split(".")[0]
        if block in mapping(self.resource.block.get("expressions")):
            return written
        return given_under(self.resource.module, block, name)

    def text(self, name: str, want: str = "id") -> str | None:
        """Return an attribute as text; None where it is null.

        Raises:
            MisshapenError: It is a list or an object.
        """
        value = self.values.get(name)
        if value is not None:
            text = as_text(value)
            if text is None:
                raise MisshapenError(self.cause(name))
            return text
        if not self.path:
            return self.reading.attribute(self.resource, (name,), want)
        return self.settled(name, self.ends(name), want) if self.is_unknown(name) else None

    def settled(self, name: str, ends: tuple[Leaf, ...], want: str) -> str:
        """Return the one text that the ends of an attribute's expression are, else that the attribute decides it."""
        return one(self.reading, ends, want, name) or unsettled(self.cause(name))

    @property
    def origin(self) -> Origin:
        """Where the resource is written."""
        return Origin(self.reading.file, plain(self.resource.address))

    def at(self, name: str) -> Origin:
        """Return where an attribute is written."""
        return Origin(self.reading.file, plain(self.cause(name)))

    @property
    def region(self) -> str:
        """The region of the resource: its own attribute, else its provider's, else the plan's.

        Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/guides/enhanced-region-support.html.markdown
        """
        own = self.resource.values.get("region")
        if isinstance(own, str) and own:
            return plain(own)
        return self.reading.regions.get(self._provider, self.reading.place.region)

    @property
    def account(self) -> str:
        """The account of the resource."""
        return self.reading.accounts.get(self._provider, self.reading.place.account)

    @property
    def _provider(self) -> str:
        key = self.resource.block.get("provider_config_key")
        return key if isinstance(key, str) else "aws"

    def required(self, name: str, want: str = "id") -> str:
        """Return an attribute that a resource cannot be without: where it is not in the file it may be anything.

        Raises:
            MisshapenError: It is no text.
        """
        return self.text(name, want) or unsettled(self.cause(name))

    def flag(self, name: str, default: bool) -> Maybe[bool]:
        """Return a boolean."""
        value = self._scalar(name)
        if isinstance(value, Unknown):
            return value
        if value is None:
            return default
        if value not in (True, False, "true", "false"):
            raise MisshapenError(self.cause(name))
        return value in (True, "true")

    def number(self, name: str, default: int | None = None) -> Maybe[int] | None:
        """Return a whole number."""
        value = self._scalar(name)
        if isinstance(value, Unknown):
            return value
        if value is None:
            return default
        if isinstance(value, str) and value.lstrip("-").isdecimal() and len(value) < 12:
            return int(value)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value or abs(value) > 1e12:
            raise MisshapenError(self.cause(name))
        return int(value)

    def _scalar(self, name: str) -> Any:
        """Return a value that is no text; what is known only after apply may still be an output that is known."""
        value = self.values.get(name)
        if value is not None or not self.is_unknown(name):
            return value
        if name not in self.written and (self.written or not self.path):
            return None  # left to the provider, which takes the default
        known = [each.value for each in self.ends(name) if isinstance(each, Known)]
        return known[0] if len(known) == 1 == len(self.ends(name)) else self.unsettled(name)

    def unsettled(self, name: str) -> Unknown:
        """Return why an attribute is not known, with what it refers to."""
        return Unknown(f"{self.cause(name)} is known only after apply{refers(self.ends(name))}")

    def texts(self, name: str, want: str = "id", likely: Collection[str] = ()) -> Maybe[tuple[str, ...]]:
        """Return a list or a set of texts; Unknown where even its length is not known.

        Args:
            name: The attribute.
            want: What is meant of a resource where a reference does not say which attribute.
            likely: The types that it refers to if the references are more than the texts, beside those of `MEANT`.

        Raises:
            MisshapenError: It is something else.
        """
        value = self.values.get(name)
        unknown = self.unknown.get(name)
        if value is None and unknown is not True:
            return ()
        if value is None:
            return everything(self.reading, name, self.ends(name), want) or self.unsettled(name)
        if not isinstance(value, list):
            raise MisshapenError(self.cause(name))
        open_places = [i for i, each in enumerate(value) if each is None]
        found = [plain(each) if isinstance(each, str) else None for each in value]
        if any(each is None and i not in open_places for i, each in enumerate(found)):
            raise MisshapenError(self.cause(name))
        if open_places:
            later = elements(
                self.reading, self.cause(name), self.ends(name), want, (*likely, *MEANT.get(name, ())), len(open_places)
            )
            for i, text in zip(open_places, later, strict=True):
                found[i] = text
        return tuple(each for each in found if each is not None)

    def settled_texts(self, name: str, want: str = "id") -> tuple[str, ...]:
        """Return a list or a set of texts without which a resource says nothing.

        Raises:
            MisshapenError: It is something else.
            UnsettledError: Not even its length is known.
        """
        found = self.texts(name, want)
        if isinstance(found, Unknown):
            raise UnsettledError(self.cause(name))
        return found

    def texts_by_name(self, name: str, want: str = "arn") -> Maybe[Mapping[str, str | Unknown]]:
        """Return a map of texts: environment variables, tags.

        Raises:
            MisshapenError: It is something else.
        """
        value, unknown = self.values.get(name), self.unknown.get(name)
        if unknown is True or (self.resource.cut and not all(isinstance(each, Known) for each in self.ends(name))):
            return self.unsettled(name)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise MisshapenError(self.cause(name))
        found: dict[str, str | Unknown] = {}
        for key, each in value.items():
            if each is None:
                continue
            text = as_text(each)
            if text is None:
                raise MisshapenError(self.cause(name))
            found[plain(key)] = text
        later = [key for key, each in mapping(unknown).items() if each is True and key not in found]
        return {**found, **members(self.reading, self.cause(name), self.ends(name) if later else (), later, want)}

    def blocks(self, name: str, *, computed: bool = False) -> Maybe[tuple[Body, ...]]:
        """Return the blocks of a name; Unknown where it is not known how many there are.

        Args:
            name: The blocks' name.
            computed: Whether the provider fills in blocks that are not written: before it has, there are none.

        Raises:
            MisshapenError: It is something else.
        """
        value, unknown = self.values.get(name), self.unknown.get(name)
        if value is None and unknown is True:
            return () if computed and not self.written.get(name) else self.unsettled(name)
        if isinstance(value, dict):
            value, unknown = [value], [unknown]
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise MisshapenError(self.cause(name))
        parts = unknown if isinstance(unknown, list) and len(unknown) == len(value) else [NOTHING] * len(value)
        written = block_expressions(self.written.get(name), value, parts)
        paths = [f"{self.path}{name}{instance(i) if len(value) > 1 else ''}." for i in range(len(value))]
        return tuple(
            Body(self.reading, self.resource, self.scope, each, mapping(part), expressions, path)
            for each, part, expressions, path in zip(value, parts, written, paths, strict=True)
        )
