"""``smsl reach`` on files, directories and lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smsl.cli.reach import run

HERE = Path(__file__).parent
CASE = (HERE / "bases" / "nat.json").read_text(encoding="utf-8")


def ran(paths: list[Path]) -> tuple[int, list[dict[str, Any]]]:
    lines: list[str] = []
    code = run(paths, lines.append, lines.append)
    return code, [json.loads(line) for line in lines]


def test_a_directory_in_order() -> None:
    code, lines = ran([HERE / "bases"])
    assert code == 0
    assert [line["name"] for line in lines] == sorted(path.stem for path in (HERE / "bases").glob("*.json"))


def test_the_contract() -> None:
    _, (line,) = ran([HERE / "bases" / "nat.json"])
    assert (line["verdict"], line["path"], line["blockers"], line["warnings"]) == ("reachable", "nat", [], [])
    assert line["per_subnet"] == {"subnet-fa": "reachable", "subnet-fb": "reachable"}
    assert {hop["kind"] for hop in line["hops"]["subnet-fa"]} >= {
        "dns",
        "route",
        "nat",
        "security_group",
        "network_acl",
    }


@pytest.mark.parametrize("content", [f"[{CASE},{CASE}]", f"{CASE.strip()}\n\n{CASE}"], ids=["list", "lines"])
def test_several_cases_in_a_file(tmp_path: Path, content: str) -> None:
    path = tmp_path / "cases.json"
    path.write_text(content)
    code, lines = ran([path])
    assert (code, [line["verdict"] for line in lines]) == (0, ["reachable", "reachable"])


@pytest.mark.parametrize("content", ["", "{", "[1]", "{}", '{"function": 3, "region": "eu-west-1"}', '"x"', "[]"])
def test_what_cannot_be_read_is_one_line_and_the_run_goes_on(tmp_path: Path, content: str) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text(content)
    code, lines = ran([broken, tmp_path / "absent.json", HERE / "bases" / "nat.json"])
    assert code == 3
    assert [sorted(line) for line in lines[:2]] == [["error", "name"], ["error", "name"]]
    assert lines[2]["verdict"] == "reachable"


def test_an_error_never_quotes_its_input(tmp_path: Path) -> None:
    path = tmp_path / "secret.json"
    path.write_text('{"function": {"SubnetIds": "hunter2"}, "region": "eu-west-1"}')
    _, (line,) = ran([path])
    assert "hunter2" not in json.dumps(line)
