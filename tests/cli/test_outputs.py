"""Several formats of one run: what is asked for, where it goes, what is loaded for it."""

from __future__ import annotations

import stat
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smsl.cli.outputs import Format, Manner, Output, outputs_of, write
from smsl.gate.decide import Exit
from smsl.model.errors import SmslError
from smsl.model.report import Report
from smsl.model.snapshot import Source

Run = Callable[..., "subprocess.CompletedProcess[str]"]
EMPTY = Report("smsl 0", Source("live", None, None), datetime(2026, 9, 1, tzinfo=UTC), (), (), ())
MODULES = {each: {Format.SARIF: "audit_sarif"}.get(each, each.value) for each in Format}


def test_without_a_word_it_is_the_console() -> None:
    assert outputs_of(()) == (Output(Format.CONSOLE, None),)


def test_names_and_files(tmp_path: Path) -> None:
    file = tmp_path / "a=b.sarif"
    assert outputs_of(["github", f"sarif={file}"]) == (Output(Format.GITHUB, None), Output(Format.SARIF, file))
    assert outputs_of([f"json={file}"]) == (Output(Format.JSON, file),)


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    for path in (tmp_path, f"{tmp_path}/new/", f"{tmp_path}/none/a.json"):
        with pytest.raises(SmslError) as raised:
            outputs_of([f"json={path}"])
        assert raised.value.next_step


def test_files_are_written_before_stdout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.md"
    broken = Output(Format.GITLAB, tmp_path / ("x" * 300))
    with pytest.raises(SmslError, match=r"The file of --format gitlab cannot be written \(OSError\)\."):
        write(EMPTY, (Output(Format.JSON, None), Output(Format.MARKDOWN, file), broken), Manner(Exit.CLEAN))
    assert file.read_text().startswith("## NOTHING")
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert list(tmp_path.iterdir()) == [file]
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("written", Format)
def test_no_format_loads_the_code_of_another(written: Format, smsl: Run) -> None:
    code = (
        "import sys\nfrom datetime import UTC, datetime\n"
        "from smsl.cli.outputs import Manner, outputs_of, write\n"
        "from smsl.gate.decide import Exit\nfrom smsl.model.report import Report\n"
        "from smsl.model.snapshot import Source\n"
        "report = Report('smsl 0', Source('live', None, None), datetime(2026, 9, 1, tzinfo=UTC), (), (), ())\n"
        f"write(report, outputs_of(['{written}']), Manner(Exit.CLEAN))\n"
        f"others = {sorted(set(MODULES.values()))!r}\n"
        "print([each for each in others if f'smsl.render.{each}' in sys.modules], file=sys.stderr)"
    )
    assert smsl(code=code).stderr == f"{[MODULES[written]]}\n"
