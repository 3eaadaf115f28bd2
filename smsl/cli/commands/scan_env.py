"""``smsl scan-env``: the plaintext detector by itself."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from smsl.cli.lines import write_line
from smsl.render.neutral import terminal
from smsl.sources.variables.entry import Note

if TYPE_CHECKING:
    from smsl.cli.scan_env import Answer, Outcome
    from smsl.sources.variables.read import Form


class Format(StrEnum):
    """What the result is written as."""

    JSONL = "jsonl"
    TABLE = "table"
    SARIF = "sarif"


class InputFormat(StrEnum):
    """How the variables are written."""

    AUTO = "auto"
    ENV = "env"
    JSON = "json"
    JSONL = "jsonl"
    YAML = "yaml"


def command(
    paths: Annotated[
        Optional[list[Path]],  # noqa: UP045  -- typer reads the annotation when the program runs
        typer.Argument(
            metavar="[FILE]...",
            help=".env, JSON, a JSON object a line, serverless.yml, a SAM or CloudFormation template, a compose file,"
            " or a directory of such; - (the default) is stdin.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Optional[Format],  # noqa: UP045  -- as above
        typer.Option("--format", help="How to write the result: a table on a terminal, else JSON lines."),
    ] = None,
    form: Annotated[
        InputFormat, typer.Option("--input-format", help="How the input is written; auto goes by name and text.")
    ] = InputFormat.AUTO,
    debatable: Annotated[
        bool, typer.Option("--debatable", help="Show debatable ones (low confidence) in table and SARIF too.")
    ] = False,
) -> None:
    """Say which variables hold a secret in plain text, and where: never a value.

    Ends with 1 if one is flagged, 2 if a file could not be read, 3 if a line could not be.
    """
    from smsl.cli.scan_env import run_files
    from smsl.sources.variables.files import files_of
    from smsl.sources.variables.read import Form

    chosen = output or (Format.TABLE if sys.stdout.isatty() else Format.JSONL)
    if not paths and sys.stdin is not None and sys.stdin.isatty():
        _notice("Reading standard input, up to Ctrl-D. To scan files, name them.")
    given: Form | None = None if form is InputFormat.AUTO else Form(form.value)
    answered = _write if chosen is Format.JSONL else _tell
    named = _in_sources if chosen is Format.SARIF else str
    outcome = run_files(files_of(paths or [Path("-")]), given, named, answered, _notice)
    if chosen is not Format.JSONL:
        sys.stdout.write(_report(outcome, chosen, debatable))
    raise typer.Exit(outcome.code)


def _report(outcome: Outcome, chosen: Format, debatable: bool) -> str:
    if chosen is Format.TABLE:
        from smsl.render import scan_table

        return scan_table.render(outcome.scan(), debatable=debatable)
    from smsl import __version__
    from smsl.checks.plaintext_secret import RULE
    from smsl.render import scan_sarif

    return scan_sarif.render(outcome.scan(), RULE, __version__, debatable=debatable)


def _write(answer: Answer, file: str | None) -> None:
    """Write the line of an answer; a note is for a person, and no line of the result."""
    from smsl.cli.scan_env import line_of

    if isinstance(answer[0], Note):
        _tell(answer, file)
    else:
        write_line(line_of(answer, file))


def _tell(answer: Answer, file: str | None) -> None:
    """Say what could not be read or was left alone; the variables stand in a report at the end."""
    from smsl.cli.scan_env import said_of

    said = said_of(answer[0], file)
    if said is not None:
        _notice(said)


def _notice(text: str) -> None:
    print(terminal(text), file=sys.stderr)


def _in_sources(path: Path) -> str:
    """Return a path as SARIF names it: relative to the working directory, or absolute where it is outside."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100  -- resolve() would follow links, and name another file
    here = Path.cwd()
    return absolute.relative_to(here).as_posix() if absolute.is_relative_to(here) else absolute.as_posix()
