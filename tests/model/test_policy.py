"""Policy documents and grants: what is read, what is refused."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from smsl.model.errors import InputError
from smsl.model.policy import Condition, PrincipalEntry, parse_grant, parse_policy

STATEMENT = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
FULL = {
    "Version": "2012-10-17",
    "Id": "x",
    "Statement": [
        {
            "Sid": "",
            "Effect": "Deny",
            "NotPrincipal": {"AWS": ["1", "2"], "Service": "s3.amazonaws.com"},
            "NotAction": ["a:b", "c:d"],
            "NotResource": "r",
            "Condition": {"foranyvalue:stringlikeifexists": {"k": ["a", 1, 1.5, True, False]}, "Null": {"n": True}},
        }
    ],
}


def test_one_for_a_list_and_no_version() -> None:
    policy = parse_policy("p", {"Statement": {**STATEMENT, "Principal": "*"}})

    assert policy.version == "2008-10-17"
    [statement] = policy.statements
    assert statement.principals == (PrincipalEntry("AWS", "*"),)
    assert (statement.index, statement.sid, statement.actions, statement.resources) == (0, None, ("s3:*",), ("*",))


@pytest.mark.parametrize("document", [FULL, json.dumps(FULL), quote(json.dumps(FULL))])
def test_every_element(document: object) -> None:
    policy = parse_policy("p", document)
    [statement] = policy.statements

    assert statement.sid is None
    assert statement.not_principals == (
        PrincipalEntry("AWS", "1"),
        PrincipalEntry("AWS", "2"),
        PrincipalEntry("Service", "s3.amazonaws.com"),
    )
    assert (statement.not_actions, statement.not_resources) == (("a:b", "c:d"), ("r",))
    assert statement.conditions == (
        Condition("StringLike", "k", ("a", "1", "1.5", "true", "false"), "ForAnyValue", if_exists=True),
        Condition("Null", "n", ("true",)),
    )
    assert [each.name for each in statement.conditions] == ["ForAnyValue:StringLikeIfExists", "Null"]
    assert policy == parse_policy("p", FULL)
    assert hash(policy) == hash(parse_policy("p", FULL))


SECRET_TEXT = "hunter2hunter2"


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (SECRET_TEXT, "p: is not JSON"),
        ('{"Statement": [], "Statement": []}', "p: an object"),
        ("[" * 100_000, "p: is not JSON"),
        (None, "p: must be an object"),
        ([FULL], "p: must be an object"),
        ({1: 2}, "p: must be an object"),
        ({}, "p: has no Statement"),
        ({"Statement": [], SECRET_TEXT: 1}, "p: has a member"),
        ({"Version": SECRET_TEXT, "Statement": []}, "p.Version"),
        ({"Statement": [STATEMENT, SECRET_TEXT]}, "p.Statement[1]"),
        ({"Statement": {**STATEMENT, SECRET_TEXT: 1}}, "p.Statement[0]: has an element"),
        ({"Statement": {**STATEMENT, "Effect": SECRET_TEXT}}, "p.Statement[0].Effect"),
        ({"Statement": {**STATEMENT, "Sid": 1}}, "p.Statement[0].Sid"),
        ({"Statement": {**STATEMENT, "NotAction": "x"}}, "p.Statement[0]: has both Action"),
        ({"Statement": {"Effect": "Allow", "Resource": "*"}}, "p.Statement[0]: has neither"),
        ({"Statement": {**STATEMENT, "Action": [1]}}, "p.Statement[0].Action"),
        ({"Statement": {**STATEMENT, "Resource": None}}, "p.Statement[0].Resource"),
        ({"Statement": {**STATEMENT, "Principal": SECRET_TEXT}}, "p.Statement[0].Principal"),
        ({"Statement": {**STATEMENT, "Principal": {SECRET_TEXT: "*"}}}, "p.Statement[0].Principal"),
        ({"Statement": {**STATEMENT, "Principal": {"AWS": 1}}}, "p.Statement[0].Principal.AWS"),
        ({"Statement": {**STATEMENT, "Condition": []}}, "p.Statement[0].Condition"),
        ({"Statement": {**STATEMENT, "Condition": {SECRET_TEXT: {}}}}, "p.Statement[0].Condition: operator 1"),
        ({"Statement": {**STATEMENT, "Condition": {"NullIfExists": {}}}}, "p.Statement[0].Condition: operator 1"),
        ({"Statement": {**STATEMENT, "Condition": {"x:StringEquals": {}}}}, "p.Statement[0].Condition: operator 1"),
        ({"Statement": {**STATEMENT, "Condition": {"ForAnyValue": {}}}}, "p.Statement[0].Condition: operator 1"),
        ({"Statement": {**STATEMENT, "Condition": {"Bool": 1}}}, "p.Statement[0].Condition.Bool"),
        ({"Statement": {**STATEMENT, "Condition": {"Bool": {"k": [None]}}}}, "p.Statement[0].Condition.Bool, key 1"),
    ],
)
def test_a_document_is_refused_by_its_place(document: object, place: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_policy("p", document)

    assert str(caught.value).startswith(place)
    assert SECRET_TEXT not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_grant_of_list_grants() -> None:
    grant = parse_grant(
        {
            "GrantId": "g",
            "KeyId": "arn",
            "GranteePrincipal": "arn:aws:iam::1:role/r",
            "Operations": ["Decrypt"],
            "Constraints": {"EncryptionContextSubset": {"b": "2", "a": "1"}, "SourceArn": "arn:s"},
        }
    )

    assert grant.encryption_context_subset == (("a", "1"), ("b", "2"))
    assert grant.encryption_context_equals is None
    assert (grant.source_arn, grant.operations) == ("arn:s", ("Decrypt",))
    assert parse_grant({"GranteeServicePrincipal": "rds.amazonaws.com"}).grantee == "rds.amazonaws.com"


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (1, "grant: must"),
        ({}, "grant: GranteePrincipal"),
        ({"GranteePrincipal": "x", "GrantId": 1}, "grant.GrantId"),
        ({"GranteePrincipal": "x", "Operations": 1}, "grant.Operations"),
        ({"GranteePrincipal": "x", "Constraints": 1}, "grant.Constraints"),
        ({"GranteePrincipal": "x", "Constraints": {"New": 1}}, "grant.Constraints: has"),
        ({"GranteePrincipal": "x", "Constraints": {"SourceArn": 1}}, "grant.Constraints.SourceArn"),
        (
            {"GranteePrincipal": "x", "Constraints": {"EncryptionContextEquals": {"a": 1}}},
            "grant.Constraints.EncryptionContextEquals",
        ),
    ],
)
def test_a_grant_is_refused_by_its_place(document: object, place: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_grant(document)

    assert str(caught.value).startswith(place)
