"""Where stacks import from each other, what is not known stays so: a gate lives with what it knows not to know."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

Gate = Callable[..., Any]
STACK = (Path(__file__).parent / "stack.yaml").read_text()
OF = ("--template", "stack.yaml", "--account", "123456789012", "--region", "eu-west-1")


def test_a_known_unknown_passes_and_a_new_one_does_not(gate: Gate) -> None:
    assert gate(of=OF, files={"stack.yaml": STACK}).code == 3
    written = gate("--write-baseline", "b.json", of=OF)
    assert (written.code, written.err) == (0, "Wrote b.json: 2 findings, 1 unknown.\n")
    known = gate("--baseline", "b.json", "--format", "json", of=OF)
    assert (known.code, known.report["functions"][0]["verdict"]) == (0, "unknown")
    [unknown] = known.report["baseline"]["unknowns"]
    assert unknown["function"].endswith(":function:menus")
    junit = gate("--baseline", "b.json", "--format", "junit", of=OF).out
    assert {each.tag for case in ET.fromstring(junit).iter("testcase") for each in case} == {"skipped"}  # noqa: S314
    assert "1 unknown known, 0 new." in gate("--baseline", "b.json", of=OF).out

    other = {"stack.yaml": STACK.replace("shared-secret", "another-secret")}
    new = gate("--baseline", "b.json", of=OF, files=other)
    assert new.code == 3
    assert "0 unknowns known, 1 new" in " ".join(new.out.split())
    assert gate("--baseline", "b.json", "--on-unknown", "warn", of=OF).code == 0


def test_one_that_is_known_no_more_is_pruned(gate: Gate) -> None:
    gate("--write-baseline", "b.json", of=OF, files={"stack.yaml": STACK})
    own = {"stack.yaml": STACK.replace("!ImportValue shared-secret", "!Ref Secret")}
    assert gate("--baseline", "b.json", of=OF, files=own).code == 0
    pruned = gate("--baseline", "b.json", command=("baseline", "prune"), of=OF)
    assert (pruned.code, pruned.err) == (0, "Wrote b.json: 1 finding, 0 unknowns, 2 dropped.\n")
