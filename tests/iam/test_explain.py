"""Why: the statements that decided, the nearest that did not, each layer's effect, what is needed."""

from __future__ import annotations

import pytest

from smsl.iam.evaluate import evaluate
from smsl.iam.request import ContextValue, Policies, Request
from smsl.model.decision import Decision, Effect, Layer, Result
from smsl.model.policy import Policy, parse_grant, parse_policy
from smsl.model.unknown import Answer, Unknown

ACCOUNT = "111122223333"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/r/f"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:db-AbCdEf"
REFUSED = Unknown("refused", ("iam:GetRolePolicy",))


def policy(*statements: dict[str, object], name: str = "p") -> Policy:
    return parse_policy(name, {"Version": "2012-10-17", "Statement": list(statements)})


def statement(effect: str = "Allow", action: object = "*", resource: object = "*", **more: object) -> dict[str, object]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def read(policies: Policies, resource: str = SECRET, **context: ContextValue) -> Decision:
    keys = {"aws:PrincipalArn": ROLE, **{f"aws:{key}": value for key, value in context.items()}}
    return evaluate(Request(SESSION, "secretsmanager:GetSecretValue", resource, None, keys), policies)


def decrypt(policies: Policies, **context: ContextValue) -> Decision:
    keys = {"aws:PrincipalArn": ROLE, **{f"kms:{key}": value for key, value in context.items()}}
    return evaluate(Request(SESSION, "kms:Decrypt", KEY, None, keys), policies)


DELEGATES = policy(statement(action="kms:*", Principal={"AWS": ACCOUNT}), name="key")
NAMES = policy(statement(action="kms:*", Principal={"AWS": ROLE}), name="key")
ALL = policy(statement())
NONE = policy(statement(action="s3:*"))


def test_near_misses_come_closest_first() -> None:
    via = {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}, "Null": {"aws:X": "false"}}
    given = policy(
        statement(action="kms:Encrypt", Sid="Action"),
        statement(action="s3:*", Sid="Another service"),
        statement("Deny", "kms:Encrypt", Sid="Deny"),
        statement(action="kms:*", resource=["arn:aws:kms:eu-west-1:2:key/1", "arn:aws:kms:us-east-1:1:key/1"]),
        statement(action="kms:Decrypt", Sid="Two", Condition=via),
        statement(action="kms:Decrypt", Sid="One", Condition={"StringEquals": via["StringEquals"]}),
        {"Effect": "Allow", "NotAction": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "*", "NotResource": KEY},
    )

    decision = decrypt(Policies(identity=(given,), resource=DELEGATES), ViaService="other")

    assert decision.result is Result.IMPLICITLY_DENIED
    assert [(miss.statement, miss.element, miss.actual) for miss in decision.near_misses] == [
        (5, "Condition kms:ViaService StringEquals", "other"),
        (4, "Condition kms:ViaService StringEquals", "other"),
        (7, "NotResource", KEY),
        (3, "Resource", KEY),
        (0, "Action", "kms:Decrypt"),
        (6, "NotAction", "kms:Decrypt"),
    ]
    assert decision.near_misses[0].wanted == "secretsmanager.us-east-1.amazonaws.com"
    assert decision.near_misses[3].wanted == "arn:aws:kms:eu-west-1:2:key/1"


def test_a_layer_about_other_services_alone_tells_its_nearest_statement() -> None:
    logs = statement(action=["logs:Put*", "logs:Create*"], Sid="Logs")
    queue = statement(action="sqs:*", resource="arn:aws:sqs:eu-west-1:1:jobs", Sid="Queue")
    own = policy(statement("Deny", "s3:*"), logs, queue, name="own")
    limit = policy(queue, logs, statement("Deny", "s3:*"), name="limit")

    bare = decrypt(Policies(identity=(own,), boundaries=(limit,), resource=DELEGATES))
    assert [
        (each.layer, each.policy, each.sid, each.element, each.wanted, each.actual) for each in bare.near_misses
    ] == [
        (Layer.PRINCIPAL, "own", "Queue", "Action", "sqs:*", "kms:Decrypt"),
        (Layer.PERMISSIONS_BOUNDARY, "limit", "Logs", "Action", "logs:Put*, logs:Create*", "kms:Decrypt"),
    ]


def test_a_layer_that_allows_nothing_has_no_near_miss() -> None:
    denies = policy(statement("Deny", "s3:*"))

    assert decrypt(Policies(identity=(denies,), resource=DELEGATES)).near_misses == ()


def test_a_principal_that_is_not_named_is_a_near_miss() -> None:
    named = policy(statement(Principal={"AWS": "arn:aws:iam::2:role/x", "Service": "s3.amazonaws.com"}))
    unnamed = policy(statement())
    decision = read(Policies(resource=named))
    miss = decision.near_misses[0]

    assert (miss.element, miss.wanted, miss.actual) == (
        "Principal",
        "arn:aws:iam::2:role/x, Service s3.amazonaws.com",
        SESSION,
    )
    assert read(Policies(resource=unnamed)).near_misses[0].wanted == ""


@pytest.mark.parametrize(
    ("value", "shown"), [(("a", "b"), "a, b"), (Unknown("", ("aws:TagKeys",)), None), ((), None), ("c", "c")]
)
def test_what_a_key_holds_is_shown(value: ContextValue, shown: str | None) -> None:
    given = policy(statement(Condition={"ForAnyValue:StringEquals": {"aws:TagKeys": "x"}}))
    miss = read(Policies(identity=(given,)), TagKeys=value).near_misses[0]

    assert miss.actual == shown
    assert miss.element == "Condition aws:TagKeys ForAnyValue:StringEquals"


def test_denials_are_the_reason_of_an_explicit_denial() -> None:
    scp = policy(statement(), statement("Deny", Sid="Stop"), name="scp")

    decision = read(Policies(identity=(ALL,), scps=((scp,),)))

    assert decision.result is Result.EXPLICITLY_DENIED
    [because] = decision.because
    assert (because.layer, because.policy, because.statement, because.sid, because.effect) == (
        *(Layer.SERVICE_CONTROL_POLICY, "scp", 1, "Stop", "Deny"),
    )
    assert decision.layers[Layer.SERVICE_CONTROL_POLICY] is Effect.EXPLICIT_DENY
    assert decision.layers[Layer.PRINCIPAL] is Effect.ALLOW


def test_a_grant_is_a_reason() -> None:
    grant = parse_grant({"GrantId": "g1", "GranteePrincipal": ROLE, "Operations": ["Decrypt"]})

    decision = decrypt(Policies(grants=(grant,)))

    assert decision.answer is Answer.YES
    assert [each.policy for each in decision.because] == ["grant g1"]
    assert decision.layers[Layer.RESOURCE] is Effect.ALLOW
    assert decision.layers[Layer.PRINCIPAL] is Effect.NO_IMPACT


@pytest.mark.parametrize(
    ("policies", "delegates"),
    [
        (Policies(resource=DELEGATES), True),
        (Policies(resource=NAMES), False),
        (Policies(), False),
        (Policies(resource=REFUSED), None),
    ],
)
def test_a_key_decision_says_whether_the_key_policy_delegates(policies: Policies, delegates: bool | None) -> None:
    assert decrypt(policies).delegates is delegates
    assert read(policies).delegates is None


def effects(decision: Decision) -> dict[str, str]:
    return {layer.value: effect.value for layer, effect in decision.layers.items() if effect is not Effect.NO_IMPACT}


def test_effects() -> None:
    assert effects(read(Policies())) == {"PRINCIPAL": "IMPLICIT_DENY"}
    assert effects(read(Policies(identity=(ALL,), boundaries=(NONE,), session=NONE, scps=((NONE,),)))) == {
        "SERVICE_CONTROL_POLICY": "IMPLICIT_DENY",
        "PRINCIPAL": "ALLOW",
        "PERMISSIONS_BOUNDARY": "IMPLICIT_DENY",
        "SESSION": "IMPLICIT_DENY",
    }
    star = policy(statement(Principal="*"))
    assert effects(read(Policies(resource=star, boundaries=(NONE,), session=NONE, rcps=((star,),)))) == {
        "RESOURCE_CONTROL_POLICY": "ALLOW",
        "RESOURCE": "ALLOW",
    }
    assert effects(read(Policies(identity=(ALL,)), resource=SECRET.replace(ACCOUNT, "2"))) == {
        "RESOURCE": "IMPLICIT_DENY",
        "PRINCIPAL": "ALLOW",
    }
    assert effects(decrypt(Policies(identity=(NONE,), resource=DELEGATES))) == {
        "RESOURCE": "ALLOW",
        "PRINCIPAL": "IMPLICIT_DENY",
    }
    assert effects(decrypt(Policies(resource=NAMES))) == {"RESOURCE": "ALLOW"}
    assert effects(decrypt(Policies())) == {"RESOURCE": "IMPLICIT_DENY"}
    root = evaluate(Request(f"arn:aws:iam::{ACCOUNT}:root", "secretsmanager:GetSecretValue", SECRET), Policies())
    assert effects(root) == {}


def test_documents_that_could_not_be_read() -> None:
    unread = read(Policies(identity=(REFUSED,)))
    assert unread.result is Result.UNKNOWN
    assert unread.needs == ("iam:GetRolePolicy",)
    assert effects(unread) == {"PRINCIPAL": "UNKNOWN"}
    assert read(Policies(identity=(REFUSED, policy(statement("Deny"))))).result is Result.EXPLICITLY_DENIED
    assert read(Policies(identity=(ALL,), boundaries=(REFUSED,))).result is Result.UNKNOWN
    assert read(Policies(scps=((REFUSED,),))).result is Result.IMPLICITLY_DENIED
    assert decrypt(Policies(resource=DELEGATES, grants=REFUSED)).needs == ("iam:GetRolePolicy",)
    assert decrypt(Policies(identity=(ALL,), resource=DELEGATES, grants=REFUSED)).answer is Answer.YES
    assert decrypt(Policies(identity=(ALL,), key_manager=REFUSED)).result is Result.UNKNOWN
    stop = policy(statement("Deny", Principal="*"))
    exempt = Policies(identity=(ALL,), rcps=((stop,),), resource_in_management_account=REFUSED)
    assert read(exempt).result is Result.UNKNOWN
    bounded = policy(statement("Deny", NotPrincipal={"AWS": [ROLE, ACCOUNT]}))
    assert read(Policies(identity=(ALL,), resource=bounded, boundaries=(REFUSED,))).result is Result.UNKNOWN


def test_many_values_and_many_keys_end_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [str(i) for i in range(40)]
    both = policy(
        statement(Condition={"StringEquals": {"aws:K": many}}),
        statement(Condition={"StringNotEquals": {"aws:K": many}}),
    )
    gone: ContextValue = Unknown("", ("aws:K",))
    assert read(Policies(identity=(both,)), K=gone).answer is Answer.YES
    monkeypatch.setattr("smsl.iam.evaluate._TRIALS", 2)
    assert read(Policies(identity=(both,)), K=gone).answer is Answer.UNKNOWN
    monkeypatch.undo()
    keys = {f"K{i}": Unknown("", (f"aws:K{i}",)) for i in range(12)}
    hard = policy(
        *(statement(Condition={"StringEquals": {f"aws:K{i}": ["a", "b"]}}) for i in range(12)),
        *(statement(Condition={"StringNotLike": {f"aws:K{i}": "?*"}}) for i in range(12)),
    )
    given = Policies(identity=(hard,), boundaries=(hard,), session=hard)
    assert read(given, **keys).answer is Answer.UNKNOWN
