"""Terraform's language: strings, values and blocks, laid out as ``terraform fmt`` does.

Source: https://developer.hashicorp.com/terraform/language/syntax/configuration
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smsl.render.neutral import terminal

WIDTH = 76
"""Columns that a comment should fit in."""
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS = frozenset({"for", "if", "in", "null", "true", "false", "each", "else", "endfor", "endif"})
_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_TEMPLATE = re.compile(r"([$%]+)\{")
_DRAWN = re.compile(r"⟨([^⟩]*)⟩(\.default-group|\.default-acl|\.main-table)?")
_KEY_ARN = re.compile(r"arn:[^:]*:kms:[^:]*:[^:]*:key/")
_MODULE = re.compile(r'^(?:module\.[\w-]+(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?\.)+')
_ATTRIBUTES = {
    "": ".id",
    ".arn": ".arn",
    ".default-group": ".default_security_group_id",
    ".default-acl": ".default_network_acl_id",
    ".main-table": ".main_route_table_id",
}
_DATA = {"account": "data.aws_caller_identity.current.account_id", "region": "data.aws_region.current.region"}


@dataclass(frozen=True, slots=True)
class Raw:
    """An expression that stands as it is: a reference, a call."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function of one argument that may take many lines: ``jsonencode({...})``."""

    function: str
    argument: Any


@dataclass(frozen=True, slots=True)
class Block:
    """A block inside another: ``lifecycle {...}``."""

    attributes: Mapping[str, Any]


def quoted(text: str) -> str:
    r"""Return `text` as a string literal on one line: no template, no control character, nothing a terminal obeys.

    Source: https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
    """
    escaped = "".join(_SHORT.get(each) or (each if each.isprintable() else _escape(each)) for each in text)
    # `##[` is a command to a CI runner; `$${` is a template's own escape, which counts one sign only.
    return '"' + _TEMPLATE.sub(_literal, escaped).replace("##[", "#\\u0023[") + '"'


def _escape(character: str) -> str:
    code = ord(character)
    if 0xD800 <= code < 0xE000:
        return "\\ufffd"  # half of a pair is no character, and the language refuses it
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _literal(found: re.Match[str]) -> str:
    signs = found[1]
    return f"{signs}{signs}{{" if len(signs) == 1 else "".join(f"\\u{ord(each):04x}" for each in signs) + "{"


def block(kind: str, *labels: str, **attributes: Any) -> str:
    """Return a block with its attributes; one whose value is None is left out."""
    head = " ".join([kind, *map(quoted, labels)])
    return "\n".join([f"{head} {{", *_attributes(attributes, "  "), "}"])


def comment(text: str) -> str:
    """Return a text, possibly from outside, as comment lines."""
    return "\n".join(
        textwrap.wrap(
            terminal(text),
            WIDTH,
            initial_indent="# ",
            subsequent_indent="# ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        or ["#"]
    )


def label(*parts: str) -> str:
    """Return parts as the name of a block: letters, digits and underscores, at most 80 of them."""
    name = re.sub(r"[^a-z0-9]+", "_", "_".join(parts).lower()).strip("_")[:80]
    return name if name[:1].isalpha() else f"_{name}"


def _attributes(attributes: Mapping[str, Any], indent: str) -> list[str]:
    """Return attributes in lines: single ones that follow one another have their signs under one another."""
    given = {name: value for name, value in attributes.items() if value is not None}
    lines: list[str] = []
    run: list[tuple[str, str]] = []
    for name, value in given.items():
        if isinstance(value, Block):
            lines += [*_aligned(run, indent), *([""] if lines or run else [])]
            lines += [f"{indent}{name} {{", *_attributes(value.attributes, f"{indent}  "), f"{indent}}}"]
            run = []
            continue
        text = _value(value, indent)
        if "\n" not in text:
            run.append((_key(name), text))
            continue
        lines += [*_aligned(run, indent), f"{indent}{_key(name)} = {text}"]
        run = []
    return lines + _aligned(run, indent)


def _aligned(run: Sequence[tuple[str, str]], indent: str) -> list[str]:
    size = max((len(name) for name, _ in run), default=0)
    return [f"{indent}{name.ljust(size)} = {text}" for name, text in run]


def _key(name: str) -> str:
    return name if _PLAIN_KEY.fullmatch(name) and name not in _WORDS else quoted(name)


def _value(value: Any, indent: str) -> str:
    match value:
        case Raw(text=text):
            return text
        case Call(function=function, argument=argument):
            return f"{function}({_value(argument, indent)})"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case Mapping() if value:
            return "\n".join(["{", *_attributes(value, f"{indent}  "), f"{indent}}}"])
        case Mapping():
            return "{}"
        case list() | tuple():
            return _list(value, indent)
        case _:
            return _text(str(value))


def _text(text: str) -> str:
    """Return a text as a literal, with references in the place of what the configuration itself makes."""
    pieces = _DRAWN.split(text)
    if len(pieces) == 1:
        return quoted(text)
    if len(pieces) == 4 and not pieces[0] and not pieces[3]:
        return _reference(pieces[1], pieces[2])
    if len(pieces) == 4 and _KEY_ARN.fullmatch(pieces[0]) and not pieces[3] and not pieces[2]:
        return _reference(pieces[1], ".arn")
    literal = quoted(pieces[0])[:-1]
    for place in range(1, len(pieces), 3):
        literal += f"${{{_reference(pieces[place], pieces[place + 1])}}}{quoted(pieces[place + 2])[1:-1]}"
    return f'{literal}"'


def _reference(address: str, part: str | None) -> str:
    """Return the expression for what a stand-in stands for; inside a module it counts for the module's own files."""
    if address in _DATA:
        return _DATA[address]
    own = _MODULE.sub("", address)
    return own + _ATTRIBUTES[part or ""]


def _list(values: Sequence[Any], indent: str) -> str:
    texts = [_value(each, f"{indent}  ") for each in values]
    line = f"[{', '.join(texts)}]"
    if len(line) + len(indent) <= WIDTH and "\n" not in line:
        return line
    return "\n".join(["[", *(f"{indent}  {text}," for text in texts), f"{indent}]"])
