"""The program ``smsl``: its commands, loaded when they are called, and the end of every error."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from smsl import __version__
from smsl.model.errors import SmslError
from smsl.render.neutral import terminal

_NOT_RUN = 2
_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Entry:
    """One command in the help."""

    name: str
    group: str
    help: str

    @property
    def module(self) -> str:
        """Where its function ``command`` lives."""
        return f"smsl.cli.commands.{self.name.replace('-', '_')}"


ENTRIES = (
    Entry("audit", "On call", "Can the function read its secrets? If not: what stops it, and how to mend it."),
    Entry("explain", "On call", "What a rule means, why it matters, how to fix it."),
    Entry("demo", "On call", "Audit a sample account on this machine: no AWS account needed."),
    Entry("capture", "CI", "Keep the redacted facts in a file, to audit elsewhere without credentials."),
    Entry("baseline", "CI", "Take out of a baseline what is no longer found: smsl baseline prune."),
    Entry("needs", "CI", "The least-privilege policy that smsl itself wants."),
    Entry("bench", "Bench", "Ways to read a secret, measured side by side: SDK call, cache, extension."),
    Entry("simulate", "Plumbing", "The policy solver alone: JSON lines in, JSON lines out."),
    Entry("reach", "Plumbing", "The network solver alone: cases in, JSON lines out."),
    Entry("scan-env", "Plumbing", "Secrets in plain text in .env files, templates, compose files."),
    Entry("lab", "Plumbing", "Serve the embedded AWS with its sample account until Ctrl-C."),
)


class Program(TyperGroup):
    """A group that knows its commands by a table, and imports one only to run it or to show its own help."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  -- typer's signature
        """Return the names in the order of the table."""
        return [entry.name for entry in ENTRIES]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002  -- typer's signature
        """Return the command of that name, importing its module."""
        entry = next((each for each in ENTRIES if each.name == cmd_name), None)
        if entry is None:
            return None
        module = import_module(entry.module)
        if hasattr(module, "app"):
            return typer.main.get_command(module.app)
        single = typer.Typer(add_completion=False, rich_markup_mode=None)
        single.command(entry.name, short_help=entry.help)(module.command)
        return typer.main.get_command(single)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002  -- typer's signature
        """Write the commands in their groups, from the table alone."""
        for group in dict.fromkeys(entry.group for entry in ENTRIES):
            with formatter.section(group):
                formatter.write_dl([(each.name, each.help) for each in ENTRIES if each.group == group])

    def invoke(self, ctx: Any) -> Any:
        """Run the command; Ctrl-C and a closed pipe end it quietly."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise typer.Exit(_INTERRUPTED) from None
        except BrokenPipeError:
            # Nobody reads on; what is still buffered must not raise again when Python flushes at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(_NOT_RUN) from None


app = typer.Typer(
    cls=Program,
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="Can an AWS Lambda function read its Secrets Manager secrets, quickly and safely?",
    epilog="Exit codes: 0 clean, 1 findings, 2 could not run, 3 something wanted could not be decided.",
)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"smsl {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
    ),
) -> None: ...


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the program with these arguments (default: the process's) and exit.

    No traceback is ever shown, and of an unforeseen exception only its class: its text may come from outside.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a name must not fail on an ASCII terminal
    try:
        typer.main.get_command(app).main(args=arguments, prog_name="smsl")
    except SmslError as error:
        _stop(f"smsl: {terminal(error.message)}", terminal(error.next_step))
    except Exception as error:  # noqa: BLE001  -- the last resort of the program
        name = type(error).__name__
        _stop(f"smsl: stopped by an error of its own ({name}).", "Please report it, with the command you ran.")


def _stop(message: str, next_step: str) -> None:
    print("\n".join(filter(None, (message, next_step))), file=sys.stderr)
    sys.exit(_NOT_RUN)
