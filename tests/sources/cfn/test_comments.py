"""Comments with their lines, what silences findings, what a template looks like, and what place it speaks of."""

from __future__ import annotations

import pytest

from smsl.model.errors import InputError
from smsl.sources.cfn.comments import comments
from smsl.sources.cfn.sniff import looks_like_template
from smsl.sources.declared.declaration import Declaration, Place
from tests.sources.cfn.reading import read, shown

TEXT = """\
# top # of all
Resources: # here
  # before A
  A: # on A
    Code: |
      # not a comment
      x = "#no"
    # after a block
    B: "a # b" # behind quotes
    C: a#b
    D: >-
      # neither

      # nor this
  # between
  E: [1, # in a list
    2]
  G: !Sub "x#y" # behind a tag
# end"""


def test_comments() -> None:
    assert list(comments(TEXT)) == [
        (1, "# top # of all"), (2, "# here"), (3, "# before A"), (4, "# on A"), (8, "# after a block"),
        (9, "# behind quotes"), (15, "# between"), (16, "# in a list"), (18, "# behind a tag"), (19, "# end"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "a: b", '{"a": "# b"}', "a: [ # b", "\u0001 # b"])
def test_texts_without_comments_or_without_an_end(text: str) -> None:
    assert len(list(comments(text))) <= 1


def suppressions(declaration: Declaration) -> list[tuple[tuple[str, ...], str, str]]:
    return [(each.rules, shown(each.origin), str(each.kind)) for each in declaration.suppressions]


def test_what_a_comment_and_metadata_silence() -> None:
    text = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  # smsl:ignore read-wildcard reason="one reader for all"
  Fn:
    Type: AWS::Serverless::Function
    Metadata: {smsl: {ignore: [{rule: rotation-off, reason: "by hand", until: 2031-01-31}]}}
    Properties:
      Timeout: 3 # smsl:ignore timeout-too-short reason="fast enough"
      Handler: a.b # smsl:ignore read-unknown reason="of the whole"
      Environment:
        Variables:
          # an ordinary comment
          A: x # smsl:ignore plaintext-secret reason="made up" until=2031-01-31
          B: |
            # smsl:ignore plaintext-secret reason="inside of a text"
      Policies:
        - Statement:
            - {Effect: Allow, Action: "*", Resource: "*"} # smsl:ignore read-wildcard,read-unneeded reason="a test"
Outputs:
  O: {Value: x} # smsl:ignore read-wildcard reason="speaks of nothing"
"""
    assert suppressions(read(text)) == [
        (("read-wildcard",), "Fn:3", "inline"),
        (("rotation-off",), "Fn:6", "metadata"),
        (("timeout-too-short",), "Fn:8", "inline"),
        (("read-unknown",), "Fn:9", "inline"),
        (("plaintext-secret",), "Fn.Properties.Environment.Variables.A:13", "inline"),
        (
            ("read-wildcard", "read-unneeded"),
            "Fn.FnRole.Properties.Policies[0].PolicyDocument.Statement[0]:18",
            "inline",
        ),
        (("read-wildcard",), "line 20:20", "inline"),
    ]


@pytest.mark.parametrize(
    "ignored", ["A: {Type: AWS::S3::Bucket} # smsl:ignore x", "A: {Type: AWS::S3::Bucket, Metadata: {smsl: {}}}"]
)
def test_one_without_a_reason_is_refused_with_its_place(ignored: str) -> None:
    with pytest.raises(InputError, match=r"template.yaml:2 \(A\): "):
        read(["Resources:", f"  {ignored}"])


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  A: {Type: x}\n", True),
        ("# comment\nResources:\n  A:\n    Type: AWS::S3::Bucket\n", True),
        ("Resources:\n  A:\n    Type: 'Custom::Thing'\n", True),
        ('{"Resources":{"A":{"Type":"AWS::S3::Bucket"}}}', True),
        ('{\n  "AWSTemplateFormatVersion": "2010-09-09",\n  "Resources": {}\n}', True),
        ("Resources:\n  a: b\n", False),
        ("AWSTemplateFormatVersion: '2010-09-09'\n", False),
        ("services:\n  a:\n    Type: AWS::S3::Bucket\n", False),
        ("resources:\n  Resources:\n    A:\n      Type: AWS::S3::Bucket\n", False),
        ("", False),
    ],
)
def test_what_looks_like_a_template(text: str, is_one: bool) -> None:
    assert looks_like_template(text) is is_one


def test_places_that_are_written_down() -> None:
    declaration = read(
        [
            "Mappings:",
            "  M: {ap-south-1: {arn: 'arn:aws:lambda:ap-south-1:176022468876:layer:x:1'}}",
            "Resources:",
            "  A:",
            "    Type: AWS::EC2::VPCEndpoint",
            "    Properties: {VpcId: v, ServiceName: com.amazonaws.eu-west-1.secretsmanager}",
            "  B:",
            "    Type: AWS::Lambda::Function",
            "    Properties:",
            "      Role: arn:aws:iam::123456789012:role/r",
            "      Layers: ['arn:aws:lambda:eu-west-1:015030872274:layer:x:1']",
            "      Environment:",
            "        Variables: {A: 'arn:aws:sns:us-east-1:123456789012:t', B: 'sqs.us-east-1.amazonaws.com'}",
            "  C: {Type: AWS::EC2::Subnet, Properties: {VpcId: v, AvailabilityZone: eu-west-1b}}",
        ],
        Place(),
    )
    assert declaration.written_accounts == ("123456789012",)
    assert declaration.written_regions == ("eu-west-1", "us-east-1")
