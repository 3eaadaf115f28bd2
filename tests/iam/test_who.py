"""Who can: each candidate gets the decision that it would get alone, and like candidates cost one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.iam.evaluate import evaluate
from smsl.iam.request import ContextValue, Document, Policies, Request
from smsl.iam.who import Candidate, Crowd, Question, who_can
from smsl.model.decision import Result
from smsl.model.policy import Grant, Policy, parse_policy
from smsl.model.unknown import Unknown

ACCOUNT = "111122223333"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:db-AbCdEf"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/k"
TEAMS = ("pay", "web")


def written(name: str, *statements: Mapping[str, object]) -> Policy:
    return parse_policy(name, {"Version": "2012-10-17", "Statement": list(statements)})


def role(name: str, *identity: Document, team: str | None = None, boundary: Document | None = None) -> Candidate:
    tags: dict[str, ContextValue] = {"aws:PrincipalTag/team": team} if team else {}
    return Candidate(
        f"arn:aws:iam::{ACCOUNT}:role/{name}",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/session",
        {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/{name}", **tags},
        identity,
        () if boundary is None else (boundary,),
    )


def user(name: str, *identity: Document) -> Candidate:
    arn = f"arn:aws:iam::{ACCOUNT}:user/{name}"
    return Candidate(arn, arn, {"aws:PrincipalArn": arn, "aws:username": name}, identity, (), "user")


def open_key(key: str, kind: str) -> Unknown | None:
    return None if kind == "user" and key.startswith("aws:principaltag/") else Unknown("it differs", (key,))


def answers(candidates: tuple[Candidate, ...], question: Question) -> dict[str, Result]:
    return {
        member.arn: judged.decision.result
        for judged in who_can(Crowd(candidates), question, open_key)
        for member in judged.members
    }


READ = Question("secretsmanager:GetSecretValue", SECRET, ACCOUNT, {}, Policies())
ALLOW = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}
DENY = {"Effect": "Deny", "Action": "*", "Resource": "*"}
OTHER = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
OFFICE = {**ALLOW, "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
BY_TEAM = {**ALLOW, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "pay"}}}
OWN = {**ALLOW, "Resource": f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:${{aws:username}}-??????"}


def test_each_candidate_by_its_own_policies() -> None:
    everything = written("all", ALLOW)
    found = answers(
        (
            role("a", everything),
            role("b", written("b, inline", ALLOW), written("limits", DENY)),
            role("c", written("none", OTHER)),
            role("d", everything, boundary=written("boundary", OTHER)),
            role("e", written("office", OFFICE)),
            role("f", Unknown("not read", ("iam:GetPolicyVersion",))),
            role("g", written("team", BY_TEAM), team="pay"),
            role("h", written("team", BY_TEAM), team="web"),
            role("i", written("team", BY_TEAM)),
            user("j", written("team", BY_TEAM)),
            user("db", written("own", OWN)),
            user("k", written("own", OWN)),
        ),
        READ,
    )

    assert {arn.rpartition("/")[2]: str(result) for arn, result in found.items()} == {
        "a": "Allowed",
        "b": "ExplicitlyDenied",
        "c": "ImplicitlyDenied",
        "d": "ImplicitlyDenied",
        "e": "Unknown",
        "f": "Unknown",
        "g": "Allowed",
        "h": "ImplicitlyDenied",
        "i": "Unknown",
        "j": "ImplicitlyDenied",
        "db": "Allowed",
        "k": "ImplicitlyDenied",
    }


def test_the_secret_s_policy_names_one_of_many() -> None:
    silent = written("none", OTHER)
    named = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/b"}, "Action": "*", "Resource": "*"}
    session = {**named, "Principal": {"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/c/nightly"}}
    candidates = tuple(role(name, silent) for name in "abcd")
    policies = Policies(resource=written("secret's", named, session))

    judged = who_can(Crowd(candidates), replace(READ, policies=policies), open_key)

    assert {member.arn[-1]: str(each.decision.result) for each in judged for member in each.members} == {
        "a": "ImplicitlyDenied",
        "b": "Allowed",
        "c": "Allowed",
        "d": "ImplicitlyDenied",
    }
    assert len(judged) == 3


def test_every_member_s_own_name_of_the_policy_that_decides() -> None:
    candidates = (
        role("a", written("a, inline", ALLOW)),
        role("b", written("none", OTHER), written("b, inline", ALLOW)),
    )

    (judged,) = who_can(Crowd(candidates), READ, open_key)

    assert judged.allowing == (("a, inline",), ("b, inline",))


@pytest.mark.parametrize("roles", [10, 1000])
def test_a_decision_for_each_distinct_policy_not_for_each_role(roles: int) -> None:
    shared = [written(f"p{n}", {**ALLOW, "Resource": f"{SECRET[:-9]}{n}-*"}) for n in range(5)]
    noise = [written(f"n{n}", OTHER) for n in range(7)]
    candidates = tuple(role(f"r{n}", shared[n % 5], noise[n % 7], written(f"r{n}", OTHER)) for n in range(roles))

    assert len(who_can(Crowd(candidates), READ, open_key)) == 5


def test_a_crowd_is_asked_about_one_resource_after_another() -> None:
    crowd = Crowd((role("a", written("one", {**ALLOW, "Resource": SECRET})), role("b", written("all", ALLOW))))
    other = replace(READ, resource=SECRET.replace("secret:db", "secret:web"))

    assert [str(each.decision.result) for each in who_can(crowd, READ, open_key)] == ["Allowed", "Allowed"]
    assert [str(each.decision.result) for each in who_can(crowd, other, open_key)] == ["ImplicitlyDenied", "Allowed"]


def test_grants_that_could_not_be_read() -> None:
    unread = Policies(resource=written("key", {**ALLOW, "Principal": {"AWS": ACCOUNT}}), grants=Unknown("not read"))
    question = Question("kms:Decrypt", KEY, ACCOUNT, {}, unread)

    assert set(map(str, answers((role("a"), user("b")), question).values())) == {"Unknown"}


def test_a_constraint_of_a_grant_hangs_on_the_call() -> None:
    grant = Grant("g", f"arn:aws:iam::{ACCOUNT}:role/a", ("Decrypt",), encryption_context_subset=(("App", "pay"),))
    question = Question("kms:Decrypt", KEY, ACCOUNT, {}, Policies(grants=(grant,)))

    found = answers((role("a"), role("b")), question)

    assert [str(result) for result in found.values()] == ["Unknown", "ImplicitlyDenied"]


@pytest.mark.parametrize("denied", ["nightly", "session"])
def test_a_role_may_call_under_another_session_than_a_denied_one(denied: str) -> None:
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/a/{denied}"
    policy = written("secret's", {**DENY, "Principal": {"AWS": session}})
    question = replace(READ, policies=Policies(resource=policy))

    found = answers((role("a", written("own", ALLOW)), role("b", written("none", OTHER))), question)

    assert [str(result) for result in found.values()] == ["Allowed", "ImplicitlyDenied"]


def test_a_role_may_call_under_the_session_that_is_allowed() -> None:
    sts = f"arn:aws:sts::{ACCOUNT}:assumed-role/a/"
    rows = ({**DENY, "Principal": {"AWS": f"{sts}a-bad"}}, {**ALLOW, "Principal": {"AWS": f"{sts}z-good"}})
    question = replace(READ, policies=Policies(resource=written("secret's", *rows)))

    found = answers((role("a"), role("b", written("none", OTHER))), question)

    assert [str(result) for result in found.values()] == ["Allowed", "ImplicitlyDenied"]


_STATEMENTS = st.builds(
    lambda base, resource, condition: {**base, "Resource": resource, **condition},
    st.sampled_from([ALLOW, ALLOW, OTHER, {"Effect": "Deny", "Action": "*"}, {"Effect": "Allow", "Action": "kms:*"}]),
    st.sampled_from(["*", SECRET, KEY, OWN["Resource"], "arn:aws:s3:::b"]),
    st.sampled_from(
        [
            {},
            {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "pay"}}},
            {"Condition": {"StringNotEquals": {"aws:username": "db"}}},
            {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
            {"Condition": {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/r1*"}}},
        ]
    ),
)
_PRINCIPALS = st.sampled_from(
    [
        "*",
        {"AWS": ACCOUNT},
        {"AWS": f"arn:aws:iam::{ACCOUNT}:role/r1"},
        {"AWS": f"arn:aws:iam::{ACCOUNT}:user/db"},
        {"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/r2/session"},
    ]
)
_DOCUMENTS = st.lists(_STATEMENTS, max_size=2).map(lambda rows: written("p", *rows)) | st.just(
    Unknown("not read", ("iam:GetPolicyVersion",))
)
_RESOURCE = st.lists(
    st.builds(lambda row, principal: {**row, "Principal": principal}, _STATEMENTS, _PRINCIPALS), max_size=2
).map(lambda rows: written("of the resource", *rows))
_CANDIDATES = st.lists(
    st.tuples(st.lists(_DOCUMENTS, max_size=2), st.none() | _DOCUMENTS, st.sampled_from([None, *TEAMS]), st.booleans()),
    min_size=1,
    max_size=6,
)
_GRANTS = st.lists(
    st.sampled_from(
        [
            Grant("g1", f"arn:aws:iam::{ACCOUNT}:role/r1", ("Decrypt",)),
            Grant("g2", f"arn:aws:iam::{ACCOUNT}:user/db", ("Decrypt", "Encrypt")),
        ]
    ),
    max_size=2,
).map(tuple)


def _alone(candidate: Candidate, question: Question) -> Result:
    """Return the decision on one candidate, with every key that anything might look at told."""
    context = {**question.context, **candidate.context}
    for key in ("aws:PrincipalTag/team", "aws:username", "aws:MultiFactorAuthPresent"):
        value = open_key(key.lower(), candidate.kind)
        if key not in context and value is not None:
            context[key] = value
    policies = replace(question.policies, identity=candidate.identity, boundaries=candidate.boundaries)
    principals = [candidate.principal]
    if candidate.kind == "role":  # any session's name will do, one that nothing names among them
        principals.append(f"{candidate.principal}-of-nobody")
    results = [
        evaluate(Request(each, question.action, question.resource, question.resource_account, context), policies).result
        for each in principals
    ]
    return next((wanted for wanted in (Result.ALLOWED, Result.UNKNOWN) if wanted in results), results[-1])


def _agree(
    rows: list[tuple[list[Document], Document | None, str | None, bool]],
    resource: Document | None,
    scp: Document | None,
    grants: tuple[Grant, ...],
    about_key: bool,
) -> None:
    candidates = tuple(
        user("db" if n == 0 else f"u{n}", *documents)
        if is_user
        else role(f"r{n}", *documents, team=team, boundary=boundary)
        for n, (documents, boundary, team, is_user) in enumerate(rows)
    )
    action, about = ("kms:Decrypt", KEY) if about_key else ("secretsmanager:GetSecretValue", SECRET)
    policies = Policies(resource=resource, scps=() if scp is None else ((scp,),), grants=grants)
    question = Question(action, about, ACCOUNT, {}, policies)

    found = answers(candidates, question)

    assert found == {candidate.arn: _alone(candidate, question) for candidate in candidates}


_DRAWN = (_CANDIDATES, st.none() | _RESOURCE, st.none() | _DOCUMENTS, _GRANTS, st.booleans())


@given(*_DRAWN)
@settings(deadline=None, max_examples=150)
def test_like_each_alone(
    rows: list[tuple[list[Document], Document | None, str | None, bool]],
    resource: Document | None,
    scp: Document | None,
    grants: tuple[Grant, ...],
    about_key: bool,
) -> None:
    _agree(rows, resource, scp, grants, about_key)


@pytest.mark.verify
@pytest.mark.timeout(3600)
@given(*_DRAWN)
@settings(deadline=None, max_examples=2000)
def test_like_each_alone_at_length(
    rows: list[tuple[list[Document], Document | None, str | None, bool]],
    resource: Document | None,
    scp: Document | None,
    grants: tuple[Grant, ...],
    about_key: bool,
) -> None:
    _agree(rows, resource, scp, grants, about_key)
