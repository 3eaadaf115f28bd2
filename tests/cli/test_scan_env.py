"""scan-env from end to end: what it prints in each format, its exit codes, what it loads, and no value anywhere."""

from __future__ import annotations

import base64
import json
import os
import pty
import string
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.checks.plaintext_secret import RULE
from smsl.cli import scan_env
from smsl.leaks.formats import example
from smsl.render import scan_sarif, scan_table
from smsl.sources.variables.entry import Item
from smsl.sources.variables.read import Form

Run = Callable[..., "subprocess.CompletedProcess[str]"]
TABLES = Path(__file__).parent.parent / "sources" / "variables"
SECRET = example("{w24}")
MARKS = {"@S@": SECRET, "@ID@": example("AKIA{A16}"), "@KEY@": example("{w18}/{w21}")}
CASES = [
    pytest.param(row, id=f"{table.stem}: {row['about']}")
    for table in sorted(TABLES.glob("*.json"))
    for row in json.loads(table.read_text())
]


def scan(text: str, form: Form | None = None, file: str | None = None) -> tuple[list[dict[str, Any]], str, int]:
    """Return the answers, all that any format or notice says, and the exit code."""
    lines: list[str] = []
    said: list[str] = []

    def answered(answer: tuple[Item, Any], name: str | None) -> None:
        if line := scan_env.line_of(answer, name):
            lines.append(line)
        said.append(scan_env.said_of(answer[0], name) or "")

    outcome = scan_env.Outcome()
    scan_env.take([f"{line}\n" for line in text.split("\n")], file, form, outcome, answered)
    found = outcome.scan()
    told = [*lines, *said, repr(outcome), scan_table.render(found, debatable=True)]
    told.append(scan_sarif.render(found, RULE, "1", debatable=True))
    return [json.loads(line) for line in lines], "\n".join(told), outcome.code


@pytest.mark.parametrize("case", CASES)
def test_what_is_flagged_in_each_dialect(case: dict[str, Any]) -> None:
    text = "\n".join(case["text"])
    for mark, secret in MARKS.items():
        text = text.replace(mark, secret)
    answers, told, code = scan(text, Form(case["form"]) if "form" in case else None, "x")
    rows = [each for each in answers if "error" not in each]
    assert [(each["name"], each["line"], each["kind"] if each["flagged"] else None) for each in rows] == [
        (name, line, kind) for name, line, _, _, kind in case["rows"]
    ]
    assert [each["line"] for each in answers if "error" in each] == case.get("errors", [])
    flagged = any(kind for *_, kind in case["rows"])
    assert code == (1 if flagged else 3 if case.get("errors") else 0)
    assert not any(secret in told for secret in MARKS.values())


LETTERS = string.ascii_letters + string.digits
DRAWN = st.text(LETTERS + "!%^&*_-+=.~@#$'\"\\`<>(){}[]|;:,/? éß\u202e\x1b", min_size=12, max_size=60).filter(
    lambda text: sum(sign in LETTERS for sign in text) >= 10 and len(set(text)) > 7
)
PLAIN = st.text(LETTERS + "!%^*-+.~", min_size=12, max_size=60).filter(
    lambda text: sum(sign in LETTERS for sign in text) >= 10 and len(set(text)) > 7
)
NAMES = ("DB_PASSWORD", "API_KEY", "NOTE", "DATABASE_URL", "SECRET_NAME", "X_REGION", "CONFIG")


def in_double(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")


SLS = "service: x\nprovider: {{environment: {{A: b}}}}\nfunctions:\n  f:\n    environment:\n      {name}: {value}\n"
SAM = "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n"
SAM += "      {{Environment: {{Variables: {{{name}: {value}}}}}}}"
QUOTED: tuple[tuple[Form, str, Callable[[str], str]], ...] = (
    (Form.ENV, '{name}="{value}"', in_double),
    (Form.ENV, 'export {name}="{value}" # x', in_double),
    (Form.ENV, '{name}="-----BEGIN PRIVATE KEY-----\n{value}\n-----END PRIVATE KEY-----"', in_double),
    (Form.JSON, '{{"{name}": {value}}}', json.dumps),
    (Form.JSON, '{{\n"a": 1,\n"{name}":\n {value}}}', json.dumps),
    (Form.JSONL, '{{"name": "{name}", "value": {value}, "id": 1, "group": 2}}', json.dumps),
    (Form.JSONL, '{{"name": "{name}", "value": [{value}]}}', json.dumps),
    (Form.JSONL, '{{"name": "{name}", "value": {value}', json.dumps),
    (Form.YAML, "{name}: {value}", json.dumps),
    (Form.YAML, "{name}: {value}\n\tbroken", json.dumps),
    (Form.YAML, SLS, json.dumps),
    (Form.YAML, SAM, json.dumps),
    (Form.YAML, SAM, lambda text: f"!Sub {json.dumps(text)}"),
    (Form.YAML, SAM, lambda text: f"!Join ['', [a, {json.dumps(text)}]]"),
    (Form.YAML, "services: {{a: {{environment: {{{name}: {value}}}}}}}", json.dumps),
    (Form.YAML, "services: {{a: {{environment: [{value}]}}}}", lambda text: json.dumps(f"DB_PASSWORD={text}")),
)
BARE: tuple[tuple[Form, str], ...] = (
    (Form.ENV, "{name}={value}"), (Form.ENV, "{name}='{value}'"), (Form.ENV, "{name}='{value}"),
    (Form.ENV, "{name} {value}"), (Form.ENV, "{name}=a\n{value} b=c"), (Form.ENV, "{name}=${{X:-{value}}}"),
    (Form.YAML, "{name}: x{value}"), (Form.YAML, "{name}: |\n  {value}\n"), (Form.YAML, "{name}: [{value}"),
)  # fmt: skip
CODINGS: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: base64.b64encode(text.encode()).decode(),
    lambda text: quote(text, safe=""),
    lambda text: json.dumps(text)[1:-1],
)


def assert_untold(secret: str, form: Form, position: str, name: str, coding: Callable[[str], str] = str) -> None:
    """Check that no piece of a secret is told; what is told of any other secret too is no piece of this one."""
    told, frame = (scan(position.format(name=name, value=coding(text)), form, "x")[1] for text in (secret, SECRET))
    for coded in (coding(secret) for coding in CODINGS):
        assert coded not in told or coded in frame
    for start in range(len(secret) - 9):
        piece = secret[start : start + 10]
        assert piece not in told or piece in frame


@settings(deadline=None, max_examples=150)
@given(DRAWN, st.sampled_from(NAMES), st.sampled_from(QUOTED))
def test_no_value_gets_out_of_quotes(secret: str, name: str, where: tuple[Form, str, Callable[[str], str]]) -> None:
    form, position, coding = where
    assert_untold(secret, form, position, name, coding)


@settings(deadline=None, max_examples=100)
@given(PLAIN, st.sampled_from(NAMES), st.sampled_from(BARE))
def test_no_value_gets_out_of_bare_text(secret: str, name: str, where: tuple[Form, str]) -> None:
    assert_untold(secret, *where, name)


def test_lines_without_a_group_are_answered_as_they_come() -> None:
    written: list[str] = []
    seen: list[int] = []

    def lines() -> Any:
        for number in range(4):
            seen.append(len(written))
            yield json.dumps({"name": f"A{number}", "value": "b"})

    scan_env.run(lines(), written.append)
    assert seen == [0, 0, 1, 2]
    assert [json.loads(line)["name"] for line in written] == ["A0", "A1", "A2", "A3"]


def test_a_shared_environment_too_big_for_a_function_is_passed_over() -> None:
    shared = "".join(f"    V{number}: {'x' * 90}\n" for number in range(50))
    functions = f"functions:\n  f:\n    environment:\n      PART_TWO: {MARKS['@KEY@']}\n"
    start = f"service: x\nprovider:\n  environment:\n    PART_ONE: {MARKS['@ID@']}\n"
    assert scan(start + functions)[0][-1]["flagged"]
    assert not scan(start + shared + functions)[0][-1]["flagged"]


FILES = {
    "flagged.env": f"DB_PASSWORD={SECRET}\n",
    "clean.env": "STAGE=prod\n",
    "broken.jsonl": '{"name": "A", "value": "b"}\n{"name": "B", "id": 7, "value": [1]}\n{\n',
    "debatable.json": '{"DB_PASSWORD": "password"}',
    "empty.env": "",
    "template.yaml": "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties: {Environment: {Variables:"
    " {DB_PASSWORD: '{{resolve:secretsmanager:prod/db:SecretString:password}}'}}}\n",
    "elsewhere.yml": "services: {a: {env_file: .env}}\n",
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "wide.env").write_text(f"DB_PASSWORD={SECRET}\n", encoding="utf-16")
    (tmp_path / "wide_le.env").write_text("A=b\n", encoding="utf-16-le")
    (tmp_path / "marked.env").write_text(f"DB_PASSWORD={SECRET}\r\n", encoding="utf-8-sig")
    (tmp_path / "latin.env").write_bytes(b"DB_PASSWORD=" + SECRET.encode() + b"\xe9\n")
    (tmp_path / "dir").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code", "lines", "said"),
    [
        (["clean.env"], 0, 1, ""),
        (["empty.env"], 0, 0, ""),
        (["template.yaml"], 0, 1, ""),
        (["debatable.json"], 0, 1, ""),
        (["flagged.env"], 1, 1, ""),
        (["clean.env", "flagged.env"], 1, 2, ""),
        (["broken.jsonl"], 3, 3, ""),
        (["broken.jsonl", "flagged.env"], 1, 4, ""),
        (["nowhere.env", "flagged.env"], 2, 1, "nowhere.env: The file cannot be read (FileNotFoundError)."),
        (["/proc/self/mem", "clean.env"], 2, 1, "/proc/self/mem: The file cannot be read ("),
        (["wide.env", "clean.env"], 2, 1, "wide.env: The file is not text in UTF-8"),
        (["wide_le.env"], 2, 0, "iconv -f UTF-16"),
        (["marked.env"], 1, 1, ""),
        (["latin.env"], 1, 1, ""),
        (["dir"], 2, 0, "dir: The directory holds no .env"),
        (["."], 2, 5, "wide.env: The file is not"),
        (["elsewhere.yml"], 0, 0, "elsewhere.yml:1: services.a has an env_file, which is not followed"),
        (["clean.env", "--input-format", "yaml"], 3, 1, ""),
        (["clean.env", "--input-format", "ini"], 2, 0, "--input-format"),
    ],
)
def test_exit_codes(files: Path, smsl: Run, arguments: list[str], code: int, lines: int, said: str) -> None:
    done = smsl("scan-env", *arguments, cwd=files)
    assert done.returncode == code, done.stderr
    assert len(done.stdout.splitlines()) == lines
    assert said in done.stderr
    assert bool(said) == bool(done.stderr)
    assert SECRET not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_lines_of_files_say_where(files: Path, smsl: Run) -> None:
    done = smsl("scan-env", "flagged.env", "broken.jsonl", cwd=files)
    first, row, second, third = map(json.loads, done.stdout.splitlines())
    assert first == {"file": "flagged.env", "line": 1, "name": "DB_PASSWORD", "flagged": True, "kind": "password",
                     "confidence": "high", "place": None}  # fmt: skip
    assert (row["file"], row["line"], row["name"]) == ("broken.jsonl", 1, "A")
    assert second == {"file": "broken.jsonl", "line": 2, "id": 7, "error": "name and value must be strings."}
    assert third == {"file": "broken.jsonl", "line": 3, "error": "Line 3 is not JSON."}


@pytest.mark.parametrize("arguments", [[], ["-"]])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"id": 7, "name": "A", "value": "b", "line": "mine"}\n', [{"id": 7, "line": "mine", "name": "A"}]),
        ("\ufeffA=b\r\n", [{"line": 1, "name": "A"}]),
        ("services:\n  web:\n    environment: [A=b]\n", [{"line": 3, "group": "services.web", "name": "A"}]),
        ("", []),
    ],
)
def test_standard_input(smsl: Run, arguments: list[str], text: str, expected: list[dict[str, Any]]) -> None:
    done = smsl("scan-env", *arguments, input=text)
    rest = {"flagged": False, "kind": None, "confidence": None, "place": None}
    assert [json.loads(line) for line in done.stdout.splitlines()] == [{**each, **rest} for each in expected]
    assert (done.returncode, done.stderr) == (0, "")


def test_an_input_format_is_forced(smsl: Run) -> None:
    assert json.loads(smsl("scan-env", "--input-format", "env", input="A: b\n").stdout)["name"] == "A"
    assert "error" in json.loads(smsl("scan-env", "--input-format", "json", input="A=b\n").stdout)


def on_terminal(*arguments: str, cwd: Path) -> tuple[str, str, int]:
    """Run with a terminal as standard output, the errors apart."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", "from smsl.cli import main; main()", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=subprocess.PIPE,
        cwd=cwd,
    )
    os.close(follower)
    pieces = []
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:  # Linux says so when the other side is closed
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(leader)
    errors = process.communicate(timeout=60)[1].decode()
    return b"".join(pieces).decode().replace("\r\n", "\n"), errors, process.returncode


def test_a_terminal_gets_a_table(files: Path) -> None:
    output, errors, code = on_terminal("scan-env", "flagged.env", "debatable.json", "broken.jsonl", cwd=files)
    assert code == 1
    assert output.startswith("variable     where          kind      confidence\n")
    assert "DB_PASSWORD  flagged.env:1  password  high\n" in output
    assert "1 of 3 variables in 3 files holds a secret in plain text. 1 debatable one not" in output
    assert errors.splitlines() == [
        "broken.jsonl:2: name and value must be strings.",
        "broken.jsonl:3: Line 3 is not JSON.",
    ]
    assert SECRET not in output
    assert max(map(len, output.splitlines())) <= 80
    lines, _, _ = on_terminal("scan-env", "flagged.env", "--format", "jsonl", cwd=files)
    assert json.loads(lines)["flagged"]


def test_a_person_who_types_is_told_how_to_end(tmp_path: Path) -> None:
    leader, follower = pty.openpty()
    program = [sys.executable, "-c", "from smsl.cli import main; main()", "scan-env"]
    with subprocess.Popen(
        program, stdin=follower, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        os.close(follower)
        os.write(leader, b"A=b\n\x04")
        output, errors = process.communicate(timeout=60)
    os.close(leader)
    assert json.loads(output)["name"] == "A"
    assert errors == "Reading standard input, up to Ctrl-D. To scan files, name them.\n"


def test_without_standard_input_it_says_so(files: Path, smsl: Run) -> None:
    done = smsl("scan-env", code="import sys; sys.stdin = None\nfrom smsl.cli import main; main()")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "standard input: There is no standard input. Name a file.\n"


def test_a_name_cannot_steer_a_terminal(files: Path, smsl: Run) -> None:
    (files / "steer.json").write_text(json.dumps({"\x1b[2J_PASSWORD": SECRET}))
    assert "\x1b" not in smsl("scan-env", "steer.json", "--format", "table", cwd=files).stdout


def test_sarif_names_files_from_where_it_runs(files: Path, smsl: Run) -> None:
    done = smsl("scan-env", "flagged.env", str(files / "marked.env"), "nowhere.env", "--format", "sarif", cwd=files)
    document = json.loads(done.stdout)
    schema = json.loads((Path(__file__).parent.parent / "render" / "sarif" / "sarif-2.1.0.json").read_text())
    jsonschema.validate(document, schema, jsonschema.Draft202012Validator)
    [run] = document["runs"]
    places = [each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in run["results"]]
    assert places == ["flagged.env", "marked.env"]
    assert run["invocations"][0]["executionSuccessful"] is False
    assert done.returncode == 2
    outside = smsl("scan-env", str(files / "flagged.env"), "--format", "sarif", cwd=files / "dir").stdout
    [result] = json.loads(outside)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].startswith("file:///")


@pytest.mark.parametrize(("name", "loaded"), [("flagged.env", []), ("debatable.json", []), ("template.yaml", ["yaml"])])
def test_only_what_is_needed_is_loaded(files: Path, smsl: Run, name: str, loaded: list[str]) -> None:
    heavy = ("yaml", "rich", "tabulate", "boto3", "botocore", "moto", "httpx", "smsl.checks", "smsl.iam", "smsl.net")
    code = (
        "import sys\nfrom smsl.cli import main\n"
        f"try:\n    main()\nfinally:\n    print([m for m in {heavy!r} if m in sys.modules], file=sys.stderr)"
    )
    assert smsl("scan-env", name, code=code, cwd=files).stderr == f"{loaded!r}\n"
