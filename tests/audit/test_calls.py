"""What is asked of AWS: how much, how deep, nothing twice, nothing beyond the permissions that `smsl needs` prints."""

from __future__ import annotations

from collections import Counter

import pytest

from smsl.lab.account import Lab
from smsl.lab.sample import SAMPLE
from smsl.sources.aws.calls import OPERATIONS, policy
from smsl.sources.aws.capture import Capture, capture
from smsl.sources.aws.connection import Connection
from smsl.sources.aws.request import Request, parse_target


def counted(lab: Lab, request: Request) -> tuple[Capture, list[str]]:
    lab.forget_calls()
    taken = capture(request, Connection())
    calls = lab.calls()
    twice = [
        each
        for each, n in Counter((c["service"], c["operation"], c["region"], c["key"]) for c in calls).items()
        if n > 1
    ]
    assert twice == []
    return taken, [f"{call['service']}:{call['operation']}" for call in calls]


@pytest.mark.parametrize("notes", [False, True])
def test_one_vpc_function_with_a_customer_key_and_the_layer(lab: Lab, notes: bool) -> None:
    request = Request((parse_target("checkout"),), False, ("eu-west-1",), notes=notes)

    taken, calls = counted(lab, request)

    assert len(calls) <= 32
    assert taken.rounds <= 4


def test_all_functions_of_the_sample_account(lab: Lab) -> None:
    taken, calls = counted(lab, Request((), True, ("eu-west-1",)))

    count = Counter(calls)
    n = len(SAMPLE)
    c = count["secretsmanager:ListSecretVersionIds"]
    k = count["kms:DescribeKey"]
    v = count["ec2:DescribeVpcAttribute"] // 2
    assert len(calls) <= 2 * n + c + 3 * k + 16 * v + 25
    assert taken.rounds <= 4


def test_every_call_is_in_the_table_and_in_the_policy(lab: Lab) -> None:
    _, one = counted(
        lab, Request((parse_target("checkout"), parse_target("orders:live")), False, ("eu-west-1",), notes=True)
    )
    _, every = counted(lab, Request((), True, ("eu-west-1",), notes=True))
    allowed = set(policy()["Statement"][0]["Action"])

    for call in {*one, *every}:
        assert call in OPERATIONS
        assert set(OPERATIONS[call].permissions) <= allowed


def test_the_policy_only_reads() -> None:
    for action in policy()["Statement"][0]["Action"]:
        verb = action.partition(":")[2]
        assert verb.startswith(("Get", "List", "Describe", "Search"))
        assert action not in ("secretsmanager:GetSecretValue", "lambda:GetFunction")
