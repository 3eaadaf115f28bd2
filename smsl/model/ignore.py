"""The words that silence a finding inside the file that is judged: a comment, or a resource's metadata.

A comment: ``# smsl:ignore RULE[,RULE] reason="..." [until=YYYY-MM-DD]``. Metadata::

    Metadata:
      smsl:
        ignore:
          - {rule: read-wildcard, reason: "...", until: 2027-01-31}

An error names the place and never what stands there.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NoReturn

from smsl.model.errors import InputError
from smsl.model.origin import Origin
from smsl.model.suppression import EVERY_RULE, Suppression, SuppressionKind

_MARK = re.compile(r"(?:^|#)\s*smsl:ignore(?![\w-])(.*)", re.DOTALL)
_RULE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_COMMENT = 'Write: # smsl:ignore RULE reason="why" until=YYYY-MM-DD'
_METADATA = "Write: Metadata: {smsl: {ignore: [{rule: RULE, reason: why, until: YYYY-MM-DD}]}}"
_MOST_LETTERS = 2000


def parse_comment(text: str, origin: Origin) -> Suppression | None:
    """Return the suppression that a comment holds; None for any other comment.

    Args:
        text: The comment, with or without its ``#``.
        origin: Where it stands; its address is that of what the comment speaks of.

    Raises:
        InputError: It begins as a suppression and is none, or gives no reason.
    """
    found = _MARK.search(text)
    if found is None:
        return None
    if len(found[1]) > _MOST_LETTERS:
        _refuse(origin, f"smsl:ignore has more than {_MOST_LETTERS} letters.", _COMMENT)
    try:
        words = shlex.split(found[1])
    except ValueError:
        _refuse(origin, "smsl:ignore has a quotation mark that nothing closes.", _COMMENT)
    first = next((place for place, word in enumerate(words) if "=" in word), len(words))
    given: dict[str, str] = {}
    for word in words[first:]:
        name, equals, value = word.partition("=")
        if not equals:
            _refuse(origin, "smsl:ignore has a word too many: a reason of several words stands in quotes.", _COMMENT)
        if name not in {"reason", "until"} or name in given:
            _refuse(origin, "smsl:ignore takes one reason= and one until=, and nothing else.", _COMMENT)
        given[name] = value
    rules = [each for each in ",".join(words[:first]).split(",") if each]
    return Suppression(
        rules_of(rules, origin, _COMMENT),
        reason_of(given.get("reason"), origin, _COMMENT),
        SuppressionKind.INLINE,
        origin,
        until_of(given.get("until"), origin, _COMMENT),
    )


def parse_metadata(value: object, origin: Origin) -> tuple[Suppression, ...]:
    """Return the suppressions that a resource's ``Metadata`` holds.

    Args:
        value: All of the resource's metadata, as plain data; anything that says nothing of smsl holds none.
        origin: Where the metadata stands; its address is the resource's.

    Raises:
        InputError: What it says of smsl cannot be read, or gives no reason.
    """
    own = value.get("smsl") if isinstance(value, Mapping) else None
    if own is None:
        return ()
    if not isinstance(own, Mapping) or set(own) != {"ignore"} or not isinstance(own["ignore"], list | tuple):
        _refuse(origin, "The metadata's smsl holds something else than a list named ignore.", _METADATA)
    return tuple(_entry(each, origin) for each in own["ignore"])


def _entry(entry: object, origin: Origin) -> Suppression:
    if not isinstance(entry, Mapping) or not set(entry) <= {"rule", "reason", "until"}:
        _refuse(origin, "An entry of smsl's ignore has something else than rule, reason and until.", _METADATA)
    return Suppression(
        rules_of(entry.get("rule"), origin, _METADATA),
        reason_of(entry.get("reason"), origin, _METADATA),
        SuppressionKind.METADATA,
        origin,
        until_of(entry.get("until"), origin, _METADATA),
    )


def rules_of(rule: object, origin: Origin, step: str) -> tuple[str, ...]:
    """Return the ids of a rule, or of a list of them, each once.

    Raises:
        InputError: There is none, or one that is no id.
    """
    rules = rule if isinstance(rule, Sequence) and not isinstance(rule, str | bytes) else [rule]
    if not rules or not all(isinstance(each, str) and (each == EVERY_RULE or _RULE.fullmatch(each)) for each in rules):
        _refuse(origin, "A suppression names no rule, or something that is not a rule's id.", step)
    return tuple(dict.fromkeys(rules))


def reason_of(reason: object, origin: Origin, step: str) -> str:
    """Return the reason.

    Raises:
        InputError: There is none.
    """
    if not isinstance(reason, str) or not reason.strip():
        _refuse(origin, "A suppression gives no reason.", step)
    if len(reason) > _MOST_LETTERS:
        _refuse(origin, f"A suppression's reason has more than {_MOST_LETTERS} letters.", step)
    return " ".join(reason.split())


def until_of(until: object, origin: Origin, step: str) -> date | None:
    """Return the last day on which a suppression holds; None where none is given.

    Raises:
        InputError: It is no date.
    """
    if until is None:
        return None
    if isinstance(until, date) and not isinstance(until, datetime):
        return until  # YAML and TOML read a date as one
    wrong = "A suppression's until is not a date such as 2027-01-31."
    if not isinstance(until, str) or not _DATE.fullmatch(until):
        _refuse(origin, wrong, step)
    try:
        return date.fromisoformat(until)
    except ValueError:
        _refuse(origin, wrong, step)


def _refuse(origin: Origin, message: str, step: str) -> NoReturn:
    raise InputError(f"{origin}: {message}", step)
