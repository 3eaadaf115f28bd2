"""The house stands: imports point down, and every module opens alone."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import smsl

ROOT = Path(smsl.__file__).parent.parent
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(smsl.__path__, "smsl.")
    if not module.name.endswith("__main__") and ".handlers." not in module.name
)
LIGHT = ("boto3", "botocore", "moto", "httpx")


def test_the_import_contracts_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("room", sorted({name.split(".")[1] for name in MODULES}))
def test_every_module_of_a_room_imports_alone(room: str) -> None:
    names = [name for name in MODULES if name.split(".")[1] == room]
    # One fork for each module: a fresh interpreter's state, without a fresh interpreter's price.
    script = (
        "import os, sys\n"
        "for name in sys.argv[1:]:\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        __import__(name)\n"
        "        os._exit(0)\n"
        "    if os.waitpid(child, 0)[1]:\n"
        "        sys.exit(name)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, *names], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("arguments", [["--version"], ["simulate", "--help"], ["simulate"], ["explain", "read-denied"]])
def test_light_commands_load_no_heavy_library(arguments: list[str]) -> None:
    script = (
        "import sys\n"
        "from smsl.cli import main\n"
        "sys.argv = ['smsl', *sys.argv[1:]]\n"
        "try:\n"
        "    main()\n"
        "except SystemExit:\n"
        "    pass\n"
        f"print([name for name in {LIGHT!r} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )

    assert done.stderr.splitlines()[-1] == "[]"
