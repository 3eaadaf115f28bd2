"""Elements of lists and members of maps that are known only after apply: a plan has one list of references for all."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from smsl.model.standin import is_unsettled, plain, unsettled
from smsl.model.unknown import Unknown
from smsl.sources.tfplan.address import instance
from smsl.sources.tfplan.ends import Attribute, Known, Leaf, Open
from smsl.sources.tfplan.meant import MEANT
from smsl.sources.tfplan.pairing import paired
from smsl.sources.tfplan.reading import Reading, refers


def elements(
    reading: Reading, cause: str, ends: Sequence[Leaf], want: str, meant: Collection[str], count: int
) -> list[str]:
    """Return the texts of so many elements: what the references are where they are as many, else texts of their own.

    Args:
        reading: Of the plan.
        cause: The list's address.
        ends: Where its expression's references lead.
        want: What is meant of a resource where a reference does not say which attribute.
        meant: The types that are meant where the references are more than the elements.
        count: How many elements are known only after apply.
    """
    later = [each for each in ends if not isinstance(each, Known)]
    name = cause.rsplit(".", 1)[-1]
    likely = [each for each in later if isinstance(each, Attribute) and each.resource.type in meant]
    for pool in (later, dict.fromkeys(later), likely, dict.fromkeys(likely)):
        if len(pool) == count:
            return [reading.text_of(each, want, meant, name) or unsettled(cause) for each in pool]
    only = {each.cause for each in later if isinstance(each, Open)} if len(set(later)) == 1 else set()
    owner = only.pop() if only else cause
    return [unsettled(f"{owner}{instance(i)}") for i in range(count)]


def everything(reading: Reading, name: str, ends: Sequence[Leaf], want: str) -> tuple[str, ...] | None:
    """Return the texts of a list of which not even the length is known; None where they cannot be told.

    That is where a reference cannot be followed, or where one is to something that no element can be, as in
    ``compact([aws_a.b.arn, var.both ? aws_a.c.arn : ""])``: then it decides which of the others count.
    """
    meant = MEANT.get(name, ())
    found: list[str] = []
    for each in ends:
        if isinstance(each, Open):
            return None
        if isinstance(each, Known):
            texts = _listed(each.value, want)
            if texts is None:
                return None
            found += texts
        elif (text := reading.text_of(each, want, meant, name)) is not None:
            found.append(text)
    return tuple(dict.fromkeys(found))


def _listed(value: object, want: str) -> list[str] | None:
    """Return what a known value adds to a list of ARNs, ids or names; None where it is nothing that stands in one."""
    found: list[str] = []
    for each in value if isinstance(value, list) else [value]:
        if each in (None, ""):
            continue
        if not isinstance(each, str) or (want == "arn" and each != "*" and not each.startswith("arn:")):
            return None
        if want == "id" and not _ID.fullmatch(each):
            return None
        found.append(plain(each))
    return found


_ID = re.compile(r"[a-z]+-[0-9a-f]+")
"""What EC2 calls its resources."""


def members(
    reading: Reading, cause: str, ends: tuple[Leaf, ...], keys: Sequence[str], want: str
) -> Mapping[str, str | Unknown]:
    """Return the texts of a map's members, or why one is not known."""
    return dict(_members(reading, cause, ends, keys, want))


def _members(
    reading: Reading, cause: str, ends: tuple[Leaf, ...], keys: Sequence[str], want: str
) -> Iterator[tuple[str, str | Unknown]]:
    pairs = paired(keys, [each for each in ends if not isinstance(each, Known)])
    mixed = any(isinstance(each, Known) for each in ends)
    for key in keys:
        leaf = pairs.get(key)
        text = None if leaf is None else reading.text_of(leaf, _wanted(key, want))
        if text is None or (mixed and is_unsettled(text)):
            yield plain(key), Unknown(f"{cause}.{plain(key)} is known only after apply{refers(ends)}")
        else:
            yield plain(key), text


def _wanted(key: str, want: str) -> str:
    word = key.upper()
    return "id" if word.endswith("_ID") else "name" if word.endswith("_NAME") else want
