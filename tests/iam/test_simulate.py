"""The JSON contract: what is read, refused and written."""

from __future__ import annotations

import json

import pytest

from smsl.cli.simulate import run
from smsl.iam.simulate import read_case
from smsl.model.errors import InputError

ALLOW = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*", "Sid": "Read"}
CASE: dict[str, object] = {
    "id": "one",
    "principal": "arn:aws:sts::111122223333:assumed-role/r/f",
    "action": "secretsmanager:GetSecretValue",
    "resource": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf",
    "identityPolicies": [{"Version": "2012-10-17", "Statement": ALLOW}],
}


def answers(*lines: str) -> tuple[int, list[dict[str, object]]]:
    written: list[str] = []
    code = run(lines, written.append)
    return code, [json.loads(each) for each in written]


def test_an_answer_has_every_member_of_the_contract() -> None:
    code, [answer] = answers(json.dumps(CASE), "  \n")

    assert code == 0
    assert answer == {
        "id": "one",
        "result": "Allowed",
        "layers": {
            "RESOURCE_CONTROL_POLICY": "NO_IMPACT",
            "SERVICE_CONTROL_POLICY": "NO_IMPACT",
            "VPC_ENDPOINT": "NO_IMPACT",
            "RESOURCE": "NO_IMPACT",
            "PRINCIPAL": "ALLOW",
            "PERMISSIONS_BOUNDARY": "NO_IMPACT",
            "SESSION": "NO_IMPACT",
        },
        "because": [
            {
                "layer": "PRINCIPAL",
                "policy": "identityPolicies[0]",
                "statement": 0,
                "sid": "Read",
                "effect": "Allow",
            }
        ],
        "nearMisses": [],
        "needs": [],
    }


def test_a_near_miss_says_what_is_wanted_and_what_is_there() -> None:
    _, [answer] = answers(json.dumps({**CASE, "resource": "arn:aws:secretsmanager:eu-west-1:2:secret:x-AbCdEf"}))

    assert answer["result"] == "ImplicitlyDenied"
    _, [answer] = answers(
        json.dumps({**CASE, "identityPolicies": [{"Statement": [{**ALLOW, "Resource": "arn:aws:s3:::b"}]}]})
    )
    assert answer["nearMisses"] == [
        {
            "layer": "PRINCIPAL",
            "policy": "identityPolicies[0]",
            "statement": 0,
            "element": "Resource",
            "wanted": "arn:aws:s3:::b",
            "actual": CASE["resource"],
        }
    ]


@pytest.mark.parametrize(
    ("line", "identifier"),
    [
        ("", None),
        ("{", None),
        ("[1]", None),
        ('{"id": NaN}', None),
        ('{"id": 1, "id": 2}', None),
        ('{"id": [1]}', None),
        ("[" * 100_000, None),
        ('{"id": 7}', 7),
        (json.dumps({**CASE, "action": "Get"}), "one"),
        (json.dumps({**CASE, "principal": 1}), "one"),
    ],
)
def test_an_unreadable_line_does_not_stop_the_run(line: str, identifier: object) -> None:
    code, found = answers(line or "null", json.dumps(CASE))

    assert code == 3
    assert found[0]["id"] == identifier
    assert set(found[0]) == {"id", "error"}
    assert found[1]["result"] == "Allowed"


@pytest.mark.parametrize(
    ("member", "value", "place"),
    [
        ("resource", "", "resource"),
        ("resourceAccount", 1, "resourceAccount"),
        ("context", [], "context"),
        ("context", {"a": 1}, "context: key 1"),
        ("context", {"a": "x", "A": "y"}, "context: key 2"),
        ("context", {"a": ["x", None]}, "context: key 1"),
        ("identityPolicies", {}, "identityPolicies"),
        ("identityPolicies", [None], "identityPolicies[0]"),
        ("resourcePolicy", [], "resourcePolicy"),
        ("sessionPolicy", {"Statement": [{}]}, "sessionPolicy.Statement[0].Effect"),
        ("scps", [{}], "scps[0]"),
        ("scps", [None], "scps[0]"),
        ("rcps", "x", "rcps"),
        ("grants", [1], "grants[0]"),
        ("principalIsManagementAccount", "yes", "principalIsManagementAccount"),
        ("keyManager", "SOMEONE", "keyManager"),
        ("id", {}, "id"),
    ],
)
def test_a_wrong_type_is_refused_by_its_place(member: str, value: object, place: str) -> None:
    with pytest.raises(InputError) as caught:
        read_case({**CASE, member: value})

    assert str(caught.value).startswith(place)


def test_null_members_are_as_if_left_out() -> None:
    nothing = dict.fromkeys(["resourceAccount", "resourcePolicy", "scps", "rcps", "grants", "boundaries", "context"])

    assert read_case({**CASE, **nothing}) == read_case(CASE)
