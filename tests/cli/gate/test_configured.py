"""The configuration of a run: which file counts, and that an option that is typed counts more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Gate = Callable[..., Any]
ENV = 'only = ["env"]\n'
RULES = {"plaintext-secret"}


def rules(done: Any) -> set[str]:
    return {each["rule"] for each in done.report["findings"]}


def test_without_a_configuration_all_is_as_it_was(gate: Gate) -> None:
    done = gate("--format", "json")
    assert (done.code, rules(done) > RULES, done.err) == (1, True, "")
    assert done.report["summary"]["left_out"] == 0


@pytest.mark.parametrize(
    ("files", "where", "found"),
    [
        ({"smsl.toml": ENV}, ".", True),
        ({"pyproject.toml": "[tool.smsl]\n" + ENV}, ".", True),
        ({"smsl.toml": ENV, "pyproject.toml": '[tool.smsl]\nonly = "kms"\n'}, ".", True),
        ({".git/HEAD": "", "smsl.toml": ENV}, "a/b", True),
        ({".git/HEAD": "", "pyproject.toml": "[tool.smsl]\n" + ENV, "a/pyproject.toml": "[tool.x]\n"}, "a/b", True),
        ({".git/HEAD": "", "smsl.toml": 'only = "kms"\n', "a/smsl.toml": ENV}, "a/b", True),
        ({".git/HEAD": "", "a/pyproject.toml": "[tool.smsl]\n" + ENV, "smsl.toml": 'only = "kms"\n'}, "a/b", True),
        ({"smsl.toml": ENV, "repository/.git": "gitdir: elsewhere"}, "repository/a", False),
        ({"smsl.toml": ENV}, "no/repository", False),
    ],
)
def test_the_nearest_counts(
    gate: Gate, work: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], where: str, found: bool
) -> None:
    gate(files=files)
    (work / where).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(work / where)
    assert (rules(gate("--format", "json")) == RULES) is found


def test_another_file_can_be_named(gate: Gate) -> None:
    files = {"smsl.toml": 'only = "kms"\n', "ci/gate.toml": ENV, "ci/pyproject.toml": "[tool.smsl]\n" + ENV}
    assert rules(gate("--format", "json", "--config", "ci/gate.toml", files=files)) == RULES
    assert rules(gate("--format", "json", "--config", "ci/pyproject.toml")) == RULES


def test_what_is_typed_counts_more(gate: Gate) -> None:
    settings = 'fail-on = "critical"\nonly = ["env"]\nmin-severity = "critical"\nmin-confidence = "high"\n'
    done = gate("--format", "json", files={"smsl.toml": settings})
    assert (done.code, rules(done), done.report["summary"]["left_out"]) == (0, set(), 3)
    typed = gate("--format", "json", "--min-severity", "low", "--min-confidence", "low", "--fail-on", "high")
    assert (typed.code, rules(typed)) == (1, RULES)
    assert gate("--format", "json", "--only", "kms").code == 1


def test_what_is_below_is_neither_shown_nor_counted(gate: Gate) -> None:
    sure = gate("--format", "json", "--only", "env", "--min-confidence", "high")
    assert [each["confidence"] for each in sure.report["findings"]] == ["high", "high"]
    assert sure.report["summary"]["left_out"] == 1
    console = gate("--only", "env", "--min-severity", "critical", "--fail-on", "low")
    assert console.code == 0
    assert "3 left out (--min-severity, --min-confidence)." in console.out
    assert "plaintext-secret" not in console.out
    assert "3 left out" in gate("--only", "env", "--min-severity", "critical", "--format", "markdown").out


@pytest.mark.parametrize(
    ("options", "files", "says"),
    [
        (["--config", "nowhere.toml"], {}, "The file of --config does not exist."),
        (["--config", "pyproject.toml"], {"pyproject.toml": "[project]\n"}, "has no [tool.smsl]"),
        (["--config", "."], {}, "cannot be read (IsADirectoryError)"),
        ([], {"smsl.toml": "fail-on = hunter2\n"}, "smsl.toml:1: This is not TOML."),
        ([], {"smsl.toml": 'fail_on = "hunter2"\n'}, "smsl.toml:1: There is no such key.\nDid you mean: fail-on"),
        ([], {"pyproject.toml": '[tool.smsl]\nfail-on = "hunter2"\n'}, "pyproject.toml:2: fail-on is not one of"),
    ],
)
def test_a_configuration_that_cannot_be_read_ends_the_run(
    gate: Gate, options: list[str], files: dict[str, str], says: str
) -> None:
    done = gate(*options, files=files)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert len(done.err.splitlines()) == 2
    assert "hunter2" not in done.err


def test_bytes_that_are_no_text(gate: Gate, work: Path) -> None:
    (work / "smsl.toml").write_bytes(b"\xff\xfe")
    assert "smsl.toml: This file is not text in UTF-8." in gate().err
