"""The Terraform of a fix: what it holds, what it leaves alone, and that nothing from outside breaks out of it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.model.finding import Edit, Fix, Step
from smsl.render.fix import terraform
from smsl.render.fix.hcl import Call, block, comment, label, quoted

FOLDER = Path(__file__).parent
CASES: list[dict[str, Any]] = json.loads((FOLDER / "terraform_cases.json").read_text())
OTHERS: list[dict[str, Any]] = json.loads((FOLDER / "awscli_cases.json").read_text())
TEXTS = st.text(
    st.sampled_from("${%}\\\"'\n\r\t\x00\x1b\u202e#:/*~<é日\U0001f600") | st.characters(exclude_categories=["Cs"])
) | st.sampled_from(['${file("x")}', "%{if true}", "$${", "$$${", "\\${", "##[error]", "::error::x", "*/", "<<EOF"])
# What a string literal may hold between its quotes: an escape, a doubled template sign, or a plain character.
LITERAL = re.compile(
    r'"((?:\\[nrt"\\]|\\u[0-9a-f]{4}|\\U[0-9a-f]{8}|\$\$\{|%%\{|\$(?!\{)|%(?!\{)|[^"\\$%\x00-\x1f\x7f])*)"'
)
SHORT = {"\\n": "\n", "\\r": "\r", "\\t": "\t", '\\"': '"', "\\\\": "\\", "$${": "${", "%%{": "%{"}


def step_of(case: dict[str, Any]) -> Step:
    edit = case.get("edit")
    made = None if edit is None else Edit(**{**edit, "swap": tuple(edit["swap"]) if "swap" in edit else None})
    names = ("region", "bind", "query", "stdin")
    rest = {name: case[name] for name in names if name in case}
    return Step(case["service"], case["operation"], case["parameters"], edit=made, **rest)


def read(literal: str) -> str:
    """Return what Terraform reads of a string literal."""
    found = LITERAL.fullmatch(literal)
    assert found is not None, literal

    def plain(part: re.Match[str]) -> str:
        text = part[0]
        return SHORT[text] if text in SHORT else text.encode("ascii").decode("unicode_escape")

    return re.sub(r'\\[nrt"\\]|\\u[0-9a-f]{4}|\\U[0-9a-f]{8}|\$\$\{|%%\{', plain, found[1])


def balanced(text: str) -> None:
    """Check that strings end on their line and brackets close in order; comments hold anything."""
    code = re.sub(r"(?m)^\s*#.*$", "", text)
    assert not code.replace("\n", "").translate(str.maketrans("", "", "\t")).count("\x1b")
    bare = LITERAL.sub("_", code)
    assert '"' not in bare, bare
    assert "${" not in bare
    open_: list[str] = []
    for sign in re.findall(r"[{}()\[\]]", bare):
        if sign in "{([":
            open_.append({"{": "}", "(": ")", "[": "]"}[sign])
        else:
            assert open_.pop() == sign
    assert open_ == []


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_what_a_step_is_in_terraform(case: dict[str, Any]) -> None:
    steps = tuple(step_of(each) for each in case["steps"])
    shown = terraform.render(Fix("", steps)).split("\n\n", 1)[1]
    assert shown == "\n".join(case["shown"])
    balanced(shown)


@pytest.mark.parametrize("case", OTHERS, ids=[case["name"] for case in OTHERS])
def test_every_step_of_the_aws_cli_has_a_form(case: dict[str, Any]) -> None:
    shown = terraform.render(Fix("", (step_of(case),)))
    balanced(shown)
    assert case["operation"] in shown or 'resource "' in shown


@settings(deadline=None)
@given(TEXTS)
def test_a_string_is_read_as_it_was(text: str) -> None:
    literal = quoted(text)
    assert literal.isprintable()
    assert "##[" not in literal
    assert read(literal) == text


@settings(deadline=None, max_examples=40)
@given(TEXTS, st.integers(0, 30))
def test_a_hostile_name_breaks_out_of_nothing(name: str, place: int) -> None:
    def spoilt(value: Any) -> Any:
        if isinstance(value, dict):
            return {key if key[0].isupper() else key + name: spoilt(each) for key, each in value.items()}
        if isinstance(value, list):
            return [spoilt(each) for each in value]
        return value + name if isinstance(value, str) and not value.startswith("$") else value

    case = CASES[place % len(CASES)]
    made = [{**each, "parameters": spoilt(each["parameters"])} for each in case["steps"]]
    shown = terraform.render(Fix("", tuple(step_of(each) for each in made)))
    balanced(shown)
    assert shown.replace("\n", "").isprintable()
    assert "##[" not in shown
    assert not any(line.lstrip().startswith("::") for line in shown.split("\n"))


def test_a_comment_stays_a_comment() -> None:
    assert all(line.startswith("#") for line in comment('a\n} resource "x" "y" {' * 9).split("\n"))


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("smsl", "prod/db"), "smsl_prod_db"),
        (("1a",), "_1a"),
        (("", "é"), "_"),
        (("Größe",), "gr_e"),
        (("x" * 90,), "x" * 80),
    ],
)
def test_a_label_is_an_identifier(parts: tuple[str, ...], name: str) -> None:
    assert label(*parts) == name
    assert re.fullmatch(r"[a-z_][a-z0-9_]*", name)


def test_values_keep_their_kinds() -> None:
    shown = block("locals", a=True, b=3, c=[], d={}, e=Call("f", []), f=None, g=["x" * 40, "y" * 40])
    assert shown.split("\n")[1:6] == ["  a = true", "  b = 3", "  c = []", "  d = {}", "  e = f([])"]
    assert shown.split("\n")[6] == "  g = ["
    balanced(shown)


def test_no_steps_are_no_blocks() -> None:
    assert terraform.render(Fix("ask the owner")) == ""
    assert terraform.undo(Fix("ask the owner")) == ""


@pytest.mark.verify
@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed here")
def test_terraform_reads_it_and_would_write_it_alike(tmp_path: Path) -> None:
    for number, case in enumerate(CASES):
        shown = terraform.render(Fix("", tuple(step_of(each) for each in case["steps"])))
        (tmp_path / f"{number}.tf").write_text(shown + "\n")
    done = subprocess.run(
        ["terraform", "fmt", "-check", "-diff", "-no-color"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")
