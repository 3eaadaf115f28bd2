"""``Fn::FindInMap``.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-findinmap.html
"""

from __future__ import annotations

from smsl.model.standin import is_drawn, is_unsettled, unsettled
from smsl.model.unknown import Unknown
from smsl.sources.cfn.spoken import spoken
from smsl.sources.cfn.stack import Stack
from smsl.sources.cfn.template import entries
from smsl.sources.cfn.values import Value
from smsl.sources.documents.tree import Node, Sequence

_KEYS = 3


def find_in_map(stack: Stack, node: Node, _tagged: bool) -> Value:
    """Return the value of ``[map, first key, second key, {DefaultValue: value}?]``."""
    if not isinstance(node, Sequence) or not _KEYS <= len(node.items) <= _KEYS + 1:
        return Unknown(f"the Fn::FindInMap of line {node.line} is not understood")
    names = [stack.text(item, "a key") for item in node.items[:_KEYS]]
    if any(is_unsettled(name) or is_drawn(name) for name in names):
        return _undecided(stack, names, whole=len(node.items) == _KEYS)
    found = _found(stack, *names)
    if found is not None:
        return stack.resolve(found)
    otherwise = entries(node.items[_KEYS], stack.budget).get("DefaultValue") if len(node.items) > _KEYS else None
    if otherwise is not None:
        return stack.resolve(otherwise[1])
    return unsettled(f"mapping {'.'.join(map(spoken, names))}, which the template does not have")


def _found(stack: Stack, name: str, first: str, second: str) -> Node | None:
    section = stack.template.entries("Mappings").get(name)
    row = entries(section[1], stack.budget).get(first) if section else None
    cell = entries(row[1], stack.budget).get(second) if row else None
    return cell[1] if cell else None


def _undecided(stack: Stack, names: list[str], *, whole: bool) -> Value:
    """Return what every row says where the row is not known, else what stands for it.

    Args:
        stack: Where.
        names: The map and its two keys.
        whole: Whether a row that is not there has no value of its own.
    """
    name, first, second = names
    section = stack.template.entries("Mappings").get(name)
    reason = f"mapping {'.'.join(map(spoken, names))}"
    if section is None or is_unsettled(second) or is_drawn(second):
        return unsettled(reason)
    rows = {
        name: entries(row, stack.budget).get(second) for name, (_, row) in entries(section[1], stack.budget).items()
    }
    values = {name: stack.resolve(cell[1]) for name, cell in rows.items() if cell is not None}
    texts = {name: value for name, value in values.items() if isinstance(value, str)}
    first_value = next(iter(values.values()), None)
    if values and whole and len(values) == len(rows) and all(value == first_value for value in values.values()):
        return first_value
    if len(texts) == len(values):
        return _common(texts, first, reason)
    return Unknown(f"{reason} hangs on what is settled at deployment")


def _common(rows: dict[str, str], key: str, reason: str) -> str:
    """Return what the ARNs of all rows have in common, with stand-ins for the parts that tell them apart.

    Args:
        rows: Texts by their row's key.
        key: What stands for the key: a part that is the key in each row is this.
        reason: What decides the other parts.
    """
    parts = {name: text.split(":") for name, text in rows.items()}
    if not parts or not all(text.startswith("arn:") for text in rows.values()) or len({*map(len, parts.values())}) != 1:
        return unsettled(reason)
    made = []
    for number, column in enumerate(zip(*parts.values(), strict=True), 1):
        if len(set(column)) == 1:
            made.append(column[0])
        elif column == tuple(parts):
            made.append(key)
        else:
            made.append(unsettled(f"{reason}, part {number}"))
    return ":".join(made)
