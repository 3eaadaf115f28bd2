"""Comments and metadata speak of what stands where they do."""

from __future__ import annotations

import pytest

from smsl.model.errors import InputError
from smsl.model.suppression import SuppressionKind
from smsl.sources.cfn.read import read_templates
from smsl.sources.cfn.template import TemplateFile
from smsl.sources.declared.declaration import Place

TEMPLATE = """
Resources:
  Fn:{fn}
{above}    Type: AWS::Lambda::Function
    Metadata: {metadata}
    Properties:
      Role: !GetAtt Role.Arn
      Code: {{ZipFile: "x  # smsl:ignore read-denied"}}
      Environment:
        Variables:
          A: b{variable}
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: x
          PolicyDocument:
            Statement:
{statement}              - Effect: Allow
                Action: "*"
                Resource: "*"{resource}
"""
IGNORE = '# smsl:ignore read-wildcard reason="a while"'
STATEMENT = "Role.Properties.Policies[0].PolicyDocument.Statement[0]"


def read(**parts: str) -> list[tuple[str, SuppressionKind]]:
    given = {"fn": "", "above": "", "metadata": "{}", "variable": "", "statement": "", "resource": "", **parts}
    declaration = read_templates([TemplateFile("t.yaml", TEMPLATE.format(**given))], Place(), {})
    return [(each.origin.address, each.kind) for each in declaration.suppressions]


@pytest.mark.parametrize(
    ("parts", "address"),
    [
        ({"fn": f"  {IGNORE}"}, "Fn"),
        ({"above": f"    {IGNORE}\n"}, "Fn"),
        ({"variable": f"  {IGNORE}"}, "Fn.Properties.Environment.Variables.A"),
        ({"statement": f"              {IGNORE}\n"}, STATEMENT),
        ({"resource": f"  {IGNORE}"}, STATEMENT),
    ],
    ids=["on its line", "above", "a variable", "above a statement", "inside a statement"],
)
def test_a_comment_speaks_of(parts: dict[str, str], address: str) -> None:
    assert read(**parts) == [(address, SuppressionKind.INLINE)]


def test_metadata_speaks_of_its_resource() -> None:
    assert read(metadata='{"smsl": {"ignore": [{"rule": "read-denied", "reason": "a while"}]}}') == [
        ("Fn", SuppressionKind.METADATA)
    ]


def test_code_is_no_comment() -> None:
    assert read() == []


@pytest.mark.parametrize(
    "parts", [{"fn": "  # smsl:ignore read-denied"}, {"metadata": '{"smsl": {"ignore": [{"rule": "x"}]}}'}]
)
def test_one_without_a_reason_is_refused_with_its_place(parts: dict[str, str]) -> None:
    with pytest.raises(InputError, match=r"^t\.yaml:\d+ "):
        read(**parts)
