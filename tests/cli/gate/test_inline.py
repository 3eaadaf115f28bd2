"""Suppressions in a template, from its text to the exit code."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Gate = Callable[..., Any]
BLOCKED = Path(__file__).parents[2] / "infrastructures" / "05-missing-decrypt" / "template.yaml"
OF = ("--template", "template.yaml", "--account", "123456789012", "--region", "eu-west-1")
COMMENT = '  # smsl:ignore decrypt-denied reason="moves next week"\n'
METADATA = "    Metadata: {smsl: {ignore: [{rule: decrypt-denied, reason: moves next week}]}}\n"


def template(before: str = "", inside: str = "") -> dict[str, str]:
    """Return the template with lines before its function, and inside of it."""
    function = "  PaymentsFunction:\n"
    text = BLOCKED.read_text()
    assert text.count(function) == 1
    return {"template.yaml": text.replace(function, before + function + inside)}


@pytest.mark.parametrize(("before", "inside", "kind"), [(COMMENT, "", "inline"), ("", METADATA, "metadata")])
def test_a_template_silences_where_it_is_let(gate: Gate, before: str, inside: str, kind: str) -> None:
    assert gate("--format", "json", of=OF, files=template()).code == 1
    done = gate("--format", "json", of=OF, files=template(before, inside))
    assert done.code == 0
    [told] = done.report["suppressions"]
    assert (told["kind"], told["standing"], told["findings"], told["new"]) == (kind, "in force", 1, None)
    for options in (["--no-inline-suppressions"], ["--config", "gate.toml"]):
        files = {"gate.toml": "inline-suppressions = false\n"}
        strict = gate("--format", "json", *options, of=OF, files=files)
        assert (strict.code, strict.report["suppressions"][0]["standing"]) == (1, "ignored")


def test_one_that_a_baseline_does_not_list_is_new(gate: Gate) -> None:
    gate("--write-baseline", "b.json", of=OF, files=template())
    done = gate("--baseline", "b.json", of=OF, files=template(COMMENT))
    assert done.code == 0
    assert "1 suppression is new since the baseline." in done.out
    gate("--write-baseline", "b.json", of=OF)
    assert "is new since" not in gate("--baseline", "b.json", of=OF, files=template("\n\n" + COMMENT)).out


def test_one_of_another_place_is_told_apart(gate: Gate) -> None:
    gate("--write-baseline", "b.json", of=OF, files=template())
    done = gate("--baseline", "b.json", of=(*OF[:-1], "us-east-1"))
    assert done.code == 1
    assert "was it written with the same --account and --region?" in " ".join(done.out.split())


def test_a_change_cannot_silence_its_own(gate: Gate, work: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)

    files = {"smsl.toml": 'baseline = "b.json"\n'}
    git("init", "-q", "-b", "main")
    gate("--write-baseline", "b.json", "--only", "env", of=OF, files=template() | files)
    git("add", "-A")
    git("commit", "-q", "-m", "first")
    done = gate("--trusted-ref", "main", "--format", "json", of=OF, files=template(COMMENT))
    assert (done.code, done.report["suppressions"][0]["standing"]) == (1, "untrusted")
    gate("--write-baseline", "b.json", of=OF)
    git("add", "-A")
    git("commit", "-q", "-m", "reviewed and merged")
    done = gate("--trusted-ref", "main", "--format", "json", of=OF)
    assert (done.code, done.report["suppressions"][0]["new"]) == (0, False)


def test_one_without_a_reason_ends_the_run(gate: Gate) -> None:
    done = gate(of=OF, files=template("  # smsl:ignore decrypt-denied\n"))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("smsl: template.yaml:")
    assert "gives no reason" in done.err
