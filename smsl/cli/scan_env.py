"""``smsl scan-env``: the plaintext detector by itself, variables in, a line for each out; never a value."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from smsl.leaks.classify import classify
from smsl.model.errors import InputError
from smsl.model.scan import Missed, Scan, Scanned
from smsl.model.variable import EnvironmentVariable
from smsl.sources.variables.entry import Entry, Item, Note, Unread
from smsl.sources.variables.read import Form, form_of, read, text_of

_FLAGGED, _NOT_RUN, _UNDECIDED = 1, 2, 3
STREAM = "standard input"
_ENVIRONMENT_LIMIT = 4096
"""Bytes of one function's environment: what a provider shares with its functions is no more than this.

Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

Answer = tuple[Item, EnvironmentVariable | None]


@dataclass(slots=True)
class Outcome:
    """What a run has met so far: leaks and what was missed; of all else the number."""

    leaks: list[Scanned] = field(default_factory=list)
    missed: list[Missed] = field(default_factory=list)
    variables: int = 0
    files: int = 0
    unopened: int = 0

    @property
    def code(self) -> int:
        """2 if a file could not be read, else 1 if a variable is flagged, else 3 if a line was unreadable, else 0."""
        if self.unopened:
            return _NOT_RUN
        if any(each.flagged for each in self.leaks):
            return _FLAGGED
        return _UNDECIDED if self.missed else 0

    def scan(self) -> Scan:
        """Return it as a noun, for a report."""
        return Scan(tuple(self.leaks), tuple(self.missed), self.variables, self.files)


def run(lines: Iterable[str], write: Callable[[str], None], form: Form | None = None) -> int:
    """Write a line for each variable, in order; return 1 if one is flagged, else 3 if a line was unreadable, else 0.

    Args:
        lines: The text of one input, as `smsl.sources.variables` reads it.
        write: Takes one line of output, without its end.
        form: None leaves it to the text.
    """

    def answered(answer: Answer, file: str | None) -> None:
        if not isinstance(answer[0], Note):
            write(line_of(answer, file))

    outcome = Outcome()
    take(lines, None, form, outcome, answered)
    return outcome.code


def run_files(
    paths: Iterable[Path],
    form: Form | None,
    named: Callable[[Path], str],
    answered: Callable[[Answer, str | None], None],
    notice: Callable[[str], None],
) -> Outcome:
    """Scan each input; one that cannot be read is told, and the others go on.

    Args:
        paths: Files; ``-`` is standard input.
        form: Of all inputs; None leaves it to each one's name and text.
        named: What a file is called in the answers.
        answered: Takes each answer in order, with the file's name.
        notice: Takes what a person should know: a sentence that begins with the file's name.
    """
    outcome = Outcome()
    for path in paths:
        file = None if str(path) == "-" else named(path)
        try:
            with text_of(path) as lines:
                outcome.files += 1
                take(lines, file, form or form_of(path), outcome, answered)
        except InputError as error:
            outcome.unopened += 1
            outcome.missed.append(Missed(str(error), file))
            notice(f"{file or STREAM}: {error}")
    return outcome


def take(
    lines: Iterable[str],
    file: str | None,
    form: Form | None,
    outcome: Outcome,
    answered: Callable[[Answer, str | None], None],
) -> None:
    """Scan one input, add to the outcome, and hand on each answer as soon as its siblings are known."""
    for answer in _answers(read(lines, form)):
        match answer:
            case Unread() as unread, _:
                outcome.missed.append(Missed(unread.error, file, unread.line))
            case Entry() as entry, EnvironmentVariable() as variable:
                outcome.variables += 1
                scanned = Scanned(variable, file, entry.line, entry.owner)
                if scanned.leak is not None:
                    outcome.leaks.append(scanned)
        answered(answer, file)


def _answers(items: Iterable[Item]) -> Iterator[Answer]:
    """Yield each item with what it holds, in order; what has no siblings to come does not wait for the end."""
    waiting: list[Item] = []
    for item in items:
        if waiting and _apart(waiting, item):
            yield from _classified(waiting)
            waiting = []
        waiting.append(item)
    yield from _classified(waiting)


def _apart(waiting: list[Item], item: Item) -> bool:
    """Tell whether nothing that comes can be a sibling of what waits: rows of JSON lines without ``group``."""
    first = waiting[0]
    if isinstance(first, Entry):
        alone = first.echo is not None and "group" not in first.echo
        return alone and not (isinstance(item, Entry) and item.group == first.group)
    return True


def _classified(items: list[Item]) -> Iterator[Answer]:
    """Yield each item with what it holds; a name that a group holds twice begins a group of its own."""
    groups: defaultdict[tuple[str, int], dict[str, int]] = defaultdict(dict)
    seen: defaultdict[tuple[str, str], int] = defaultdict(int)
    for place, item in enumerate(items):
        if isinstance(item, Entry):
            again = seen[item.group, item.name]
            seen[item.group, item.name] += 1
            groups[item.group, again][item.name] = place
    found: dict[int, EnvironmentVariable] = {}
    for members in groups.values():
        values = {name: _value(items[place]) for name, place in members.items()}
        shared = _shared(items, groups, next(iter(members.values())))
        for variable in classify({**shared, **values}):
            if variable.name in members:
                found[members[variable.name]] = variable
    for place, item in enumerate(items):
        yield item, found.get(place)


def _shared(items: list[Item], groups: Mapping[tuple[str, int], Mapping[str, int]], place: int) -> dict[str, str]:
    """Return the variables that stand beside a group's own; none where they are more than a function can have."""
    entry = items[place]
    beside = entry.beside if isinstance(entry, Entry) else None
    if beside is None:
        return {}
    values = {name: _value(items[at]) for name, at in groups.get((beside, 0), {}).items()}
    return values if sum(len(name) + len(value) for name, value in values.items()) <= _ENVIRONMENT_LIMIT else {}


def _value(item: Item) -> str:
    return item.value if isinstance(item, Entry) else ""


def said_of(item: Item, file: str | None) -> str | None:
    """Return what a person should know of an item: its place and a sentence; None for a variable, which is answered."""
    if isinstance(item, Entry):
        return None
    place = file or STREAM
    place = place if item.line is None else f"{place}:{item.line}"
    return f"{place}: {item.text if isinstance(item, Note) else item.error}"


def line_of(answer: Answer, file: str | None) -> str:
    """Return the line of one answer, with the file's name where it has one."""
    match answer:
        case Entry() as entry, EnvironmentVariable() as variable:
            echo, said = entry.echo or {}, _said(Scanned(variable, file, entry.line, entry.owner))
            place: dict[str, object] = {} if file is None else {"file": file}
            if file is not None or entry.echo is None:
                place["line"] = entry.line
            if entry.echo is None and entry.owner is not None:
                place["group"] = entry.owner
            # A row's own members win over the place, never over the verdict.
            return _json({**place, **echo, **said})
        case Unread() as unread, _:
            place = {} if file is None else {"file": file, "line": unread.line}
            return _json({**place, **unread.echo, "error": unread.error})
    return ""


def _said(scanned: Scanned) -> dict[str, object]:
    leak = scanned.leak
    return {
        "name": scanned.variable.name,
        "flagged": scanned.flagged,
        "kind": leak.kind if leak else None,
        "confidence": leak.confidence.value if leak else None,
        "place": leak.place if leak else None,
    }


def _json(members: Mapping[str, object]) -> str:
    try:
        return json.dumps(members)
    except RecursionError:
        return json.dumps({"error": "The other members of the row are nested too deeply."})


if __name__ == "__main__":
    import sys

    from smsl.cli.lines import write_line

    sys.exit(run(sys.stdin, write_line))
