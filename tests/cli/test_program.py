"""The program's manners: what it loads, what its help says, how it ends."""

from __future__ import annotations

import inspect
import subprocess
from collections.abc import Callable
from importlib import import_module

import pytest

from smsl import __version__
from smsl.cli.program import ENTRIES

Run = Callable[..., "subprocess.CompletedProcess[str]"]
HEAVY = ("boto3", "botocore", "moto", "httpx", "rich", "tabulate", "smsl.audit", "smsl.iam", "smsl.net", "smsl.sources")


@pytest.mark.parametrize("argument", ["--version", "--help", "nonsense"])
def test_nothing_heavy_is_loaded(argument: str, smsl: Run) -> None:
    code = (
        "import sys\nfrom smsl.cli import main\n"
        "try:\n    main()\n"
        f"finally:\n    print(sorted(m for m in sys.modules if m.startswith({(*HEAVY, 'smsl.cli.commands')!r})),"
        " file=sys.stderr)"
    )
    assert smsl(argument, code=code).stderr.endswith("[]\n")


@pytest.mark.parametrize("command", ["simulate", "explain", "needs", "lab", "audit"])
def test_a_commands_help_loads_no_aws(command: str, smsl: Run) -> None:
    code = (
        "import sys\nfrom smsl.cli import main\n"
        "try:\n    main()\n"
        "finally:\n    print(sorted(m for m in sys.modules if m in ('boto3', 'botocore', 'moto', 'httpx', 'rich')),"
        " file=sys.stderr)"
    )
    done = smsl(command, "--help", code=code)
    assert done.returncode == 0
    assert done.stderr == "[]\n"


def test_version(smsl: Run) -> None:
    done = smsl("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"smsl {__version__}\n", "")


GROUPS = ("On call", "CI", "Bench", "Plumbing")


def test_help_groups_the_commands(smsl: Run) -> None:
    lines = smsl("--help").stdout.split("\n")
    places = [lines.index(f"{group}:") for group in GROUPS]
    assert places == sorted(places)
    starts = dict(zip(GROUPS, places, strict=True))
    ends = dict(zip(starts, [*places[1:], len(lines)], strict=True))
    for entry in ENTRIES:
        section = lines[starts[entry.group] : ends[entry.group]]
        assert any(line.startswith(f"  {entry.name} ") for line in section), entry.name
    assert max(map(len, lines)) <= 100


def test_no_arguments_are_help(smsl: Run) -> None:
    assert "On call:" in smsl().stdout + smsl().stderr


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry.name for entry in ENTRIES])
def test_each_command_has_a_module(entry: object) -> None:
    module = import_module(getattr(entry, "module"))  # noqa: B009  -- the table's type is the program's own
    assert callable(module.command)
    assert inspect.getdoc(module.command)


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["audit", "--nonsense"],
        ["audit", "--format", "xml"],
        ["audit", "a", "--format", "console", "--format", "json"],
        ["audit", "a", "--format", "sarif="],
        ["audit", "a", "--format", "sarif=/nonexistent/a.sarif"],
        ["audit", "a", "--format", "sarif=a.out", "--format", "junit=./a.out"],
        ["audit"],
        ["audit", "a", "--all"],
        ["audit", "a", "--only", "iam"],
        ["audit", "--capture", "/nonexistent/file"],
        ["audit", "--capture", "x", "--all"],
        ["audit", "not a name", "--region", "eu-west-1"],
        ["audit", "a", "--region", "eu-west-1"],
        ["audit", "a", "--profile", "nobody"],
        ["capture", "a"],
        ["explain", "no-such-rule"],
        ["reach"],
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_2(arguments: list[str], smsl: Run) -> None:
    done = smsl(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert 1 <= len(done.stderr.strip().split("\n")) <= 6


@pytest.mark.parametrize(
    ("written", "step"),
    [
        ("serif", "Did you mean: --format sarif"),
        ("JUnit=x.xml", "Did you mean: --format junit"),
        ("yaml\x1b[2J", "The formats are console, json, sarif, junit, markdown, github, gitlab."),
    ],
)
def test_an_unknown_format_is_answered_with_one_that_there_is(written: str, step: str, smsl: Run) -> None:
    done = smsl("audit", "a", "--format", written)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"smsl: --format has a format that there is not.\n{step}\n"


FAILING = """
import sys, types
fake = types.ModuleType("smsl.cli.commands.needs")
def command():
    "Fail."
    raise {error}
fake.command = command
sys.modules["smsl.cli.commands.needs"] = fake
from smsl.cli import main
main()
"""


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        ("KeyboardInterrupt", 130, ""),
        ("BrokenPipeError", 2, ""),
        ("ValueError('hunter2 s3cret')", 2, "ValueError"),
        ("KeyError('hunter2 s3cret')", 2, "KeyError"),
        ("RecursionError('hunter2 s3cret')", 2, "RecursionError"),
        (
            "__import__('smsl.model.errors').model.errors.SmslError('No\\x1b[2J.', 'Do that.')",
            2,
            "No\\x1b[2J.\nDo that.",
        ),
    ],
)
def test_how_errors_end(error: str, code: int, said: str, smsl: Run) -> None:
    done = smsl("needs", code=FAILING.format(error=error))
    assert done.returncode == code
    assert done.stdout == ""
    assert "hunter2" not in done.stderr
    assert "Traceback" not in done.stderr
    assert said in done.stderr
    assert bool(said) == bool(done.stderr)
