"""The CloudFormation of a fix: it is YAML, drops nothing of a step, and refers to what the template makes."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from smsl.model.finding import Dialect, Fix, Step
from smsl.render.fix import cloudformation, terraform, written
from smsl.render.fix.yaml import snippet

FOLDER = Path(__file__).parent
_SPEC = importlib.util.spec_from_file_location("terraform_tests", FOLDER / "test_terraform.py")
assert _SPEC is not None
assert _SPEC.loader is not None
_TERRAFORM = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_TERRAFORM)
CASES: list[dict[str, Any]] = json.loads((FOLDER / "terraform_cases.json").read_text())
CASES += [
    {"name": f"as a command: {each['name']}", "steps": [each]}
    for each in json.loads((FOLDER / "awscli_cases.json").read_text())
]


class Loader(yaml.SafeLoader):  # type: ignore[misc]  # PyYAML ships no types
    """Reads a short form as ``{tag: value}``."""


Loader.add_multi_constructor("!", lambda loader, tag, node: {f"!{tag}": loader.construct_scalar(node)})


def read(text: str) -> Any:
    return yaml.load(text, Loader)  # noqa: S506  -- a safe loader


def put(**parameters: Any) -> str:
    return cloudformation.render(Fix("", (Step("iam", "PutRolePolicy", parameters),)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_every_step_is_yaml_or_a_comment(case: dict[str, Any]) -> None:
    for step in map(_TERRAFORM.step_of, case["steps"]):
        text = cloudformation.render(Fix("", (step,)))
        assert text
        read("\n".join(line for line in text.split("\n") if not line.startswith("#")))


def test_what_the_template_makes_is_referred_to() -> None:
    document = {
        "key": "arn:aws:kms:⟨region⟩:⟨account⟩:key/⟨Key⟩",
        "id": "⟨Vpc⟩",
        "group": "⟨Vpc⟩.default-group",
        "x": "${y}",
        "via": {"!Sub": "a.${AWS::Region}.amazonaws.com"},
    }
    [made] = read(put(RoleName="⟨Role⟩", PolicyName="p", PolicyDocument=document)).values()
    assert made["Properties"]["RoleName"] == {"!Ref": "Role"}
    assert made["Properties"]["PolicyDocument"] == {
        "key": {"!Sub": "arn:aws:kms:${AWS::Region}:${AWS::AccountId}:key/${Key}"},
        "id": {"!Ref": "Vpc"},
        "group": {"!GetAtt": "Vpc.DefaultSecurityGroup"},
        "x": "${y}",
        "via": {"!Sub": "a.${AWS::Region}.amazonaws.com"},
    }


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("⟪AWS::StackName⟫-Role-⟨Role⟩", "!Ref 'Role'"),
        ("⟪AWS::StackName of web⟫-Role-⟨web/Role⟩", "!Ref 'Role'"),
        ("shop-Role-⟨Role⟩", "!Ref 'Role'"),
        ("arn:aws:iam::⟨account⟩:role/⟪AWS::StackName⟫-Role-⟨Role⟩", "role/${Role}'"),
        ("arn:aws:secretsmanager:⟨region⟩:⟨account⟩:secret:Db-⟨Db⟩-??????", "!Ref 'Db'"),
        ("⟪parameter Stage⟫-app", "!Sub '${Stage}-app'"),
        ("⟪AWS::StackName⟫-app", "!Sub '${AWS::StackName}-app'"),
    ],
)
def test_what_is_given_no_name_is_referred_to(text: str, reference: str) -> None:
    assert reference in snippet({"Name": text})


def test_terraform_refers_to_what_the_configuration_makes() -> None:
    document = {
        "key": 'arn:aws:kms:eu-west-1:1:key/⟨module.x["a"].aws_kms_key.k["b"]⟩',
        "id": "⟨aws_vpc.x⟩",
        "group": "⟨aws_vpc.x⟩.default-group",
        "via": "a.⟨region⟩.amazonaws.com",
        "in": "arn:aws:x:⟨region⟩:⟨account⟩:${y}",
    }
    step = Step("iam", "PutRolePolicy", {"RoleName": "r", "PolicyName": "p", "PolicyDocument": document})
    text = " ".join(terraform.render(Fix("", (step,))).split())
    for line in (
        'key = aws_kms_key.k["b"].arn',
        "id = aws_vpc.x.id",
        "group = aws_vpc.x.default_security_group_id",
        'via = "a.${data.aws_region.current.region}.amazonaws.com"',
        '"arn:aws:x:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:$${y}"',
    ):
        assert line in text


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_text_from_outside_stays_a_text(text: str) -> None:
    made = put(RoleName=text, PolicyName="p", PolicyDocument={})
    [resource] = read(made).values()
    assert set(resource) == {"Type", "Properties"}
    assert made.isascii()


def test_commands_that_name_what_is_not_deployed_say_so() -> None:
    step = Step("iam", "PutRolePolicy", {"RoleName": "r", "PolicyName": "p", "PolicyDocument": {"Resource": "⟨Key⟩"}})
    assert written.steps(Fix("", (step,)), Dialect.AWSCLI).startswith("# Fill in")


@pytest.mark.parametrize("dialect", list(Dialect))
def test_a_secret_that_is_not_drawn_yet_goes_by_its_name(dialect: Dialect) -> None:
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-??????"
    step = Step("secretsmanager", "PutSecretValue", {"SecretId": arn}, "eu-west-1", stdin="SecretString")
    text = written.steps(Fix("", (step,)), dialect)
    assert "prod/db" in text
    assert "?" not in text
