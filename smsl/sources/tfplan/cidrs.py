"""CIDR blocks and protocols of the provider's network resources."""

from __future__ import annotations

from ipaddress import ip_network

from smsl.model.network import IpNetwork
from smsl.model.standin import is_drawn, is_unsettled
from smsl.model.unknown import Unknown
from smsl.sources.tfplan.body import Body
from smsl.sources.tfplan.reading import MisshapenError

TCP, ALL = "6", "-1"
_NAMED = {"tcp": TCP, "udp": "17", "icmp": "1", "icmpv6": "58", "all": ALL}


def cidr(body: Body, name: str) -> IpNetwork | Unknown | None:
    """Return a block; None where none is given.

    Raises:
        MisshapenError: It is no CIDR block.
    """
    text = body.text(name)
    return None if not text else parse_cidr(text, body.cause(name))


def parse_cidr(text: str, cause: str) -> IpNetwork | Unknown:
    """Return a block, or that it is known only after apply.

    Raises:
        MisshapenError: It is no CIDR block.
    """
    if is_unsettled(text) or is_drawn(text):
        return Unknown(f"{cause} is known only after apply")
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise MisshapenError(cause) from None


def protocol(body: Body, name: str) -> str | Unknown:
    """Return a protocol's number, -1 for all.

    Raises:
        MisshapenError: It is none that is known.
    """
    text = (body.text(name) or ALL).lower()
    if is_unsettled(text):
        return body.unsettled(name)
    found = _NAMED.get(text, text)
    if not found.removeprefix("-").isdecimal():
        raise MisshapenError(body.cause(name))
    return found


def ports(body: Body, low: str = "from_port", high: str = "to_port") -> tuple[int, int] | Unknown:
    """Return the ports of a TCP rule."""
    first, last = body.number(low, 0), body.number(high, 0)
    if isinstance(first, Unknown):
        return first
    if isinstance(last, Unknown):
        return last
    return first or 0, last or 0
