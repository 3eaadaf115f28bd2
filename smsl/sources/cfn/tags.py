"""A resource's tags, written as a list of ``{Key, Value}`` or, by SAM, as an object."""

from __future__ import annotations

from smsl.model.standin import unsettled
from smsl.model.unknown import Unknown
from smsl.sources.cfn.stack import Resource
from smsl.sources.cfn.values import Items, Object, Value


def tags_of(resource: Resource, member: str = "Tags") -> dict[str, str]:
    """Return the tags; what is not understood is told, and one whose value is not known has a stand-in for it."""
    found: dict[str, str] = {}
    match resource.get(member):
        case None:
            pass
        case Items() as items:
            for item in items:
                key = item.get("Key") if isinstance(item, Object) else None
                if isinstance(item, Object) and isinstance(key, str):
                    found[key] = _text(item.get("Value"))
                else:
                    resource.note("a tag is not understood", f".Properties.{member}")
        case Object() as members:
            found = {key: _text(value) for key, value in members.items()}
        case _:
            resource.note("the tags are not understood", f".Properties.{member}")
    return found


def _text(value: Value) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return unsettled(value.reason if isinstance(value, Unknown) else "a tag")
