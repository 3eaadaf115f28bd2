"""The configuration: ``smsl.toml``, or ``[tool.smsl]`` of a ``pyproject.toml``.

What is wrong is named by its key and line, never by what stands there: a value may have been pasted into a wrong place.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import PurePath
from typing import Any, TypeAlias

from smsl.gate.keys import KEYS, WrongError
from smsl.gate.settings import Settings
from smsl.model.errors import InputError
from smsl.model.ignore import reason_of, rules_of, until_of
from smsl.model.origin import Origin
from smsl.model.suppression import EVERY_RULE, Suppression, SuppressionKind

_SHARED = "pyproject.toml"
"""The file that other programs' settings stand in too."""
_HEADER = re.compile(r"(?m)^[ \t]*\[+[ \t]*[\"']?tool[\"']?[ \t]*\.[ \t]*[\"']?smsl\b")
_SUPPRESSION = re.compile(r"(?m)^[ \t]*\[\[[^\[\]\n]*\bsuppressions[\"']?[ \t]*\]\]")
_SYNTAX = re.compile(r"\(at line (\d+), column \d+\)$")
_SCOPE = ("function", "resource", "address", "variable")
_ENTRY = ("rule", "reason", "until", *_SCOPE)
Rules: TypeAlias = Callable[[], Collection[str]]
_STEP = 'A suppression has a rule, a reason = "why", and may have until, function, resource, address and variable.'


def parse(text: str, file: str, rules: Rules) -> Settings | None:
    """Return what a configuration says; None for a ``pyproject.toml`` that has no ``[tool.smsl]``.

    Args:
        text: All of the file.
        file: As it is named to a reader; its last part says what kind of file it is.
        rules: Gives the ids that there are; asked only where a suppression names one.

    Raises:
        InputError: It is not TOML, has a key that there is not, or a value that cannot be; the place is part of it.
    """
    shared = PurePath(file).name == _SHARED
    if shared and "smsl" not in text:
        return None
    table = _toml(text, file)
    if shared:
        tools = table.get("tool")
        found = tools.get("smsl") if isinstance(tools, dict) else None
        if found is None:
            return None
        if not isinstance(found, dict):
            raise InputError(f"{file}: tool.smsl is not a table.", "Write: [tool.smsl]")
        table = found
    elif "tool" in table:
        raise InputError(
            f"{file}: The keys stand in a table of their own.", f"Leave [tool.smsl] out, except in {_SHARED}."
        )
    return _settings(table, text, file, rules)


def _toml(text: str, file: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        found = _SYNTAX.search(str(error))  # the rest of its message may hold what stands there
        place = f"{file}:{found[1]}" if found else file
        raise InputError(f"{place}: This is not TOML.", "The format: https://toml.io") from None


def _settings(table: Mapping[str, Any], text: str, file: str, rules: Rules) -> Settings:
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key == "suppressions":
            values[key] = _suppressions(value, text, file, rules)
            continue
        place = _place(text, file, key)
        if key not in KEYS:
            raise InputError(f"{place}: There is no such key.", _nearest(key, [*KEYS, "suppressions"], "keys"))
        try:
            values[key.replace("-", "_")] = KEYS[key](value)
        except WrongError as wrong:
            raise InputError(f"{place}: {key} is not {wrong}.", "See docs/gate.md for all keys.") from None
    return Settings(file=file, **values)


def _suppressions(value: object, text: str, file: str, rules: Rules) -> tuple[Suppression, ...]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise InputError(f"{_place(text, file, 'suppressions')}: suppressions is not a list of tables.", _STEP)
    lines = [text.count("\n", 0, found.end()) + 1 for found in _SUPPRESSION.finditer(text)]
    if len(lines) != len(value):
        lines = [0] * len(value)  # they are written in another way, so that no heading tells them apart
    return tuple(
        _suppression(each, Origin(file, "", line or None), rules) for each, line in zip(value, lines, strict=True)
    )


def _suppression(entry: Mapping[str, Any], origin: Origin, rules: Rules) -> Suppression:
    for key in entry:
        if key not in _ENTRY:
            raise InputError(f"{origin}: A suppression has a key that there is not.", _nearest(key, _ENTRY, "keys"))
    scope = {key: entry[key] for key in _SCOPE if key in entry}
    for key, value in scope.items():
        if not isinstance(value, str) or not value:
            raise InputError(f"{origin}: A suppression's {key} is not a text.", _STEP)
    named = rules_of(entry.get("rule"), origin, _STEP)
    for rule in named:
        if rule != EVERY_RULE and rule not in (known := rules()):
            raise InputError(f"{origin}: A suppression names a rule that there is not.", _nearest(rule, known, ""))
    if EVERY_RULE in named and not scope:
        raise InputError(f"{origin}: A suppression of every rule everywhere would leave no gate.", _STEP)
    reason, until = reason_of(entry.get("reason"), origin, _STEP), until_of(entry.get("until"), origin, _STEP)
    return Suppression(named, reason, SuppressionKind.CONFIGURATION, origin, until, **scope)


def _nearest(word: str, known: Collection[str], noun: str) -> str:
    near = difflib.get_close_matches(word.strip().lower().replace("_", "-"), known, n=1)
    if near:
        return f"Did you mean: {near[0]}"
    return f"The {noun} are {', '.join(known)}." if noun else "smsl explain lists all rules."


def _place(text: str, file: str, key: str) -> str:
    """Return the file with the line of a key, where one is found: TOML's parser keeps none."""
    head = _HEADER.search(text) if PurePath(file).name == _SHARED else None
    start = head.start() if head else 0
    found = re.compile(rf"(?m)^[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*[.=]").search(text, start)
    return file if found is None else f"{file}:{text.count(chr(10), 0, found.end()) + 1}"
