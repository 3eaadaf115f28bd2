"""A fix as AWS CLI commands that can be pasted into bash or zsh as they stand.

All commands of a fix are joined with ``&&``: the shell reads them to the end before it runs the first, and
none runs after one that failed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from smsl.model.finding import Edit, Fix, Step
from smsl.render.fix.command import WIDTH, option, wrap
from smsl.render.fix.moving import moved
from smsl.render.fix.naming import as_is
from smsl.render.neutral import json_text, shell

_PLAIN = re.compile(r"[A-Za-z0-9_./:@=+*-]+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^"{}\[\],:]+|[{}\[\],:]')
_FLAGS = {("ec2", "Egress"): ("--egress", "--ingress")}
"""Booleans that the AWS CLI spells otherwise than ``--name`` and ``--no-name``."""

# `if 1:` lets the program be indented as a whole when it is shown inside a report.
_READ = """\
if 1:
  import json, os, sys
  stem, change = sys.argv[1], json.loads(sys.argv[2])
  before, after = stem + ".before.json", stem + ".after.json"
  if os.path.exists(before): sys.exit(before + " is there already: move it away")
  document = json.load(sys.stdin)
  if isinstance(document, str): document = json.loads(document)
"""
_LIST = """\
  parts = document
"""
_STATEMENTS = """\
  document = document or {"Version": "2012-10-17", "Statement": []}
  parts = document.get("Statement", [])
  if not isinstance(parts, list): parts = [parts]
"""
_KEEP = """\
  old = json.dumps(document, indent=2)
"""
_CHANGES = {
    "swap": """\
  if change["swap"][0] not in parts: sys.exit("not there any more: nothing changed")
  parts[parts.index(change["swap"][0])] = change["swap"][1]
""",
    "expects": """\
  if len(parts) != change["expects"]: sys.exit("somebody changed it meanwhile: nothing changed")
""",
    "drop": """\
  parts.pop(change["drop"])
""",
    "add": """\
  if change["add"] in parts: sys.exit("already there: nothing to change")
  parts.append(change["add"])
""",
}
_WRITE = """\
  open(before, "x").write(old + "\\n")
  open(after, "w").write(json.dumps(document, indent=2) + "\\n")
"""
_PUT_BACK = """\
  document["Statement"] = parts
"""


def render(fix: Fix) -> str:
    """Return the commands of a fix, without a final line end; empty when it has no steps."""
    return _script(fix.steps, "")


def render_later(fix: Fix) -> str:
    """Return the commands for afterwards, without a final line end; empty where there are none."""
    return _script(fix.later, "-later")


def render_undo(fix: Fix) -> str:
    """Return the commands that take a fix back, without a final line end; empty when there is no way back."""
    return _script(fix.undo, "-undo")


def _script(written: Sequence[Step], suffix: str) -> str:
    steps = as_is(written)
    bound = frozenset(step.bind for step in steps if step.bind)
    return " &&\n".join(_step(step, bound, suffix) for step in steps)


def _step(step: Step, bound: frozenset[str], suffix: str) -> str:
    if step.move is not None:
        return moved(step, step.move)
    options = _options(step.service, step.parameters, bound)
    if step.edit is not None:
        return _edit(step, step.edit, options, bound, suffix)
    if step.stdin is not None:
        options.append(f"--{option(step.stdin)} file:///dev/stdin")
        return _typed(_command(step, options))
    if step.bind is not None and _VARIABLE.fullmatch(step.bind):
        options += [f"--query {shell(step.query or '@')}", "--output text"]
        return f"{step.bind}=$({_command(step, options)})"
    return _command(step, options)


def _typed(command: str) -> str:
    # `read -s` keeps the value off the screen; `printf` is a builtin, so no process list shows it; the
    # parentheses make a subshell, so no variable keeps it.
    ask = "printf 'Type the value, then Enter: ' >&2 && IFS= read -rs VALUE"
    return f'({ask} &&\nprintf %s "$VALUE" | {command})'


def _edit(step: Step, edit: Edit, options: list[str], bound: frozenset[str], suffix: str) -> str:
    stem = f"smsl-{edit.file}{suffix}"
    wanted = {"swap": edit.swap, "expects": edit.expects, "drop": edit.drop_index, "add": edit.add}
    change = {name: value for name, value in wanted.items() if value is not None}
    fetch = [
        *_options(edit.service, edit.fetch_parameters, bound),
        f"--query {shell(edit.fetch_query)}",
        "--output json",
    ]
    before, after = shell(f"{stem}.before.json"), shell(f"{stem}.after.json")
    # An operation that takes the document away altogether has no parameter for what is left of it: nothing is.
    file = [f"--{option(edit.parameter)} {shell(f'file://{stem}.after.json')}"] if edit.parameter else []
    return (
        f"{wrap(f'aws {edit.service} {option(edit.fetch)}', [*fetch, *_region(step)])} |\n"
        f"python3 -I -c '{_program(change).rstrip()}' \\\n  {shell(stem)} {_document(change, bound)} &&\n"
        f"{{ diff {before} {after} || true; }} &&\n"
        f"{_command(step, [*options, *file])}"
    )


def _program(change: Mapping[str, Any]) -> str:
    """Return the lines of Python that make this one change, and no others."""
    statements = "swap" not in change
    lines = [_READ, _STATEMENTS if statements else _LIST]
    checks = [_CHANGES[name] for name in _CHANGES if name in change]
    return "".join([*lines, _KEEP, *checks, _PUT_BACK if statements else "", _WRITE])


def _command(step: Step, options: Sequence[str]) -> str:
    return wrap(f"aws {step.service} {option(step.operation)}", [*options, *_region(step)])


def _region(step: Step) -> list[str]:
    return [f"--region {shell(step.region)}"] if step.region else []


def _options(service: str, parameters: Mapping[str, Any], bound: frozenset[str]) -> list[str]:
    return [_option(service, name, value, bound) for name, value in parameters.items()]


def _option(service: str, name: str, value: Any, bound: frozenset[str]) -> str:
    flag = f"--{option(name)}"
    match value:
        case bool():
            on, off = _FLAGS.get((service, name), (flag, f"--no-{flag[2:]}"))
            return on if value else off
        case str():
            word = _word(value, bound)
            # A value that begins with a dash would be taken for an option.
            return f"{flag}={word}" if value.startswith("-") else f"{flag} {word}"
        case int() | float():
            return f"{flag} {value}" if value >= 0 else f"{flag}={value}"
        case list() | tuple() if value and all(_is_plain(each, bound) for each in value):
            return f"{flag} {' '.join(_word(each, bound) for each in value)}"
        case _:
            return f"{flag} {_document(value, bound, len(flag))}"


def _is_plain(value: Any, bound: frozenset[str]) -> bool:
    if not isinstance(value, str):
        return False
    return _refers(value, bound) or (_PLAIN.fullmatch(value) is not None and not value.startswith("-"))


def _refers(value: str, bound: frozenset[str]) -> bool:
    return value[:1] == "$" and value[1:] in bound and _VARIABLE.fullmatch(value[1:]) is not None


def _word(value: str, bound: frozenset[str]) -> str:
    return f'"{value}"' if _refers(value, bound) else shell(value)


def _document(value: Any, bound: frozenset[str], used: int = WIDTH // 2) -> str:
    """Return a structure as JSON in one shell word, broken between its tokens where it is long.

    `used` are the columns that stand before it on its line.
    """
    text = json_text(value)
    if len(text) > WIDTH // 2:
        text = _fill(text, used)
    quoted = "'" + text.replace("'", "'\"'\"'") + "'"
    for name in bound:
        if _VARIABLE.fullmatch(name):
            quoted = quoted.replace(f'"${name}"', f'"\'"${name}"\'"')
    return quoted


def _fill(text: str, used: int) -> str:
    lines, line, room = [], "", WIDTH - used - len("    '")
    for token in _TOKEN.findall(text):
        # A line ends after a comma, a colon or an opening bracket only, as people break JSON.
        if len(line) + len(token) > room and line and line[-1] in ",:{[":
            lines.append(line)
            line, room = "", WIDTH - len("' \\")
        line += token
    return "\n".join([*lines, line])
