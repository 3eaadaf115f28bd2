"""What an audit's result is written as, and where to: one format on stdout, any number in files."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from smsl.cli.show import show
from smsl.gate.decide import Exit
from smsl.model.errors import SmslError
from smsl.model.finding import Dialect, Severity

if TYPE_CHECKING:
    from smsl.model.report import Report


class Format(StrEnum):
    """What the result is written as."""

    CONSOLE = "console"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"
    GITHUB = "github"
    GITLAB = "gitlab"


@dataclass(frozen=True, slots=True)
class Output:
    """One format and where it goes."""

    format: Format
    path: Path | None
    """None is stdout."""


@dataclass(frozen=True, slots=True)
class Manner:
    """What the other options say of how a report is shown and judged."""

    code: Exit
    """What the command will exit with."""
    notes: bool = False
    path: bool = False
    fix_as: Dialect = Dialect.AWSCLI
    fail_on: Severity = Severity.HIGH
    fail_on_unknown: bool = True


def outputs_of(texts: Sequence[str]) -> tuple[Output, ...]:
    """Return what is to be written, from ``NAME`` and ``NAME=PATH``; without any, the console's on stdout.

    Raises:
        SmslError: An unknown format, two for stdout or for one file, or a place where no file can be.
    """
    outputs = tuple(map(_output, texts)) or (Output(Format.CONSOLE, None),)
    if sum(each.path is None for each in outputs) > 1:
        raise SmslError("Only one format can go to stdout.", "Give the others a file: --format sarif=report.sarif.")
    files = [os.path.abspath(each.path) for each in outputs if each.path is not None]  # noqa: PTH100  -- as it is named
    if len(set(files)) < len(files):
        raise SmslError("Two formats cannot go to one file.", "Give each --format a file of its own.")
    return outputs


def _output(text: str) -> Output:
    name, given, path = text.partition("=")
    try:
        chosen = Format(name)
    except ValueError:
        import difflib

        near = difflib.get_close_matches(name.strip().lower(), list(Format), n=1)
        step = f"Did you mean: --format {near[0]}" if near else f"The formats are {', '.join(Format)}."
        raise SmslError("--format has a format that there is not.", step) from None
    if not given:
        return Output(chosen, None)
    place = Path(path)
    if not path or place.is_dir() or path.endswith("/"):
        raise SmslError(f"--format {chosen} has no file to write.", f"Name one: --format {chosen}=FILE.")
    if not place.parent.is_dir():
        raise SmslError(f"The directory for --format {chosen} does not exist.", "Make it first, or name another file.")
    return Output(chosen, place)


def write(report: Report, outputs: Sequence[Output], manner: Manner) -> None:
    """Write the report in each format: the files first, so that a reader of stdout who leaves costs none of them.

    Raises:
        SmslError: A file cannot be written.
    """
    for output in sorted(outputs, key=lambda each: each.path is None):
        text = _rendered(report, output.format, manner)
        if output.path is not None:
            _write_file(output.path, text, output.format)
        elif output.format is Format.CONSOLE:
            show(text)
        else:
            sys.stdout.write(text)


def _write_file(path: Path, text: str, written: Format) -> None:
    from smsl.cli.whole import write_whole

    try:
        write_whole(path, text, 0o644)
    except (OSError, ValueError) as error:  # a NUL in a path is a ValueError
        kind = type(error).__name__
        raise SmslError(f"The file of --format {written} cannot be written ({kind}).", "Name another file.") from None


def _rendered(report: Report, written: Format, manner: Manner) -> str:
    """Return the report in one format, loading no other's code."""
    match written:
        case Format.CONSOLE:
            from smsl.render import console

            now = datetime.now(UTC)
            return console.render(
                report, notes=manner.notes, path=manner.path, fix_as=manner.fix_as, now=now, exit_code=manner.code
            )
        case Format.JSON:
            from smsl.render import json

            return json.render(report)
        case Format.SARIF:
            from smsl.render import audit_sarif

            return audit_sarif.render(report)
        case Format.JUNIT:
            from smsl.render import junit

            return junit.render(report, fail_on=manner.fail_on, fail_on_unknown=manner.fail_on_unknown)
        case Format.MARKDOWN:
            from smsl.render import markdown

            return markdown.render(report, fix_as=manner.fix_as, exit_code=manner.code)
        case Format.GITHUB:
            from smsl.render import github

            return github.render(report)
        case Format.GITLAB:
            from smsl.render import gitlab

            return gitlab.render(report)
