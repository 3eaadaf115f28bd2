"""The gate over one saved capture, in a directory of its own: shipping is blocked, signup holds secrets in plain text,
reports may read every secret."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from smsl.cli.program import run

ACCOUNT = Path(__file__).parent / "account.json"


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    @property
    def counted(self) -> list[tuple[str, str]]:
        """Rule of each finding that is not suppressed, and where two of one rule differ, the first word that tells."""
        return [
            (each["rule"], each["message"].removeprefix("signup: variable ").split()[0].strip(":"))
            for each in self.report["findings"]
            if each["suppressed"] is None
        ]


Gate = Callable[..., Done]


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: one that is in no repository."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def gate(work: Path, capsys: pytest.CaptureFixture[str]) -> Gate:
    """Audit the capture, or what `of` names, with these options, in this process; `files` are written first."""

    def audit(
        *options: str,
        command: tuple[str, ...] = ("audit",),
        of: tuple[str, ...] = ("--capture", str(ACCOUNT)),
        files: Mapping[str, str] | None = None,
    ) -> Done:
        for name, text in (files or {}).items():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            (work / name).write_text(text)
        with pytest.raises(SystemExit) as ended:
            run([*command, *of, *options])
        shown = capsys.readouterr()
        return Done(int(ended.value.code or 0), shown.out, shown.err)

    return audit
