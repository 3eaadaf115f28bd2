"""Shapes of templates, plans and states that people have published: each is read, and each unknown names its cause."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from smsl.cli.program import run

HERE = Path(__file__).parent
SHAPES = sorted(file.parent.name for file in HERE.glob("*/shape.json"))
SCHEMA = Path(__file__).parents[2] / "smsl" / "render" / "report.schema.json"
VALUE = f"{'Xk9'}{'vQ2'}mT7pL4"
"""Stands in for ``@@VALUE@@``, and must never come out."""


@cache
def validator() -> Any:
    return jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


@pytest.fixture(autouse=True)
def no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)


def audited(
    name: str, shape: dict[str, Any], place: Path, capsys: pytest.CaptureFixture[str]
) -> tuple[object, str, str]:
    """Run the command as a user would, and return its exit code and what it prints."""
    arguments = ["audit", *shape.get("options", ()), "--format", "json"]
    for file in sorted((HERE / name).iterdir()):
        kind = {"template": "--template", "plan": "--plan", "state": "--plan"}.get(file.name.partition(".")[0])
        if kind is not None:
            copy = place / file.name
            copy.write_text(file.read_text(encoding="utf-8").replace("@@VALUE@@", VALUE), encoding="utf-8")
            arguments += [kind, str(copy)]
    with pytest.raises(SystemExit) as ended:
        run(arguments)
    printed = capsys.readouterr()
    return ended.value.code, printed.out, printed.err


def found(report: dict[str, Any]) -> dict[str, Any]:
    """Return what the report says of each function, as `shape.json` writes it."""
    return {
        function["name"]: {
            "verdict": function["verdict"],
            "blocked_by": sorted({layer for access in function["accesses"] for layer in access["blocked_by"]}),
            "findings": sorted(
                finding["rule"] for finding in report["findings"] if finding["function"].startswith(function["arn"])
            ),
        }
        for function in report["functions"]
    }


def causes(report: dict[str, Any], function: dict[str, Any]) -> list[str]:
    """Return what the report says of what is unknown about a function."""
    found = [
        " ".join((finding["message"].partition(" not known: ")[2], *finding["because"]))
        for finding in report["findings"]
        if finding["function"].startswith(function["arn"]) and finding["rule"].endswith("-unknown")
    ]
    wanted: str = function["wanted_from"]
    return [*found, wanted.removeprefix("not known: ")] if wanted.startswith("not known: ") else found


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_found_in_public_is_read(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shape = json.loads((HERE / name / "shape.json").read_text(encoding="utf-8"))
    code, out, errors = audited(name, shape, tmp_path, capsys)
    assert VALUE not in out + errors
    assert code == shape["exit"]
    if "error" in shape:
        assert shape["error"] in errors
    if "functions" not in shape:
        return
    report = json.loads(out)
    assert not list(validator().iter_errors(report))
    expected = {
        function: {member: each[member] for member in ("verdict", "blocked_by", "findings")}
        for function, each in shape["functions"].items()
    }
    assert found(report) == expected
    assumed = " ".join(each["text"] for each in report["assumptions"])
    assert [text for text in shape.get("left_out", ()) if text not in assumed] == []
    for function in report["functions"]:
        said = causes(report, function)
        assert said or function["verdict"] != "unknown"
        assert all(cause.strip() for cause in said)
        assert "a policy that was not read" not in " ".join(said)
        for word in shape["functions"][function["name"]].get("unknown_because", ()):
            assert any(word in cause for cause in said), (word, said)


def test_there_are_twenty_of_them() -> None:
    assert len(SHAPES) >= 20
