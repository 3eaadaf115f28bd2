"""A baseline from the command line: written, compared with, pruned."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from smsl.render.fingerprint import digest

Gate = Callable[..., Any]
PRUNE = ("baseline", "prune")


def changed(work: Path, **changes: Any) -> dict[str, Any]:
    document = json.loads((work / "b.json").read_text())
    (work / "b.json").write_text(json.dumps(document | changes))
    assert isinstance(document, dict)
    return document


def test_written_then_known(gate: Gate, work: Path) -> None:
    assert gate("--fail-on", "low").code == 1
    written = gate("--fail-on", "low", "--write-baseline", "b.json", "--format", "json")
    assert (written.code, written.counted) == (0, [])
    assert written.err == "Wrote b.json: 8 findings, 0 unknowns.\n"
    assert stat.S_IMODE((work / "b.json").stat().st_mode) == 0o644
    text = (work / "b.json").read_text()
    gate("--write-baseline", "b.json")
    assert (work / "b.json").read_text() == text
    again = gate("--fail-on", "low", "--baseline", "b.json", "--format", "json")
    assert (again.code, again.err, again.report) == (0, "", written.report)
    assert again.report["baseline"] == {
        "file": "b.json", "known": 8, "new": 0, "unknowns": [], "gaps": [], "gone": 0
    }  # fmt: skip
    assert "Baseline b.json: 8 findings known, 0 new." in gate("--baseline", "b.json").out
    assert "<failure" not in gate("--baseline", "b.json", "--format", "junit").out
    results = json.loads(gate("--baseline", "b.json", "--format", "sarif").out)["runs"][0]["results"]
    assert {each["suppressions"][0]["justification"] for each in results} == {"known from the baseline"}
    assert json.loads(gate("--baseline", "b.json", "--format", "gitlab").out) == []


def test_one_that_it_does_not_know_fails(gate: Gate, work: Path) -> None:
    gate("--write-baseline", "b.json")
    rows = json.loads((work / "b.json").read_text())["findings"]
    changed(work, findings=[each for each in rows if "MAIL_API_KEY" not in each["detail"]])
    done = gate("--baseline", "b.json", "--format", "json")
    assert (done.code, done.counted) == (1, [("plaintext-secret", "MAIL_API_KEY")])


def test_the_configuration_names_one_beside_itself(gate: Gate, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate("--write-baseline", "b.json", files={".git/HEAD": "", "smsl.toml": 'baseline = "b.json"\n'})
    (work / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(work / "deep" / "er")
    assert gate().code == 0


def test_what_is_recorded_is_all_and_not_what_is_shown(gate: Gate) -> None:
    gate("--write-baseline", "b.json", "--min-severity", "critical")
    assert gate("--baseline", "b.json", "--fail-on", "low").code == 0


def test_what_is_suppressed_is_not_recorded(gate: Gate) -> None:
    files = {"smsl.toml": '[[suppressions]]\nrule = "plaintext-secret"\nreason = "a sample"\n'}
    gate("--only", "env", "--write-baseline", "b.json", files=files)
    assert gate("--only", "env", "--baseline", "b.json", files={"smsl.toml": ""}).code == 1


def test_pruned(gate: Gate, work: Path) -> None:
    gate("--write-baseline", "b.json")
    before = (work / "b.json").read_text()
    done = gate("--baseline", "b.json", command=PRUNE)
    assert (done.code, done.out, done.err) == (0, "", "b.json: all of it is found still.\n")
    rows = json.loads(before)["findings"]
    mark = digest("rotation-off", "gone", "r", "d")
    gone = {"rule": "rotation-off", "function": "gone", "resource": "r", "detail": "d", "fingerprint": mark}
    changed(work, findings=[*rows[:3], rows[3], rows[3], gone])
    assert "2 of its entries no longer found" in " ".join(gate("--baseline", "b.json").out.split())
    assert "no longer found" not in gate("signup", "--baseline", "b.json", "--only", "env").out
    assert gate("signup", "--baseline", "b.json", command=PRUNE).err == "b.json: all of it is found still.\n"
    done = gate("--baseline", "b.json", command=PRUNE)
    assert (done.code, done.err) == (0, "Wrote b.json: 4 findings, 0 unknowns, 2 dropped.\n")
    assert json.loads((work / "b.json").read_text())["findings"] == rows[:4]


@pytest.mark.parametrize(
    ("command", "options", "files", "says"),
    [
        (("audit",), ["--baseline", "b.json"], {}, "The baseline does not exist."),
        (("audit",), [], {"smsl.toml": 'baseline = "b.json"'}, "The baseline does not exist."),
        (("audit",), ["--baseline", "b.json"], {"b.json": "{hunter2"}, "b.json:1: The baseline is not JSON."),
        (("audit",), ["--baseline", "b.json", "--write-baseline", "c.json"], {}, "records everything anew"),
        (("audit",), ["--write-baseline", "no/where.json"], {}, "cannot be written (FileNotFoundError)"),
        (("audit",), ["--write-baseline", "b.json", "--trusted-ref", "main"], {}, "does not go with --trusted-ref"),
        (PRUNE, [], {}, "There is no baseline to prune."),
        (PRUNE, ["--baseline", "b.json", "--trusted-ref", "main"], {}, "does not go with --trusted-ref"),
    ],
)
def test_an_error_has_a_next_step(
    gate: Gate, command: tuple[str, ...], options: list[str], files: dict[str, str], says: str
) -> None:
    done = gate(*options, command=command, files=files)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert len(done.err.splitlines()) == 2
    assert "hunter2" not in done.err
