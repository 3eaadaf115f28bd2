"""Files that are no plan and no template, or that were made to hurt: one sentence with the place, within bounds."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Audit = Callable[..., Any]
TESTS = Path(__file__).parents[2]
PLAN = (TESTS / "infrastructures" / "10-vpc-endpoint" / "plan.json").read_bytes()
TEMPLATE = (TESTS / "infrastructures" / "10-vpc-endpoint" / "template.yaml").read_bytes()
HEAD = 'AWSTemplateFormatVersion: "2010-09-09"\n'
FUNCTION = "  Function:\n    Type: AWS::Lambda::Function\n    Properties:\n      Role: a-role\n"
PATIENT = 100.0
"""Seconds; nothing here takes one on a machine that is free."""
_GIGABYTE = 2**30


def _resources(**resources: object) -> dict[str, object]:
    return {"Resources": resources}


def _function(**properties: object) -> dict[str, object]:
    return {"Type": "AWS::Lambda::Function", "Properties": {"Role": "a-role", **properties}}


def _doubling() -> str:
    """Return a list of nine of a list of nine ...: a thousand million nodes in some hundred letters."""
    rows = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)]
    return HEAD + "a0: &a0 [x, x]\n" + "".join(rows) + "Resources:\n" + FUNCTION + "      Layers: *a9\n"


def _holding(text: object) -> str:
    return json.dumps({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": text})


TEMPLATES: dict[str, tuple[bytes | str | object, str]] = {
    "empty": ("", "is not a CloudFormation template: it has no Resources."),
    "cut-json": (json.dumps(_resources(F=_function()))[:-4], "line 1: the text is not JSON."),
    "cut-yaml": (HEAD + "Resources:\n" + FUNCTION + '      Name: "no end\n', "line 8: the text is not YAML."),
    "other-yaml": ("services:\n  web: {image: a}\n", "is not a CloudFormation template: it has no Resources."),
    "other-types": ("Resources:\n  a: {Type: b}\n", "no resource of it has a type of AWS's."),
    "text": ("Resources: none\n", "line 1: the Resources are not an object of logical ids."),
    "tagged": ("Resources: !!python/object/apply:os.system [exit]\n", "line 1: the Resources are not an object"),
    "second-document": ("---\na: b\n---\nResources: {}\n", "it has no Resources."),
    "utf-16": (TEMPLATE.decode().encode("utf-16"), "is not text in UTF-8."),
    "latin": (TEMPLATE + b"# caf\xe9", "is not text in UTF-8."),
    "control": (TEMPLATE + b"\x07", "holds a sign that YAML does not allow."),
    "nul": (TEMPLATE.replace(b"checkout", b"check\0out"), "holds a sign that YAML does not allow."),
    "zip": (b"PK\x03\x04" + bytes(range(256)), "is not text in UTF-8."),
    "unfolding": (_doubling(), "line 8: what stands here unfolds to far more than its text."),
    "no-anchor": (f"{HEAD}Resources: *nothing\n", "line 2: the text names an anchor that there is not."),
    "deep-json": ("[" * 100_000, "nested deeper than 200 levels."),
    "deep-yaml": (f"{HEAD}Resources: {'[' * 100_000}", "line 2: the text is nested deeper than 200 levels."),
    "deep-joins": (
        _resources(
            F=_function(Layers=__import__("functools").reduce(lambda x, _: {"Fn::Join": ["", [x]]}, range(60), "x"))
        ),
        "line 1: what stands here is nested, or refers on, deeper than 80 levels.",
    ),
    "ref-circle": (_resources(F=_function(FunctionName={"Ref": "F"})), "line 1: what stands here refers to itself."),
    "get-att-circle": (
        _resources(F=_function(FunctionName={"Fn::GetAtt": ["F", "Arn"]})),
        "line 1: what stands here refers to itself.",
    ),
    "sub-circle": (_resources(F=_function(FunctionName={"Fn::Sub": "a-${F}"})), "refers to itself."),
    "condition-circle": (
        {
            "Conditions": {"A": {"Fn::Not": [{"Condition": "B"}]}, "B": {"Condition": "A"}},
            **_resources(F={**_function(), "Condition": "A"}),
        },
        "line 1: what stands here refers to itself.",
    ),
    "large": ("# " + "x" * 9_000_000, "has more than the 8 MB that are read."),
}
PLANS: dict[str, tuple[bytes | str | object, str]] = {
    "empty": ("", "line 1: is not JSON."),
    "cut": (PLAN[: len(PLAN) // 2], ": is not JSON."),
    "package": ({"name": "shop", "version": "1.0.0"}, "is not a Terraform plan or state"),
    "list": ([], "it is no JSON object."),
    "number": (7, "it is no JSON object."),
    "template": (_resources(F=_function()), "is not a Terraform plan or state"),
    "own-state": (
        {"version": 4, "terraform_version": "1.11.4", "serial": 3, "lineage": "a", "outputs": {}, "resources": []},
        "Make it with: terraform show -json > state.json",
    ),
    "own-plan": (b"PK\x03\x04\x14\x00\x08\xff" + bytes(99), "Use: terraform show -json FILE > plan.json"),
    "utf-16": (PLAN.decode().encode("utf-16"), "Out-File -Encoding utf8"),
    "nul": (PLAN.replace(b"checkout", b"check\0out"), ": is not JSON."),
    "next-format": (
        {"format_version": "2.0", "terraform_version": "3.0.0", "resource_changes": []},
        "its format_version is none that is known",
    ),
    "number-format": ({"format_version": 1.2, "resource_changes": []}, "its format_version is none that is known"),
    "wrong-types": (
        {"format_version": "1.2", "resource_changes": {}, "planned_values": [], "configuration": 1, "variables": []},
        "it has neither resource_changes nor values.",
    ),
    "deep": ("[" * 100_000, "is not JSON that can be read."),
    "deep-inside": (
        _holding([]).replace("[]", '[{"a":' * 60_000 + "1" + "}]" * 60_000),
        "is not JSON that can be read.",
    ),
    "long-number": (_holding([]).replace("[]", "9" * 5_000), "is not JSON that can be read."),
}  # fmt: skip
CASES = [
    *(("--template", name, *case) for name, case in TEMPLATES.items()),
    *(("--plan", name, *case) for name, case in PLANS.items()),
]


def put(path: Path, content: bytes | str | object) -> None:
    if not isinstance(content, (bytes, str)):
        content = json.dumps(content)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.mark.parametrize(("option", "name", "content", "sentence"), CASES, ids=[f"{a[2:]}-{b}" for a, b, *_ in CASES])
def test_it_is_refused_with_one_sentence(
    option: str, name: str, content: object, sentence: str, audit: Audit, room: Path
) -> None:
    put(room / name, content)
    ended = audit(option, name)
    assert ended.code == 2
    assert ended.out == ""
    assert ended.err.startswith(f"smsl: {name}")
    assert sentence in ended.err
    assert len(ended.err.strip().splitlines()) <= 2


ACCEPTED: dict[str, tuple[str, bytes | str | object, int]] = {
    "plan-bom": ("--plan", b"\xef\xbb\xbf" + PLAN, 0),
    "template-bom": ("--template", b"\xef\xbb\xbf" + TEMPLATE, 3),
    "template-crlf": ("--template", TEMPLATE.replace(b"\n", b"\r\n"), 3),
    "numbers-as-names": ("--template", f"{HEAD}1: 2\nResources:\n  1:\n{FUNCTION[12:]}      [a]: b\n      5: 6\n", 0),
    "twice": ("--template", f"{HEAD}Resources: {{}}\nResources:\n{FUNCTION}", 0),
    "wide-merge": (
        "--template",
        HEAD
        + "m0: &m0 {Timeout: 3}\n"
        + "".join(f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 9)}]}}\n" for n in range(1, 40))
        + f"Resources:\n{FUNCTION}      <<: *m39\n",
        0,
    ),
    "holds-itself": ("--template", f"Resources: &all\n{FUNCTION}      <<: *all\n", 0),
    "thousands-of-parameters": (
        "--template",
        {
            "Parameters": {f"P{n}": {"Type": "String", "Default": "x"} for n in range(2_000)},
            **_resources(F=_function(Description={"Fn::Sub": "".join(f"${{P{n}}}" for n in range(2_000))},
                                     Environment={"Variables": {f"V{n}": {"Ref": f"P{n}"} for n in range(2_000)}})),
        },
        0,
    ),
    "export-circle": (
        "--template",
        {
            **_resources(F=_function(FunctionName={"Fn::ImportValue": "a"})),
            "Outputs": {"A": {"Value": {"Fn::ImportValue": "a"}, "Export": {"Name": "a"}}},
        },
        2,
    ),
    "module-circle": (
        "--plan",
        {
            "format_version": "1.2",
            "resource_changes": [
                {
                    "address": "aws_lambda_function.f", "mode": "managed", "type": "aws_lambda_function", "name": "f",
                    "change": {"actions": ["create"], "after": {"function_name": "f"},
                               "after_unknown": {"role": True, "arn": True}},
                }
            ],
            "configuration": {
                "root_module": {
                    "resources": [{
                        "address": "aws_lambda_function.f", "mode": "managed", "type": "aws_lambda_function",
                        "name": "f", "expressions": {"role": {"references": ["module.m.o", "module.m"]}},
                    }],
                    "module_calls": {"m": {
                        "expressions": {"v": {"references": ["module.m.o", "module.m"]}},
                        "module": {"outputs": {"o": {"expression": {"references": ["var.v"]}}}, "variables": {"v": {}}},
                    }},
                }
            },
        },
        0,
    ),
    "functions-of-wrong-types": ("--template", _resources(F=_function(FunctionName=[1]), G=_function()), 3),
    "resources-of-wrong-types": (
        "--plan",
        _holding([1, None, [], {"address": 5}, {
            "address": "aws_lambda_function.f", "mode": "managed", "type": "aws_lambda_function", "name": "f",
            "change": {"actions": ["create"], "after": {"function_name": {}, "layers": 5}, "after_unknown": []},
        }]),
        3,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ACCEPTED)
def test_it_is_read_all_the_same(name: str, audit: Audit, room: Path) -> None:
    option, content, code = ACCEPTED[name]
    put(room / name, content)
    ended = audit(option, name, "--format=json")
    assert ended.code == code, ended
    assert bool(ended.out) is (code != 2)


@pytest.mark.parametrize("option", ["--plan", "--template", "--from"])
@pytest.mark.parametrize("name", ["nowhere", "a-directory", "closed", "new\nline\x1b[31m::error::"])
def test_a_path_that_cannot_be_read(option: str, name: str, audit: Audit, room: Path) -> None:
    (room / "a-directory").mkdir(exist_ok=True)
    (room / "closed").write_text("{}")
    (room / "closed").chmod(0)
    if name == "closed" and os.access(room / "closed", os.R_OK):
        pytest.skip("the superuser may read everything")
    ended = audit(option, name)
    assert ended.code == 2
    assert ended.out == ""
    assert len(ended.err.strip().splitlines()) <= 2
    assert "\x1b" not in ended.err
    assert not any(line.lstrip().startswith("::") for line in ended.err.splitlines())


EVIL = "a\n::error::b\x1b[31mred\r\n# [x](javascript:1) | `<script>`\u202e##[error]"


@pytest.mark.parametrize("option", ["--plan", "--template"])
def test_names_are_shown_harmlessly(option: str, audit: Audit, room: Path) -> None:
    variables = {EVIL: EVIL, "DB_PASSWORD": "not-a-real-password-4711", "DB_SECRET_NAME": EVIL}
    after = {"function_name": EVIL, "role": EVIL, "layers": [EVIL], "environment": [{"variables": variables}]}
    change = {"actions": ["create"], "after": after, "after_unknown": {}}
    content = (
        _holding([{"address": EVIL, "mode": "managed", "type": "aws_lambda_function", "name": EVIL, "change": change}])
        if option == "--plan"
        else {"Resources": {EVIL: _function(FunctionName=EVIL, Layers=[EVIL], Environment={"Variables": variables})}}
    )
    put(room / "evil\n::error::", content)
    for written in ("console", "json", "sarif", "junit", "markdown", "github", "gitlab"):
        ended = audit(option, "evil\n::error::", f"--format={written}", "--notes")
        assert ended.code == 1
        assert not {"\x1b", "\u202e", "\r"} & set(ended.out)
        assert "##[" not in ended.out
        commands = [line for line in ended.out.splitlines() if line.lstrip().startswith("::")]
        assert all(written == "github" and ",title=" in line for line in commands)


def test_a_pipe_is_read(audit: Audit, room: Path) -> None:
    pipe = room / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(PLAN,), daemon=True)
    writer.start()
    assert audit("--plan", pipe, "--format=json").code == 0
    writer.join()


def test_a_pipe_in_a_directory_is_passed_over(audit: Audit, room: Path) -> None:
    directory = room / "with-pipe"
    directory.mkdir()
    os.mkfifo(directory / "a.json")
    os.mkfifo(directory / "manifest.json")
    assert audit("--from", directory).code == 2
    (directory / "plan.json").write_bytes(PLAN)
    assert audit("--from", directory).code == 0


@pytest.mark.parametrize("inner", [".", "other", "/", "a\0b", "link", None])
def test_an_assembly_that_holds_itself_or_nothing(inner: str | None, audit: Audit, tmp_path: Path) -> None:
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": inner}}
    artifacts = {f"stage{number}": stage for number in range(3)} if inner else {}
    (tmp_path / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": artifacts}))
    (tmp_path / "link").symlink_to(tmp_path)
    ended = audit("--from", tmp_path)
    assert ended.code == 2
    assert ended.out == ""
    assert "manifest" in ended.err or "holds no plan and no template" in ended.err


def _large(size: int) -> Iterator[Any]:
    row = b'{"address":"a","mode":"managed","type":"null_resource","name":"a","change":{"actions":["no-op"]}},'
    unit = b"# a line of a comment, as there are many in templates that somebody wrote by hand\n"
    yield pytest.param("--plan", b"x" * size, 2, id="plan-one-line")
    yield pytest.param("--plan", os.urandom(size), 2, id="plan-garbage")
    yield pytest.param("--plan", b"[" * size, 2, id="plan-deep")
    yield pytest.param("--plan", b'{"a":' * (size // 5), 2, id="plan-deep-objects")
    yield pytest.param("--plan", b'"' + b"\\u0041" * (size // 6), 2, id="plan-no-end-of-text")
    rows = row * (size // len(row))
    yield pytest.param(
        "--plan", b'{"format_version":"1.2","terraform_version":"1.11.4","resource_changes":[' + rows[:-1] + b"]}", 2,
        id="plan-no-function",
    )  # fmt: skip
    yield pytest.param("--template", unit * (size // len(unit)), 2, id="template")
    most = 1_900_000
    yield pytest.param("--template", b"{" * most, 2, id="template-deep")
    yield pytest.param("--template", b"Resources:\n" + b"  - a\n" * (most // 6), 2, id="template-list")
    yield pytest.param("--template", b"a: &a b\n" + b"- *a\n" * (most // 5), 2, id="template-broken")
    yield pytest.param("--template", b'{"a": "' + b"\\u0041" * (most // 6), 2, id="template-no-end-of-text")
    names = b"".join(b"  R%d: {Type: AWS::S3::Bucket}\n" % number for number in range(most // 40))
    yield pytest.param("--template", b"Resources:\n" + names, 2, id="template-no-function")


def _bounded() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_GIGABYTE, _GIGABYTE))


@pytest.mark.every(6)
@pytest.mark.parametrize(("option", "content", "code"), list(_large(50_000_000)))
def test_fifty_megabytes_stay_within_bounds(option: str, content: bytes, code: int, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-m", "smsl.cli", "audit", option, "large"],
        capture_output=True, text=True, check=False, cwd=tmp_path, timeout=PATIENT, preexec_fn=_bounded,
        env={name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert "large" in done.stderr or "No function was audited" in done.stderr
    assert "an error of its own" not in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 2


def test_an_endless_file_is_read_no_further_than_allowed(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "smsl.cli", "audit", "--template", "/dev/zero"],
        capture_output=True, text=True, check=False, cwd=tmp_path, timeout=PATIENT, preexec_fn=_bounded,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert "has more than the 8 MB that are read" in done.stderr


@pytest.mark.parametrize(("content", "code"), [(PLAN, 0), (b"\xff\xfe\x00", 2), (b"", 2)])
def test_from_stdin(content: bytes, code: int, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "smsl.cli", "audit", "--plan", "-"],
        input=content, capture_output=True, check=False, cwd=tmp_path, timeout=PATIENT,
    )  # fmt: skip
    assert done.returncode == code
    assert b"an error of its own" not in done.stderr
