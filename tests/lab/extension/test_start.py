"""What the process loads, and when: it stands in for a binary that starts at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import smsl
from smsl.lab.extension.assumptions import ASSUMPTIONS

ROOT = Path(smsl.__file__).parent.parent
ROOM = ROOT / "smsl" / "lab" / "extension"
NEVER = {
    "asyncio", "botocore", "boto3", "dataclasses", "email", "http", "inspect", "logging", "selectors", "socket", "ssl",
    "subprocess", "typing", "urllib",
}  # fmt: skip


def loaded(statement: str) -> set[str]:
    """Return the modules that a bare interpreter has more of after a statement."""
    script = (
        f"import sys; before = set(sys.modules); sys.path.insert(0, {str(ROOT)!r}); {statement}; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_little_is_loaded_before_it_registers() -> None:
    bare = loaded("import os, time, _socket, __future__")
    started = loaded("import smsl.lab.extension.main")
    own = {name for name in started if name.partition(".")[0] == "smsl"}

    assert started - own <= bare
    assert own == {
        "smsl",
        "smsl.lab",
        "smsl.lab.extension",
        *(f"smsl.lab.extension.{name}" for name in ("log", "main", "runtime", "settings", "wire")),
    }


def test_nothing_heavy_is_loaded_at_all() -> None:
    whole = loaded("import smsl.lab.extension.main, smsl.lab.extension.desk, smsl.lab.extension.server")

    assert not {name.partition(".")[0] for name in whole} & NEVER
    assert {name for name in whole if name.startswith("smsl.")} >= {
        f"smsl.lab.extension.{path.stem}" for path in ROOM.glob("[a-z]*.py") if path.stem != "assumptions"
    }


def test_each_assumption_has_a_name_of_its_own_and_is_a_sentence() -> None:
    names = [name for name, _ in ASSUMPTIONS]

    assert len(set(names)) == len(names)
    assert all(name == name.lower() and " " not in name for name in names)
    assert all(sentence.endswith(".") and "\n" not in sentence for _, sentence in ASSUMPTIONS)
