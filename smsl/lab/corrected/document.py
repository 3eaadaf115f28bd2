"""EC2's answers as XML: read one, change it, write it back."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

from smsl.lab.exchange import Reply, Request

NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
_REQUEST_ID = "00000000-0000-4000-8000-000000000000"


def filters_of(request: Request) -> dict[str, list[str]]:
    """Return the filters of a Describe request: name to values."""
    found = {}
    number = 1
    while name := request.parameters.get(f"Filter.{number}.Name"):
        found[str(name)] = request.numbered(f"Filter.{number}.Value")
        number += 1
    return found


def answer_of(operation: str, members: str) -> Reply:
    """Write the answer of an operation around its members, which are XML already."""
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?><{operation}Response xmlns="{NAMESPACE}">'
        f"<requestId>{_REQUEST_ID}</requestId>{members}</{operation}Response>"
    )
    return Reply(200, text.encode(), {"content-type": "text/xml;charset=UTF-8"})


def read(reply: Reply) -> ET.Element:
    """Read an answer; names are without their namespace."""
    root = ET.fromstring(reply.body)  # noqa: S314 - moto wrote it, in this process
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def written(reply: Reply, root: ET.Element) -> Reply:
    """Write a changed answer in the place of the one that was read."""
    root.set("xmlns", NAMESPACE)
    return replace(reply, body=ET.tostring(root, encoding="utf-8", xml_declaration=True))


def copied(reply: Reply, element: str, described: Reply, items: str) -> Reply:
    """Put the first item of a Describe answer in the place of what a Create answered.

    AWS gives both the same members; what was corrected after creation is only in the former.
    """
    root, source = read(reply), read(described)
    old, new = root.find(element), source.find(f"{items}/item")
    if old is None or new is None:
        return reply
    old[:] = list(new)
    return written(reply, root)
