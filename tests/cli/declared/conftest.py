"""``smsl audit`` of files, in this process: what it exits with, prints, and writes."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

from smsl.cli.outputs import Format
from smsl.cli.program import run

EVERY_FORMAT = [f"--format={each}" + ("" if each is Format.JSON else f"={each}.written") for each in Format]


class Ended(NamedTuple):
    """A command that has ended."""

    code: object
    out: str
    err: str
    written: str
    """The files that it wrote."""

    @property
    def everything(self) -> str:
        """All that anybody can see of it."""
        return self.out + self.err + self.written


Audit = Callable[..., Ended]


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory that commands run in."""
    return tmp_path_factory.mktemp("room")


@pytest.fixture(scope="session")
def audit(room: Path) -> Audit:
    """Run ``smsl audit`` with these arguments, in a directory of its own and with no AWS account in reach."""

    def run_it(*arguments: object) -> Ended:
        for left in room.glob("*.written"):
            left.unlink()
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("AWS_")]:
                patch.delenv(name)
            patch.chdir(room)
            with (
                contextlib.redirect_stdout(out),
                contextlib.redirect_stderr(err),
                pytest.raises(SystemExit) as ending,
            ):
                run(["audit", *map(str, arguments)])
        cause = ending.value.__context__
        if cause is not None and "an error of its own" in err.getvalue():
            raise cause  # of which the program shows no more than its class
        written = "".join(each.read_text(encoding="utf-8") for each in sorted(room.glob("*.written")))
        return Ended(ending.value.code, out.getvalue(), err.getvalue(), written)

    return run_it


@pytest.fixture(scope="session")
def planting() -> ModuleType:
    """Return the module that puts markers into documents: tests are no package."""
    spec = importlib.util.spec_from_file_location("declared_planting", Path(__file__).parent / "planting.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
