"""What cannot be read gives one sentence with the place, in bounded time, and quotes nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from smsl.model.errors import InputError
from smsl.sources.cfn.read import read_templates
from smsl.sources.cfn.template import LARGEST, TemplateFile
from tests.sources.cfn.reading import HERE, read

CASES = json.loads((Path(__file__).parent / "errors.json").read_text(encoding="utf-8"))
HEAD = "AWSTemplateFormatVersion: '2010-09-09'\n"
ENDLESS = "what the template refers to unfolds to far more than its text."
DEEP = "what stands here is nested, or refers on, deeper than 80 levels."


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_error(case: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        read(case["text"])
    assert caught.value.message == case["error"]
    assert "PLANTED" not in str(caught.value)


def roles(names: int, name: str) -> str:
    """Return roles whose names are made of the next one's."""
    rows = [
        f"  R{i}: {{Type: AWS::IAM::Role, Properties: {{RoleName: {name.replace('NEXT', f'R{i + 1}')}}}}}"
        for i in range(names)
    ]
    return "\n".join([f"{HEAD}Resources:", *rows, f"  R{names}: {{Type: AWS::IAM::Role, Properties: {{RoleName: r}}}}"])


def billion_laughs() -> str:
    links = [
        f"  {name}: &{name} [{', '.join([f'*{before}'] * 10)}]"
        for before, name in zip("abcdefgh", "bcdefghz", strict=True)
    ]
    return "\n".join(
        [
            f"{HEAD}Metadata:",
            "  a: &a [x, x, x, x, x, x, x, x, x, x]",
            *links,
            "Resources:",
            "  X:",
            "    Type: AWS::Lambda::Function",
            "    Properties: {Role: r, Environment: {Variables: {V: {'Fn::ToJsonString': *z}}}}",
        ]
    )


def loops() -> str:
    many = list(range(99))
    inside: dict[str, Any] = {"S${a}${b}${c}${d}": {"Type": "AWS::SecretsManager::Secret"}}
    for name in "dcba":
        inside = {f"Fn::ForEach::{name}": [name, many, inside]}
    return json.dumps({"Resources": {**inside, "B": {"Type": "AWS::S3::Bucket"}}})


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (roles(60, "!Sub '${NEXT}${NEXT}'"), f"template.yaml: {ENDLESS}"),
        (roles(600, "!Ref NEXT"), rf"template.yaml, line \d+: {DEEP}"),
        (billion_laughs(), r"template.yaml, line \d+: what stands here unfolds to far more than its text."),
        (loops(), f"template.yaml: {ENDLESS}"),
        (f"{HEAD}Resources: {'[' * 100_000}", r"template.yaml, line 2: the text is nested deeper than 200 levels."),
        ('{"Resources":' + '{"a":' * 100_000, r"template.yaml, line 1: the text is nested deeper than 200 levels."),
        (f"{HEAD}Resources: {{A: {{Type: AWS::Lambda::Function, Properties: {{Role: {'[' * 150}{']' * 150}}}}}}}",
         f"template.yaml, line 2: {DEEP}"),
        (f"{HEAD}#{'x' * LARGEST}", "template.yaml is larger than any template: CloudFormation takes up to 1 MB."),
    ],
    ids=["doubling names", "a long chain", "a billion laughs", "loops", "deep YAML", "deep JSON", "a deep list", "big"],
)  # fmt: skip
def test_bombs(text: str, error: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    assert re.fullmatch(error, caught.value.message)


def test_no_object_is_made_of_a_tag() -> None:
    assert read(["Resources:", "  A: !!python/object:os.system {Type: AWS::S3::Bucket}"]).pieces == ()


def test_the_same_file_twice() -> None:
    file = TemplateFile("a.yaml", "Resources: {A: {Type: AWS::S3::Bucket}}")
    with pytest.raises(InputError, match="The same template is named twice"):
        read_templates([file, file], HERE, {})
