"""Several templates together: exports, nested stacks, names that more than one has, and the CDK's assemblies."""

from __future__ import annotations

import json

import pytest

from smsl.model.errors import InputError
from smsl.sources.cfn.assembly import AssemblyStack, nested_of, stacks_of
from smsl.sources.cfn.read import read_templates
from smsl.sources.cfn.template import TemplateFile
from smsl.sources.declared.declaration import ACCOUNT, REGION, Declaration, Place
from smsl.sources.declared.pieces import FunctionPiece, RolePiece, SecretPiece
from tests.sources.cfn.reading import HERE, shown

SECRET = """
Resources:
  Db: {Type: AWS::SecretsManager::Secret, Properties: {Name: prod/db}}
Outputs:
  Arn: {Value: !Ref Db, Export: {Name: EXPORT}}
"""
FUNCTION = """
Parameters:
  Arn: {Type: String, Default: none}
Resources:
  Fn:
    Type: AWS::Lambda::Function
    Properties: {Role: r, Environment: {Variables: {V: VALUE}}}
Outputs:
  Name: {Value: !Ref Fn}
"""
ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-??????"


def together(place: Place = HERE, /, *, files: dict[str, str], **parameters: str) -> Declaration:
    return read_templates([TemplateFile(name, text) for name, text in files.items()], place, parameters)


def variables(declaration: Declaration) -> list[object]:
    found = [piece.environment for piece in declaration.pieces if isinstance(piece, FunctionPiece)]
    return [each["V"] if isinstance(each, dict) else each for each in found]


@pytest.mark.parametrize(
    ("export", "taken", "value"),
    [
        ("shared-db", "shared-db", ARN),
        ("shared-db", "other-db", "⟪export other-db⟫"),
        ("!Sub '${AWS::Region}-db'", "!Sub '${AWS::Region}-db'", ARN),
        ("!Sub '${AWS::StackName}-db'", "data-db", "⟪export data-db⟫"),
    ],
)
def test_an_export_of_another_file(export: str, taken: str, value: str) -> None:
    files = {
        "data.yaml": SECRET.replace("EXPORT", export),
        "fn.yaml": FUNCTION.replace("VALUE", "{'Fn::ImportValue': TAKEN}"),
    }
    assert variables(together(files={name: text.replace("TAKEN", taken) for name, text in files.items()})) == [value]


def test_a_stack_that_its_assembly_names_exports_by_its_name() -> None:
    files = [
        TemplateFile("d/x.template.json", SECRET.replace("EXPORT", "!Sub '${AWS::StackName}-db'"), "data"),
        TemplateFile("d/y.template.json", FUNCTION.replace("VALUE", "!ImportValue data-db"), "fn"),
    ]
    assert variables(read_templates(files, HERE, {})) == [ARN]


def test_exports_that_go_round() -> None:
    files = {
        "a.yaml": SECRET.replace("!Ref Db", "!ImportValue b").replace("EXPORT", "a"),
        "b.yaml": SECRET.replace("!Ref Db", "!ImportValue a").replace("EXPORT", "b"),
        "fn.yaml": FUNCTION.replace("VALUE", "!ImportValue a"),
    }
    with pytest.raises(InputError, match=r"a.yaml, line \d: what stands here refers to itself."):
        together(files=files)


PARENT = """
Resources:
  Data: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./data.yaml}}
  One:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: nested/fn.yaml, Parameters: {Arn: !GetAtt Data.Outputs.Arn}}
  Two:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: nested/fn.yaml}
  Far: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: https://example.com/far.yaml}}
"""


def test_nested_stacks() -> None:
    declaration = together(
        files={
            "in/main.yaml": PARENT,
            "in/data.yaml": SECRET,
            "in/nested/fn.yaml": FUNCTION.replace("VALUE", "!Ref Arn"),
        }
    )
    assert variables(declaration) == [ARN, "none"]
    names = [shown(piece.origin) for piece in declaration.pieces if isinstance(piece, FunctionPiece)]
    assert names == ["main/One/Fn:5", "main/Two/Fn:5"]
    assert [piece.name for piece in declaration.pieces if isinstance(piece, FunctionPiece)] == [
        "⟪AWS::StackName⟫-One-⟨One⟩-Fn-⟨main/One/Fn⟩",
        "⟪AWS::StackName⟫-Two-⟨Two⟩-Fn-⟨main/Two/Fn⟩",
    ]
    assert dict(declaration.left_out) == {"Far": "the nested stack's template is not among those that are read"}


def test_an_output_of_a_nested_stack_that_is_not_read() -> None:
    text = FUNCTION.replace("VALUE", "!GetAtt Far.Outputs.Arn").replace(
        "Outputs:", PARENT.splitlines()[-1] + "\nOutputs:"
    )
    assert variables(together(files={"a.yaml": text})) == ["⟪Far.Outputs.Arn⟫"]


def test_an_application_of_sam_is_a_nested_stack() -> None:
    parent = """
Transform: AWS::Serverless-2016-10-31
Resources:
  App: {Type: AWS::Serverless::Application, Properties: {Location: fn.yaml, Parameters: {Arn: x}}}
  Far: {Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: a, SemanticVersion: 1.0.0}}}
"""
    declaration = together(files={"main.yaml": parent, "fn.yaml": FUNCTION.replace("VALUE", "!Ref Arn")})
    assert variables(declaration) == ["x"]
    assert list(declaration.left_out) == ["Far"]


def test_a_stack_that_nests_itself() -> None:
    text = "Resources:\n  A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: a.yaml}}"
    assert dict(together(files={"a.yaml": text}).left_out) == {"A": "the nested stack holds itself"}


def test_names_that_two_stacks_have_are_told_apart() -> None:
    role = "Resources: {Role: {Type: AWS::IAM::Role}, ONLY: {Type: AWS::IAM::Role}}"
    files = {"one.yaml": role.replace("ONLY", "A"), "dir/two.yaml": role.replace("ONLY", "B")}
    found = [piece for piece in together(files=files).pieces if isinstance(piece, RolePiece)]
    assert [piece.origin.address for piece in found] == ["one/Role", "A", "two/Role", "B"]
    assert found[0].name == "⟪AWS::StackName of one⟫-Role-⟨one/Role⟩"
    alike = {"one/t.yaml": role, "two/t.yaml": role}
    assert together(files=alike).pieces[0].origin.address == "one/t.yaml/Role"


def test_a_parameter_of_two_stacks_may_differ() -> None:
    text = FUNCTION.replace(", Default: none", "").replace("VALUE", "!Ref Arn")
    assert variables(together(files={"a.yaml": text, "b.yaml": text})) == ["⟪parameter a/Arn⟫", "⟪parameter b/Arn⟫"]
    assert variables(together(files={"a.yaml": text, "b.yaml": text}, Arn="x")) == ["x", "x"]


MANIFEST = {
    "version": "48.0.0",
    "artifacts": {
        "Data": {
            "type": "aws:cloudformation:stack",
            "environment": "aws://123456789012/eu-west-1",
            "properties": {"templateFile": "Data.template.json", "stackName": "data"},
        },
        "Fn": {
            "type": "aws:cloudformation:stack",
            "environment": "aws://unknown-account/unknown-region",
            "properties": {"templateFile": "Fn.template.json"},
        },
        "Data.assets": {"type": "cdk:asset-manifest", "properties": {"file": "Data.assets.json"}},
        "assembly-Prod": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}},
    },
}


def test_the_stacks_of_an_assembly() -> None:
    text = json.dumps(MANIFEST)
    assert stacks_of(text) == (
        AssemblyStack("Data.template.json", "data", "123456789012", "eu-west-1"),
        AssemblyStack("Fn.template.json", "Fn", None, None),
    )
    assert nested_of(text) == ("assembly-Prod",)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"version": "1", "artifacts": []}', "[" * 10_000])
def test_a_manifest_that_is_none(text: str) -> None:
    with pytest.raises(InputError, match="manifest"):
        stacks_of(text)


def test_an_assembly_says_where_a_stack_goes_where_nobody_else_does() -> None:
    file = TemplateFile("t.json", SECRET, "data", "123456789012", "eu-west-1")
    assert read_templates([file], Place(), {}).place == Place("123456789012", "eu-west-1")
    assert read_templates([file], Place("999999999999", "us-east-1"), {}).place == Place("999999999999", "us-east-1")
    other = TemplateFile("u.json", SECRET, "other", "123456789012", "us-east-1")
    declaration = read_templates([file, other], Place(), {})
    assert declaration.place == Place(ACCOUNT, REGION)
    assert [piece.region for piece in declaration.pieces if isinstance(piece, SecretPiece)] == [
        "eu-west-1",
        "us-east-1",
    ]
