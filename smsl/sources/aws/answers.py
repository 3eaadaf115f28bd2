"""Reading boto3's answers without trusting them: what is absent or malformed is Unknown, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_address, ip_network
from typing import Any, TypeVar

from smsl.model.network import IpNetwork
from smsl.model.unknown import Maybe, Unknown

Row = Mapping[str, Any]
T = TypeVar("T")


class MalformedError(Exception):
    """A member that the conversion of a row cannot do without is absent or of the wrong kind; names the member."""


def answer(case: Row, service: str, operation: str) -> Maybe[Row]:
    """Return an operation's answer, or a mapping of answers by id."""
    found = mapping(mapping(case, service), operation)
    if not found and not isinstance(case.get(service), Mapping):
        return Unknown(f"{service} was not read", (f"{service}:{operation}",))
    if not isinstance(mapping(case, service).get(operation), Mapping):
        return Unknown(f"{operation} was not read", (f"{service}:{operation}",))
    return found


def mapping(row: Any, name: str) -> Row:
    """Return a member that is a mapping; empty if it is not."""
    found = row.get(name) if isinstance(row, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def rows(found: Maybe[Row], member: str, needs: str) -> Maybe[tuple[Row, ...]]:
    """Return the rows of an answer; an answer cut short by paging is not known."""
    if isinstance(found, Unknown):
        return found
    listed = found.get(member)
    if not isinstance(listed, list) or not all(isinstance(row, Mapping) for row in listed):
        return Unknown(f"{member} is absent or malformed", (needs,))
    if found.get("NextToken") or found.get("IsTruncated") or found.get("AdditionalRoutesAvailable"):
        return Unknown(f"{member} holds only the first page", (needs,))
    return tuple(listed)


def each(found: Maybe[tuple[Row, ...]], make: Callable[[Row], T], needs: str) -> Maybe[tuple[T, ...]]:
    """Return all rows converted; one that cannot be makes the collection unknown, since it might be the one wanted."""
    if isinstance(found, Unknown):
        return found
    try:
        return tuple(make(row) for row in found)
    except MalformedError as error:
        return Unknown(f"{error} is absent or malformed", (needs,))


def text(row: Row, name: str) -> str:
    """Return a member that must be text.

    Raises:
        MalformedError: It is absent, empty or something else.
    """
    found = row.get(name)
    if not isinstance(found, str) or not found:
        raise MalformedError(name)
    return found


def optional(row: Row, name: str) -> str:
    """Return a member that may be text; empty if it is not."""
    found = row.get(name)
    return found if isinstance(found, str) else ""


def known_text(row: Row, name: str) -> Maybe[str]:
    """Return a member that is text, in lower case, or Unknown."""
    found = row.get(name)
    return found.lower() if isinstance(found, str) and found else Unknown(f"{name} is absent or malformed")


def known_state(row: Row, name: str, known: frozenset[str]) -> Maybe[str]:
    """Return a member that is one of an enumeration's values, in lower case; a value of a later API is Unknown."""
    found = known_text(row, name)
    if isinstance(found, Unknown) or found in known:
        return found
    return Unknown(f"{name} is none that is known")


def one_of(row: Row, name: str, known: frozenset[str], default: str) -> str:
    """Return a member that is one of an enumeration's values, or the default if it is absent.

    Raises:
        MalformedError: It is something else, such as a value of a later API.
    """
    found = row.get(name)
    if found is None:
        return default
    if not isinstance(found, str) or found not in known:
        raise MalformedError(name)
    return found


def known_flag(row: Row, name: str) -> Maybe[bool]:
    """Return a member that is a boolean, or Unknown."""
    found = row.get(name)
    return found if isinstance(found, bool) else Unknown(f"{name} is absent or malformed")


def members(row: Row, name: str) -> Iterator[Row]:
    """Yield the mappings of a list member; an absent list is empty.

    Raises:
        MalformedError: The member is not a list of mappings.
    """
    found = row.get(name)
    if found is None:
        return
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise MalformedError(name)
    yield from found


def present(row: Row, name: str) -> Row:
    """Return a row whose list member EC2 never leaves out.

    Raises:
        MalformedError: The member is absent.
    """
    if row.get(name) is None:
        raise MalformedError(name)
    return row


def texts(row: Row, name: str) -> tuple[str, ...]:
    """Return the texts of a list member; an absent list is empty.

    Raises:
        MalformedError: The member is not a list of texts.
    """
    found = row.get(name)
    if found is None:
        return ()
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise MalformedError(name)
    return tuple(found)


def number(row: Row, name: str) -> int:
    """Return a member that must be a whole number.

    Raises:
        MalformedError: It is not.
    """
    found = row.get(name)
    if not isinstance(found, int) or isinstance(found, bool):
        raise MalformedError(name)
    return found


def block(row: Row, name: str) -> IpNetwork:
    """Return a member that must be a CIDR block.

    Raises:
        MalformedError: It is not.
    """
    try:
        return ip_network(text(row, name), strict=False)
    except ValueError as error:
        raise MalformedError(name) from error


def address(row: Row, name: str) -> str:
    """Return a member that must be an IP address, in its shortest spelling.

    Raises:
        MalformedError: It is not.
    """
    try:
        return str(ip_address(text(row, name)))
    except ValueError as error:
        raise MalformedError(name) from error
