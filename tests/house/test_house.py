"""The house stands: imports point down, and every module opens alone."""

from __future__ import annotations

import itertools
import json
import pkgutil
import re
import subprocess
import sys
import tomllib
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


def storeys() -> list[list[str]]:
    """Return the modules by layer of the contract, the lowest first."""
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    layers = [re.split(r" [|:] ", layer) for layer in reversed(contract["layers"])]
    return [[name for name in MODULES if name.split(".")[1] in layer] for layer in layers]


@pytest.mark.verify
def test_every_module_imports_alone() -> None:
    # A fork for each module: a fresh interpreter's state, without a fresh interpreter's price. What is loaded before
    # the fork changes nothing for a module: its packages come before it anyhow, and the layers beneath, each tried
    # before it is loaded, import nothing of its own.
    script = (
        "import importlib, itertools, json, os, sys\n"
        "def apart(work, *arguments):\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        work(*arguments)\n"
        "        os._exit(0)\n"
        "    return os.waitpid(child, 0)[1] == 0\n"
        "def try_each(package, names):\n"
        "    importlib.import_module(package)\n"
        "    for name in names:\n"
        "        apart(importlib.import_module, name) or print(name)\n"
        "    sys.stdout.flush()\n"
        "above = lambda name: name.rpartition('.')[0]\n"
        "for names in json.loads(sys.argv[1]):\n"
        "    for package, within in itertools.groupby(sorted(names, key=above), above):\n"
        "        apart(try_each, package, list(within)) or print(package)\n"
        "    for name in names:\n"
        "        importlib.import_module(name)\n"
    )
    layers = storeys()
    done = subprocess.run(
        [sys.executable, "-c", script, json.dumps(layers)], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert sorted(itertools.chain(*layers)) == MODULES


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
