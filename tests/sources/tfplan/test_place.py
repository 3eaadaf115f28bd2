"""Where a plan goes to: options first, then what the file itself forces, else the stand-ins."""

from __future__ import annotations

import json
from typing import Any

import pytest

from smsl.sources.declared.declaration import ACCOUNT, REGION, Declaration, Place
from smsl.sources.declared.pieces import FunctionPiece
from smsl.sources.tfplan.read import read_plan

FUNCTION = {"values": {"function_name": "shop", "role": "r"}, "unknown": ["arn"]}
CALLER = {"values": {"account_id": "111122223333"}}


def read(b: Any, resources: dict[str, Any], place: Place | None = None, **rest: Any) -> Declaration:
    return read_plan("plan.json", json.dumps(b.planned(resources, **rest)), place or Place())


@pytest.mark.parametrize(
    ("resources", "rest", "expected"),
    [
        ({}, {}, (ACCOUNT, REGION, "aws")),
        ({}, {"providers": {"aws": {"region": {"=": "eu-west-1"}}}}, (ACCOUNT, "eu-west-1", "aws")),
        (
            {},
            {"providers": {"aws": {"region": ["var.region"]}}, "variables": {"region": {"value": "eu-west-3"}}},
            (ACCOUNT, "eu-west-3", "aws"),
        ),
        ({}, {"providers": {"aws": {"region": ["local.region"]}}}, (ACCOUNT, REGION, "aws")),
        ({"data.aws_caller_identity.me": CALLER}, {}, ("111122223333", REGION, "aws")),
        ({"data.aws_region.here": {"values": {"name": "us-west-2"}}}, {}, (ACCOUNT, "us-west-2", "aws")),
        ({"data.aws_partition.p": {"values": {"partition": "aws-cn"}}}, {}, (ACCOUNT, REGION, "aws-cn")),
        (
            {},
            {"providers": {"aws": {"assume_role": [{"role_arn": {"=": "arn:aws:iam::444455556666:role/deploy"}}]}}},
            ("444455556666", REGION, "aws"),
        ),
        (
            {},
            {"providers": {"aws": {"allowed_account_ids": {"=": ["444455556666"]}}}},
            ("444455556666", REGION, "aws"),
        ),
        (
            {"aws_sqs_queue.q": {"actions": ["no-op"], "values": {"arn": "arn:aws:sqs:eu-north-1:777788889999:q"}}},
            {},
            ("777788889999", "eu-north-1", "aws"),
        ),
    ],
)  # fmt: skip
def test_the_file_tells_its_place(
    resources: dict[str, Any], rest: dict[str, Any], expected: tuple[str, str, str], b: Any
) -> None:
    found = read(b, resources, **rest).place

    assert (found.account, found.region, found.partition) == expected


def test_options_come_before_the_file(b: Any) -> None:
    found = read(
        b,
        {"data.aws_caller_identity.me": CALLER},
        Place("123456789012", "eu-west-1"),
        providers={"aws": {"region": {"=": "us-east-1"}}},
    )

    assert found.place == Place("123456789012", "eu-west-1")


def test_a_resource_is_in_its_providers_region_and_account(b: Any) -> None:
    providers = {
        "aws": {"region": {"=": "eu-west-1"}},
        "aws.far": {
            "region": {"=": "us-east-1"},
            "assume_role": [{"role_arn": {"=": "arn:aws:iam::444455556666:role/deploy"}}],
        },
    }

    found = read(b, {"aws_lambda_function.fn": {**FUNCTION, "provider": "aws.far"}}, providers=providers)

    [function] = [each for each in found.pieces if isinstance(each, FunctionPiece)]
    assert function.arn == "arn:aws:lambda:us-east-1:444455556666:function:shop"


def test_what_is_written_down_is_counted_without_layers(b: Any) -> None:
    policy = "arn:aws:kms:eu-west-1:111111111111:key/1 arn:aws:kms:eu-west-1:111111111111:key/2"
    layer = "arn:aws:lambda:eu-west-1:015030872274:layer:AWS-Parameters-and-Secrets-Lambda-Extension:11"
    rows = {
        "aws_sqs_queue.q": {"values": {"policy": f"{policy} arn:aws:sqs:us-east-1:222222222222:q {layer}"}},
        "aws_vpc_endpoint.e": {"values": {"vpc_id": "v", "service_name": "com.amazonaws.us-east-1.s3"}},
    }

    found = read(b, rows)

    assert found.written_accounts == ("111111111111", "222222222222")
    assert set(found.written_regions) == {"eu-west-1", "us-east-1"}


def test_when_it_was_made(b: Any) -> None:
    assert str(read(b, {}, timestamp="2026-01-02T03:04:05Z").taken_at) == "2026-01-02 03:04:05+00:00"
    assert read(b, {}, timestamp="yesterday").taken_at is None
    assert read(b, {}, timestamp="2026-01-02").taken_at is None
    assert read(b, {}, timestamp=7).taken_at is None
