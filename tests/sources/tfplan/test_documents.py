"""What the blocks of aws_iam_policy_document make, where the plan has them but not the document."""

from __future__ import annotations

import json
from typing import Any

import pytest

from smsl.model.policy import Policy
from smsl.model.unknown import Unknown
from smsl.sources.declared.declaration import Place
from smsl.sources.declared.pieces import InlinePiece
from smsl.sources.tfplan.read import read_plan

SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-??????"
READ = {"sid": "Read", "actions": ["secretsmanager:GetSecretValue"], "resources": ["*"]}


def inline(b: Any, documents: dict[str, Any], **more: Any) -> InlinePiece:
    """Return the policy that a role has of ``data.aws_iam_policy_document.main``."""
    rows = {
        "aws_secretsmanager_secret.db": {"values": {"name": "db"}, "unknown": ["arn"]},
        "aws_iam_role_policy.p": {
            "values": {"name": "p", "role": "exec"},
            "unknown": ["policy"],
            "written": {"policy": ["data.aws_iam_policy_document.main.json"]},
        },
        **{f"data.aws_iam_policy_document.{name}": row for name, row in documents.items()},
        **more,
    }
    found = read_plan("plan.json", json.dumps(b.planned(rows)), Place("123456789012", "eu-west-1"))
    [piece] = [each for each in found.pieces if isinstance(each, InlinePiece)]
    return piece


def document(*statements: dict[str, Any], unknown: dict[str, Any] | None = None, **values: Any) -> dict[str, Any]:
    return {
        "values": {"statement": list(statements), **values},
        "unknown": {"json": True, **(unknown or {})},
        "written": {"statement": [{name: {"=": value} for name, value in each.items()} for each in statements]},
    }


def statements(piece: InlinePiece) -> list[Any]:
    assert isinstance(piece.policy, Policy)
    return list(piece.policy.statements)


def test_a_statement_has_each_of_its_parts(b: Any) -> None:
    made = document(
        {
            "sid": "All", "effect": "Deny", "not_actions": ["kms:*"], "not_resources": ["arn:x"],
            "not_principals": [{"type": "AWS", "identifiers": ["1"]}, {"type": "AWS", "identifiers": ["2"]}],
            "condition": [
                {"test": "StringEquals", "variable": "aws:a", "values": ["&{aws:username}"]},
                {"test": "StringEquals", "variable": "aws:a", "values": ["x"]},
                {"test": "Bool", "variable": "aws:b", "values": ["true"]},
            ],
        }
    )  # fmt: skip

    [found] = statements(inline(b, {"main": made}))

    assert (found.effect, found.sid, found.not_actions, found.not_resources) == ("Deny", "All", ("kms:*",), ("arn:x",))
    assert [(each.type, each.value) for each in found.not_principals] == [("AWS", "1"), ("AWS", "2")]
    assert [(each.operator, each.key, each.values) for each in found.conditions] == [
        ("StringEquals", "aws:a", ("${aws:username}", "x")),
        ("Bool", "aws:b", ("true",)),
    ]


def test_everybody_is_a_principal_of_its_own_kind(b: Any) -> None:
    made = document({**READ, "principals": [{"type": "*", "identifiers": ["*"]}]})

    [found] = statements(inline(b, {"main": made}))

    assert [(each.type, each.value) for each in found.principals] == [("AWS", "*")]


def test_what_is_drawn_is_named_in_resources_principals_and_conditions(b: Any) -> None:
    row = {
        "values": {
            "statement": [
                {
                    "actions": ["a:b"], "resources": [None, "arn:known"],
                    "principals": [{"type": "AWS", "identifiers": [None]}],
                    "condition": [{"test": "ArnEquals", "variable": "aws:PrincipalArn", "values": [None]}],
                }
            ]
        },
        "unknown": {
            "json": True,
            "statement": [
                {
                    "resources": [True, False],
                    "principals": [{"identifiers": [True]}],
                    "condition": [{"values": [True]}],
                }
            ],
        },
        "written": {
            "statement": [
                {
                    "resources": ["aws_secretsmanager_secret.db.arn"],
                    "principals": [{"identifiers": ["aws_iam_role.r.arn"]}],
                    "condition": [{"values": ["local.arn"]}],
                }
            ]
        },
    }  # fmt: skip
    role = {"values": {"name": "r", "assume_role_policy": "{}"}, "unknown": ["arn"]}

    [found] = statements(inline(b, {"main": row}, **{"aws_iam_role.r": role}))

    assert found.resources == (SECRET, "arn:known")
    assert found.principals[0].value == "arn:aws:iam::123456789012:role/r"
    assert found.conditions[0].values == ("⟪local.arn⟫",)


def test_resources_of_which_nothing_is_known_may_be_anything(b: Any) -> None:
    row = document({"actions": ["a:b"], "resources": None}, unknown={"statement": [{"resources": True}]})

    [found] = statements(inline(b, {"main": row}))

    assert found.resources == ("⟪data.aws_iam_policy_document.main.statement.resources⟫",)


def joined(source: str, *names: str, own: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    references = [f"data.aws_iam_policy_document.{name}.json" for name in names]
    row = document(*own, unknown={source: [True] * len(names)}, **{source: [None] * len(names)})
    return {**row, "written": {**row["written"], source: references}}


def test_documents_are_joined_as_the_provider_joins_them(b: Any) -> None:
    """Sources first, the document's own in place of one with its Sid, overrides last."""
    one = document({**READ, "sid": "A", "actions": ["one:a"]}, {**READ, "sid": "B", "actions": ["one:b"]})
    two = document({**READ, "sid": "", "actions": ["two:x"]})
    main = joined("source_policy_documents", "one", "two", own=({**READ, "sid": "B", "actions": ["main:b"]},))

    found = inline(b, {"main": main, "one": one, "two": two})

    assert [(each.sid, each.actions) for each in statements(found)] == [
        ("A", ("one:a",)), ("B", ("main:b",)), (None, ("two:x",)),
    ]  # fmt: skip
    assert [each.address for each in found.statements] == [
        "data.aws_iam_policy_document.one.statement[0]",
        "data.aws_iam_policy_document.main.statement[0]",
        "data.aws_iam_policy_document.two.statement[0]",
    ]


def test_an_override_takes_the_place_of_a_statement_with_its_sid(b: Any) -> None:
    over = document({**READ, "sid": "A", "actions": ["over:a"]}, {**READ, "sid": "N", "actions": ["over:n"]})
    main = joined("override_policy_documents", "over", own=({**READ, "sid": "A", "actions": ["main:a"]},))

    found = statements(inline(b, {"main": main, "over": over}))

    assert [(each.sid, each.actions) for each in found] == [("A", ("over:a",)), ("N", ("over:n",))]


def test_a_document_that_is_text_is_joined_too(b: Any) -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "t:x", "Resource": "*"}})
    main = document(READ, source_policy_documents=[text])

    assert [each.actions for each in statements(inline(b, {"main": main}))] == [
        ("t:x",),
        ("secretsmanager:GetSecretValue",),
    ]


@pytest.mark.parametrize(
    ("row", "cause"),
    [
        (document({**READ, "effect": None}, unknown={"statement": [{"effect": True}]}), "statement.effect"),
        (document({**READ, "actions": [None]}, unknown={"statement": [{"actions": [True]}]}), "statement.actions"),
        (document({**READ, "actions": None}, unknown={"statement": [{"actions": True}]}), "statement.actions"),
        (
            document(
                {**READ, "condition": [{"test": None, "variable": "a:b", "values": ["x"]}]},
                unknown={"statement": [{"condition": [{"test": True}]}]},
            ),
            "statement.condition.test",
        ),
        (
            {"unknown": {"json": True, "statement": True}, "written": {"statement": [{"sid": {"=": "A"}}]}},
            "statement",
        ),
        (joined("source_policy_documents", "absent"), "source_policy_documents"),
        (joined("source_policy_documents", "main"), "main"),
    ],
)  # fmt: skip
def test_a_document_whose_meaning_is_not_settled_is_not_known(row: dict[str, Any], cause: str, b: Any) -> None:
    found = inline(b, {"main": row}).policy

    assert isinstance(found, Unknown)
    assert found.reason.startswith('policy exec, inline "p" hangs on data.aws_iam_policy_document.main')
    assert found.reason.endswith(cause)


def test_a_document_that_aws_would_not_take_says_where(b: Any) -> None:
    found = inline(b, {"main": document({"sid": "A", "resources": ["*"]})}).policy

    assert found == Unknown(
        'policy exec, inline "p" cannot be understood: exec, inline "p".Statement[0]: has neither Action nor NotAction.'
    )
