"""Each dialect by a table: names, lines, owners and values, what is unreadable and what is left to another file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.leaks.formats import example
from smsl.sources.documents.json_tree import plain, tree
from smsl.sources.variables.entry import Entry, Item, Note, Unread
from smsl.sources.variables.files import files_of
from smsl.sources.variables.interpolation import serverless_filled, shell_filled
from smsl.sources.variables.read import Form, form_of, read

TABLES = Path(__file__).parent / "variables"
MARKS = {"@S@": example("{w24}"), "@ID@": example("AKIA{A16}"), "@KEY@": example("{w18}/{w21}")}
"""Stand in the tables for what looks like a live credential."""


def cases() -> Iterator[Any]:
    for table in sorted(TABLES.glob("*.json")):
        for row in json.loads(table.read_text()):
            yield pytest.param(row, id=f"{table.stem}: {row['about']}")


def marked(text: str) -> str:
    for mark, secret in MARKS.items():
        text = text.replace(mark, secret)
    return text


def items(text: str, form: Form | None = None) -> list[Item]:
    return list(read([f"{line}\n" for line in text.split("\n")], form))


@pytest.mark.parametrize("case", list(cases()))
def test_variables_of_a_text(case: dict[str, Any]) -> None:
    form = Form(case["form"]) if "form" in case else None
    found = items(marked("\n".join(case["text"])), form)
    rows = [[each.name, each.line, each.owner, each.value] for each in found if isinstance(each, Entry)]
    assert rows == [[name, line, owner, marked(value)] for name, line, owner, value, _ in case["rows"]]
    assert [each.line for each in found if isinstance(each, Unread)] == case.get("errors", [])
    assert [each.line for each in found if isinstance(each, Note)] == case.get("notes", [])
    shown = repr(found) + "".join(each.error for each in found if isinstance(each, Unread))
    assert not any(secret in shown for secret in MARKS.values())


@pytest.mark.parametrize(
    ("name", "form"),
    [
        (".env", Form.ENV), (".env.local", Form.ENV), ("prod.env", Form.ENV), ("a.json", Form.JSON),
        ("rows.jsonl", Form.JSONL), ("rows.NDJSON", Form.JSONL), ("serverless.yml", Form.YAML),
        ("template.YAML", Form.YAML), ("stack.template", Form.YAML), ("-", None), ("notes.txt", None),
    ],
)  # fmt: skip
def test_form_by_name(name: str, form: Form | None) -> None:
    assert form_of(Path("some") / name) is form


def test_files_of_a_directory(tmp_path: Path) -> None:
    wanted = [".env", ".env.prod", "api/serverless.yml", "api/template.yaml", "compose.yml", "docker-compose.dev.yaml",
              "z/app.env", "z/x.template.json"]  # fmt: skip
    others = ["main.py", "values.yaml", ".git/config.env", "node_modules/a/.env", "package.json", ".envrc"]
    for name in (*wanted, *others):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = [path.relative_to(tmp_path).as_posix() for path in files_of([tmp_path])]
    assert sorted(found) == sorted(wanted)
    assert list(files_of([Path("-"), Path("any.txt")])) == [Path("-"), Path("any.txt")]
    (tmp_path / "empty").mkdir()
    assert list(files_of([tmp_path / "empty"])) == [tmp_path / "empty"]


@pytest.mark.parametrize(
    ("fill", "text", "expected"),
    [
        (shell_filled, "${A}", "${A}"),
        (shell_filled, "${A:-b}-${C-d}", "b-d"),
        (shell_filled, "${A:-${B:-c}}", "c"),
        (shell_filled, "${A:?say it}${A:+b}", "${A:?say it}${A:+b}"),
        (shell_filled, '${A:-{"b": 1}}', '{"b": 1}'),
        (shell_filled, "${open ${A:-b}", "${open b"),
        (shell_filled, "}${A:-}}", "}}"),
        (serverless_filled, "${env:A, 'b'}", "b"),
        (serverless_filled, '${opt:a, self:b, "c"}', "c"),
        (serverless_filled, "${env:A, ${self:custom.b}}", "${env:A, ${self:custom.b}}"),
        (serverless_filled, "${ssm:/a/b}", "${ssm:/a/b}"),
    ],
)
def test_what_a_reference_falls_back_to(fill: Callable[[str], str], text: str, expected: str) -> None:
    assert fill(text) == expected


BOMBS = {
    "laughs": "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 30)),
    "laughing joins": "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Environment:\n"
    "        Variables:\n          A0: &a0 x\n"
    + "".join(
        f"          A{n}: &a{n} !Join ['', [{', '.join([f'*a{n - 1}'] * 10)}]]\n" for n in range(1, 19)
    ),
    "laughing branches": "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Environment:\n"
    "        Variables:\n          A0: &a0 x\n"
    + "".join(f"          A{n}: &a{n} !If [c, {', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 19)),
    "merges": "m0: &m0 {a: b}\n"
    + "".join(f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 10)}]}}\n" for n in range(1, 30))
    + "services: {a: {environment: *m29}}",
    "one environment for many": "x: &x {" + ", ".join(f"V{n}: x" for n in range(2000)) + "}\nservices:\n"
    + "".join(f"  s{n}: {{environment: *x}}\n" for n in range(2000)),
    "one long value for many": f"x: &x {{A: {'x' * 100_000}}}\nservices:\n"
    + "".join(f"  s{n}: {{environment: *x}}\n" for n in range(2000)),
    "depth of sequences": "[" * 100_000,
    "depth of mappings": "{a: " * 100_000,
    "depth of blocks": "\n".join(" " * n + "a:" for n in range(2000)),
    "depth of dashes": "- " * 100_000 + "x",
    "quotes": '"' * 100_001,
    "anchors": "".join(f"a{n}: &a{n} x\n" for n in range(20_000)),
    "itself": "&a [*a, *a]",
    "its environment": "services: {s: &s {environment: *s}}",
    "its branches": "Resources: {F: {Type: AWS::Lambda::Function, Properties: {Environment:"
    " {Variables: &v !If [c, *v, *v]}}}}",
    "its configuration": "&a\nConfiguration: *a\nFunctions: [*a]\nResources: *a\nservices: *a\n",
}  # fmt: skip


@pytest.mark.parametrize("text", list(BOMBS.values()), ids=list(BOMBS))
def test_a_bomb_is_read_or_refused(text: str) -> None:
    found = items(text, Form.YAML)
    assert sum(len(each.value) for each in found if isinstance(each, Entry)) <= 250_000 + 10 * len(text)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, '[{"a":' * 300 + "1" + "}]" * 300])
@pytest.mark.parametrize("form", [None, Form.JSON, Form.JSONL, Form.YAML])
def test_deep_json_is_refused(text: str, form: Form | None) -> None:
    found = items(text, form)
    assert [type(each) for each in found] == [Unread]


def test_a_number_of_many_digits() -> None:
    digits = "1" * 5000
    assert [each.value for each in items(json.dumps({"A": "b"})[:-1] + f', "C": {digits}}}') if isinstance(each, Entry)]
    assert plain(tree(digits)) == digits


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None, max_examples=60)
@given(JSON, st.sampled_from([None, 0, 2]), st.booleans())
def test_json_is_what_the_library_reads(document: object, indent: int | None, ascii_only: bool) -> None:
    assert plain(tree(json.dumps(document, indent=indent, ensure_ascii=ascii_only))) == document


@settings(deadline=None, max_examples=200)
@given(st.text(st.sampled_from('{}[]",:\\ \nabu0189.-+eEtrfnl\t'), max_size=40))
def test_json_is_refused_where_the_library_refuses(text: str) -> None:
    def library() -> object:
        return json.JSONDecoder(strict=False, parse_constant=lambda _: 1 / 0).decode(text)

    try:
        expected = library()
    except (ValueError, ZeroDivisionError):
        with pytest.raises(Exception, match=r"^Line \d+ is "):
            tree(text)
    else:
        assert plain(tree(text)) == expected


@settings(deadline=None, max_examples=200)
@given(
    st.text(st.sampled_from("AB=:'\"`\\ \n\t\r#${}[]-&*!|>?@,<x%"), max_size=60) | st.text(max_size=40),
    st.sampled_from([None, *Form]),
)
def test_any_text_is_read(text: str, form: Form | None) -> None:
    for each in items(text, form):
        assert isinstance(each, Entry | Unread | Note)
        assert each.line is None or 1 <= each.line <= len(text.splitlines()) + 2


LONG = {
    "A=x": "x", "A= ": " ", "A=x\t": "\t", 'A="': "\\", "A='x": "\\'", "A=": "${", "B=": "${a:-", "A= x": " #",
    "": "A_",
    " ": " ", "export": " ", "A=-----BEGIN X\n": "abc\n", "A=y\n": 'A="x\n', "A: '": "''", "A: ": "x ",
    "A:\n": "- x\n",
    '{"A": "': "\\\\", "{": '{"A":\n', "[": "[],", "x: |\n": "  x\n", "A=z": "}", '"': '"',
}  # fmt: skip


@pytest.mark.parametrize("start", list(LONG))
@pytest.mark.parametrize("form", [None, *Form])
@pytest.mark.parametrize("size", [1 << 15, pytest.param(1 << 19, marks=pytest.mark.verify)])
def test_a_long_text_is_read(start: str, form: Form | None, size: int) -> None:
    # Work that grows with the square of a length would not end within the time limit of a test.
    assert isinstance(items(start + LONG[start] * (size // len(LONG[start])), form), list)
