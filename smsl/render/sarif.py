"""SARIF 2.1.0, which code hosts show beside the lines of a change; whatever finds something can write it.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/sarif-v2.1.0-errata01.html
https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

from smsl.model.finding import Rule, Severity
from smsl.render.neutral import json_text, terminal

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
_SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.5"}
"""GitHub's ``security-severity``: over 9.0 is critical, 7.0 high, 4.0 medium."""
_SPECIAL = re.compile(r"([\\\[\]])")
_ADDRESS = re.compile(r"https://\S+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a result or a notice stands."""

    file: str | None = None
    """Relative to the root of the sources, or absolute, with slashes; None for a live resource and for a stream."""
    line: int | None = None
    """From 1."""
    name: str | None = None
    """What it is inside the file, such as a variable; None for nothing that has a name."""
    path: str | None = None
    """The name with what it stands in."""
    kind: str = "variable"
    """In SARIF's words: ``variable``, ``function``, ``resource``."""
    stands_in: str | None = None
    """What stands where a host insists on a file and there is none: the ARN of a live function."""


@dataclass(frozen=True, slots=True)
class Result:
    """One fault, in the words of SARIF."""

    rule: Rule
    message: str
    """Plain text; possibly from outside."""
    place: Place
    fingerprint: str
    """The same as long as the fault is: never of a line, never of a value."""
    level: str | None = None
    """None means what the rule's severity says."""
    suppressed: str | None = None
    """Why it does not count; None where it does."""
    in_source: bool = False
    """Whether that is written beside the fault rather than elsewhere."""
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that could not be read or decided."""

    text: str
    place: Place = Place()
    level: Literal["error", "note"] = "error"
    """``note`` for what leaves the run complete."""


def render(
    results: Sequence[Result], rules: Iterable[Rule], notices: Sequence[Notice], *, category: str, version: str
) -> str:
    """Return the log of one run as JSON with a final line end.

    Args:
        results: In the order in which they are to stand.
        rules: All that took part, those that found nothing too.
        notices: What keeps the run from being complete, and what was assumed.
        category: The command and what it looked at, so that a host keeps the results apart from another run's;
            possibly from outside.
        version: Of smsl.
    """
    ordered = list(rules)
    index = {rule.id: place for place, rule in enumerate(ordered)}
    run = {
        "tool": {"driver": {"name": "smsl", "version": version, "rules": [_rule(rule) for rule in ordered]}},
        "automationDetails": {"id": f"smsl/{terminal(category)}/"},
        "invocations": [
            {
                "executionSuccessful": all(each.level != "error" for each in notices),
                "toolExecutionNotifications": [_notice(each) for each in notices],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": [_result(result, index[result.rule.id], mark) for result, mark in _marked(results)],
    }
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _marked(results: Sequence[Result]) -> Iterable[tuple[Result, str]]:
    """Yield each result with a mark that no other of its file has: GitHub takes equal ones for one."""
    seen: dict[tuple[str | None, str], int] = {}
    for result in results:
        key = (result.place.file or result.place.stands_in, result.fingerprint)
        seen[key] = seen.get(key, 0) + 1
        yield result, f"{result.fingerprint}:{seen[key]}"


def _rule(rule: Rule) -> dict[str, Any]:
    paragraphs = inspect.cleandoc(rule.doc).split("\n\n")
    help_text = "\n\n".join(paragraphs)
    address = _ADDRESS.search(help_text)
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": literal(rule.title)},
        "fullDescription": {"text": literal(" ".join(paragraphs[0].split()).replace("``", ""))},
        "help": {"text": literal(help_text.replace("``", "")), "markdown": help_text.replace("``", "`")},
        **({"helpUri": address.group()} if address else {}),
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": ["security", rule.area.value, *(["preview"] if rule.preview else [])],
            "precision": "high",
            "security-severity": _SCORES[rule.severity],
        },
    }


def _result(result: Result, index: int, mark: str) -> dict[str, Any]:
    kind = "inSource" if result.in_source else "external"
    suppressions = [] if result.suppressed is None else [{"kind": kind, "justification": terminal(result.suppressed)}]
    return {
        "ruleId": result.rule.id,
        "ruleIndex": index,
        "level": result.level or _LEVELS[result.rule.severity],
        "message": {"text": literal(result.message)},
        "locations": _locations(result.place),
        # The second is GitHub's own: with it there, its uploader does not hash the line, which holds the value.
        "partialFingerprints": {"smsl/v1": result.fingerprint, "primaryLocationLineHash": mark},
        **({"suppressions": suppressions} if suppressions else {}),
        **({"properties": dict(result.properties)} if result.properties else {}),
    }


def _notice(notice: Notice) -> dict[str, Any]:
    locations = _locations(notice.place)
    return {
        "level": notice.level,
        "message": {"text": literal(notice.text)},
        **({"locations": locations} if locations else {}),
    }


def _locations(place: Place) -> list[dict[str, Any]]:
    """Return where something stands: the line, and never its text as a snippet, which may hold a secret."""
    location: dict[str, Any] = {}
    if place.file is not None:
        location["physicalLocation"] = {
            "artifactLocation": _artifact(place.file),
            **({"region": {"startLine": place.line}} if place.line is not None else {}),
        }
    elif place.stands_in is not None:
        location["physicalLocation"] = {
            # Encoded, it is a relative address: of one with a scheme a host asks that it be that of the sources.
            "artifactLocation": {"uri": _encoded(place.stands_in)},
            "region": {"startLine": 1},
        }
        location["message"] = {"text": "No file: a live function, named by its ARN."}
    if place.name is not None:
        whole = place.path or place.name
        location["logicalLocations"] = [
            {"name": terminal(place.name), "fullyQualifiedName": terminal(whole), "kind": place.kind}
        ]
    return [location] if location else []


def _artifact(file: str) -> dict[str, str]:
    encoded = _encoded(file)
    if file.startswith("/"):
        return {"uri": f"file://{encoded}"}
    # "a:b" would be read as a scheme; quote() has encoded the colon.
    return {"uri": encoded, "uriBaseId": "%SRCROOT%"}


def _encoded(path: str) -> str:
    try:
        return quote(path.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:  # a surrogate that no file's name can hold
        return quote(path.encode("utf-8", "surrogatepass"))


def literal(text: str) -> str:
    """Return `text` such that a viewer shows it literally: no link, no placeholder, no control sign but line ends.

    Source: SARIF 2.1.0, 3.11.5 (Messages with placeholders) and 3.11.6 (Messages with embedded links)
    """
    shown = "\n".join(map(terminal, text.split("\n")))
    return _SPECIAL.sub(r"\\\1", shown).replace("{", "{{").replace("}", "}}")
