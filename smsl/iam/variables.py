"""Policy variables: ``${aws:PrincipalTag/team, 'none'}`` inside a Resource or a condition's value.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from smsl.iam.match import ANY, compile_wildcards, literal
from smsl.iam.situation import Situation
from smsl.iam.truth import Truth, either
from smsl.model.unknown import Unknown

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_DEFAULTED = re.compile(r"\s*([^,]*?)\s*,\s*'([^']*)'\s*")


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable with its key in lower case; default None when it has none."""

    key: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Expansion:
    """A value with its variables replaced, as a compiled pattern."""

    pattern: str
    """Unknown variables stand as ``*``; wildcards inside a replaced value count as plain characters."""
    widest: str
    """The same, with wildcards inside a replaced value counting as wildcards."""
    unknown: tuple[str, ...]
    """The keys of the variables that are not known, in lower case."""
    wild: tuple[str, ...]
    """The keys of the variables whose value holds a wildcard."""


@lru_cache(maxsize=16384)
def variable_parts(text: str) -> tuple[str | Variable, ...]:
    """Split text into plain pieces and variables; ``${*}``, ``${?}`` and ``${$}`` become variables without key."""
    parts: list[str | Variable] = []
    end = 0
    for found in _VARIABLE.finditer(text):
        parts.append(text[end : found.start()])
        end = found.end()
        name = found[1]
        defaulted = _DEFAULTED.fullmatch(name)
        if name in ("*", "?", "$"):
            parts.append(Variable("", name))
        elif defaulted:
            parts.append(Variable(defaulted[1].lower(), defaulted[2]))
        else:
            parts.append(Variable(name.strip().lower(), None))
    parts.append(text[end:])
    return tuple(part for part in parts if part != "")


def value_matches(
    text: str,
    situation: Situation,
    test: tuple[object, ...],
    *,
    matches: Callable[[str], Truth],
    matches_widely: Callable[[str], Truth] | None = None,
    wildcards: bool = True,
) -> Truth:
    """Return whether a value with variables matches; one whose variable has no value matches nothing.

    Args:
        text: The value as written, in a policy whose version has variables.
        situation: Where variables find their values.
        test: What identifies the test, apart from the unknown keys.
        matches: The test of a compiled pattern.
        matches_widely: A test that no replacement of an unknown variable by text can pass if this one fails
            on the pattern with ``*`` in its place; None when `matches` is such a test.
        wildcards: Whether ``*`` and ``?`` in the plain pieces are wildcards.
    """
    expansion = _expand(text, situation, wildcards=wildcards)
    if expansion is None:
        return False
    if expansion.unknown:
        possible = (matches_widely or matches)(expansion.widest)
        return False if possible is False else situation.unsettled(test, expansion.unknown)
    plain = matches(expansion.pattern)
    if not expansion.wild or not wildcards:
        return plain
    # Whether a wildcard inside a variable's value acts as one is not documented.
    needs = tuple(situation.names[key] for key in expansion.wild)
    return either(plain, matches(expansion.widest), Unknown("a variable's value holds a wildcard", needs))


def _expand(text: str, situation: Situation, *, wildcards: bool) -> Expansion | None:
    compile_plain = compile_wildcards if wildcards else literal
    pattern, widest = [], []
    unknown: list[str] = []
    wild: list[str] = []
    for part in variable_parts(text):
        if isinstance(part, str):
            pattern.append(compile_plain(part))
            widest.append(compile_plain(part))
            continue
        value = situation.keys.get(part.key, part.default)
        if isinstance(value, Unknown):
            unknown.append(part.key)
            pattern.append(ANY)
            widest.append(ANY)
        elif isinstance(value, str):
            pattern.append(literal(value))
            widest.append(compile_plain(value) if part.key else literal(value))
            if part.key in situation.keys and ("*" in value or "?" in value):
                wild.append(part.key)
        else:
            # Absent without default, or multivalued, which a variable cannot be.
            return None
    return Expansion("".join(pattern), "".join(widest), tuple(unknown), tuple(wild))
